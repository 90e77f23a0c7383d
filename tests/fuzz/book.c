/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/book.h"

#include <string.h>

#include "base/str.h"
#include "fuzz/fuzz.h"
#include "json/import_xlsx.h"
#include "json/plan_xlsx.h"

#define TOLD_BYTES (32u << 20)

static const struct standard *national(const char *county, const char *period, void *context)
{
	(void)context;
	FUZZ_CHECK(str_is_digits(county, COUNTY_CODE - 1));
	FUZZ_CHECK(str_is_digits(period, PERIOD_CODE - 1));
	return fuzz_national();
}

static void check_problems(const struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *p = &problems->items[i];

		FUZZ_CHECK(p->code[0] && str_is_utf8(p->detail, strlen(p->detail)));
		FUZZ_CHECK(str_is_utf8(p->pointer, strlen(p->pointer)));
	}
}

/* Each mistake has a cell, in a sheet's row. */
static enum err on_row(int64_t number, struct import_row *row, struct problems *problems,
		       void *context, struct err_info *info)
{
	int64_t numbers[PROBLEMS_MAX];

	(void)info;
	FUZZ_CHECK(number > 0 && number % IMPORT_SHEET_ROWS <= WORKBOOK_ROWS);
	FUZZ_CHECK((row == NULL) == (problems->n > 0));
	if (row) {
		FUZZ_CHECK(row->row == number);
		FUZZ_CHECK(str_is_digits(row->period, PERIOD_CODE - 1) &&
			   strcmp(row->period, "2026") <= 0);
		FUZZ_CHECK(row->type == IMPORT_COUNTY_REPORT ||
			   str_is_digits(row->code, SCHOOL_CODE - 1));
	}
	problems_add(problems, "/declared", "unknown_school", "a check that comes later");
	import_xlsx_name_cells(context, problems, numbers);
	check_problems(problems);
	for (size_t i = 0; i < problems->n; i++)
		FUZZ_CHECK(numbers[i] > 0 && strchr(problems->items[i].pointer, '!'));
	return ERR_OK;
}

static enum err on_place(int sheet, const char *pointer, const char *cell, void *context,
			 struct err_info *info)
{
	(void)context;
	(void)info;
	FUZZ_CHECK(sheet >= 0 && sheet < WORKBOOK_SHEETS);
	FUZZ_CHECK(pointer[0] == '\0' || pointer[0] == '/');
	FUZZ_CHECK(strchr(cell, '!'));
	return ERR_OK;
}

static void check_answer(enum err e)
{
	FUZZ_CHECK(e == ERR_OK || e == ERR_MALFORMED || e == ERR_TOO_BIG);
}

static void read_import(struct import_xlsx *x)
{
	static struct problems problems;
	auto_buf struct buf mapping;
	struct err_info info;
	enum err e;

	buf_init(&mapping, TOLD_BYTES);
	import_xlsx_write_mapping(x, &mapping);
	FUZZ_CHECK(!buf_failed(&mapping) && str_is_utf8(mapping.data, mapping.len));
	problems.n = 0;
	if (!import_xlsx_is_settled(x, &problems, NULL)) {
		FUZZ_CHECK(problems.n > 0);
		check_problems(&problems);
		return;
	}
	FUZZ_CHECK(problems.n == 0);
	e = import_xlsx_places(x, on_place, NULL, &info);
	FUZZ_CHECK(e == ERR_OK);
	check_answer(import_xlsx_read(x, on_row, x, &info));
}

static void read_plan(const char *bytes, size_t len)
{
	static struct problems problems;
	auto_plan_places struct plan_places *places = NULL;
	auto_buf struct buf document;
	struct err_info info;
	enum err e;

	buf_init(&document, TOLD_BYTES);
	problems.n = 0;
	e = plan_xlsx_read(bytes, len, "340207", &document, &places, &problems, &info);
	FUZZ_CHECK((e == ERR_INVALID) == (problems.n > 0));
	if (e != ERR_INVALID)
		check_answer(e);
	check_problems(&problems);
}

void fuzz_book(const char *bytes, size_t len)
{
	static const struct {
		const char *period;
		const char *choices;
	} tries[] = {
		{ "", "" },
		{ "2025", "{\"sheets\":{\"Sheet1\":{\"columns\":{\"A\":\"school\",\"B\":{\"field\":"
			  "\"site.equipment_value\",\"unit\":\"万元\"},\"C\":\"primary.students\","
			  "\"D\":null}}}"
			  "}" },
	};
	static struct problems problems;

	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		const struct import_xlsx_options options = { .last_period = "2026",
							     .period = tries[i].period,
							     .choices = tries[i].choices,
							     .standard = national };
		auto_import_xlsx struct import_xlsx *x = NULL;
		struct err_info info;
		enum err e;

		problems.n = 0;
		e = import_xlsx_open(bytes, len, &options, &x, &problems, &info);
		FUZZ_CHECK((e == ERR_INVALID) == (problems.n > 0));
		if (e == ERR_OK)
			read_import(x);
		else if (e != ERR_INVALID)
			check_answer(e);
	}
	read_plan(bytes, len);
}
