/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/sheets.h"

#include <string.h>

#include "base/str.h"
#include "fuzz/book.h"
#include "fuzz/fuzz.h"
#include "json/workbook.h"

struct pass {
	int64_t row;
	uint32_t hash; /* of all rows */
};

static void check_answer(enum err e, const struct err_info *info)
{
	FUZZ_CHECK(e == ERR_OK || e == ERR_MALFORMED || e == ERR_TOO_BIG);
	FUZZ_CHECK(e == ERR_OK || (info->code == e && info->reason[0]));
	FUZZ_CHECK(e == ERR_OK || str_is_utf8(info->text, strlen(info->text)));
}

/* Digits and one point; an exponent only where the header says so. */
static bool is_plain_number(const char *text)
{
	const char *s = text + (*text == '-');
	const size_t whole = strspn(s, "0123456789");

	s += whole;
	if (*s == '.')
		s += 1 + strspn(s + 1, "0123456789");
	if (*s == 'e')
		s += 2 + strspn(s + 2, "0123456789");
	return whole && *s == '\0';
}

static void check_cell(const struct sheet_cell *c)
{
	FUZZ_CHECK(strlen(c->text) == c->len && c->len <= WORKBOOK_TEXT);
	FUZZ_CHECK(str_is_utf8(c->text, c->len));
	FUZZ_CHECK((c->len == 0) == (c->kind == SHEET_EMPTY || c->kind == SHEET_LONG));
	FUZZ_CHECK(c->kind != SHEET_NUMBER || is_plain_number(c->text));
}

static enum err on_row(const struct sheet_row *row, void *context, struct err_info *info)
{
	struct pass *p = context;

	(void)info;
	FUZZ_CHECK(row->row > p->row && row->row <= WORKBOOK_ROWS);
	FUZZ_CHECK(row->n > 0 && row->n <= WORKBOOK_COLUMNS);
	FUZZ_CHECK(row->cell[row->n - 1].kind != SHEET_EMPTY);
	p->row = row->row;
	for (size_t i = 0; i < row->n; i++) {
		const struct sheet_cell *c = &row->cell[i];

		check_cell(c);
		p->hash = p->hash * 31 + fuzz_hash(c->text, c->len) + (uint32_t)c->kind;
	}
	return ERR_OK;
}

static void read_merges(struct workbook *wb, int sheet)
{
	struct sheet_range *auto_free ranges = NULL;
	struct err_info info;
	size_t n = 0;
	const enum err e = workbook_merges(wb, sheet, &ranges, &n, &info);

	check_answer(e, &info);
	for (size_t i = 0; i < n; i++) {
		char name[SHEET_CELL_NAME];

		FUZZ_CHECK(ranges[i].row > 0 && ranges[i].row <= ranges[i].last_row);
		FUZZ_CHECK(ranges[i].column <= ranges[i].last_column);
		sheet_cell_name(ranges[i].last_row, ranges[i].last_column, name, sizeof(name));
		FUZZ_CHECK(strlen(name) <= strlen("XFD1048576"));
	}
}

static void read_sheet(struct workbook *wb, int sheet)
{
	const char *name = workbook_sheet_name(wb, sheet);
	struct pass one = { .row = 0 }, two = { .row = 0 };
	struct err_info info;
	enum err e;

	FUZZ_CHECK(name[0] && str_is_text(name, strlen(name)));
	(void)workbook_sheet_hidden(wb, sheet);
	e = workbook_read(wb, sheet, on_row, &one, &info);
	check_answer(e, &info);
	FUZZ_CHECK(workbook_read(wb, sheet, on_row, &two, &info) == e);
	FUZZ_CHECK(one.row == two.row && one.hash == two.hash);
	read_merges(wb, sheet);
}

void fuzz_workbook(const char *bytes, size_t len)
{
	auto_workbook struct workbook *wb = NULL;
	struct err_info info;
	const enum err e = workbook_open(bytes, len, &wb, &info);

	check_answer(e, &info);
	if (e != ERR_OK)
		return;
	FUZZ_CHECK(workbook_sheets(wb) > 0 && workbook_sheets(wb) <= WORKBOOK_SHEETS);
	for (int i = 0; i < workbook_sheets(wb); i++)
		read_sheet(wb, i);
	fuzz_book(bytes, len);
}
