/* SPDX-License-Identifier: Apache-2.0 */
#include "json/import_rows.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/import_csv.h"
#include "json/trees.h"

struct import_rows {
	enum import_format format;
	char last_period[PERIOD_CODE];
	import_standard *standard;
	void *context;
	bool begun; /* CSV: the header was read */
	struct columns columns;
	struct county_report scratch;
	struct import_row row;
};

enum err import_rows_new(enum import_format format, const char *last_period,
			 import_standard *standard, void *context, struct import_rows **ret_rows)
{
	struct import_rows *rows = calloc(1, sizeof(*rows));

	if (!rows)
		return ERR_NOMEM;
	rows->format = format;
	str_copy(rows->last_period, sizeof(rows->last_period), last_period);
	rows->standard = standard;
	rows->context = context;
	buf_init(&rows->row.document, COUNTY_REPORT_BYTES);
	*ret_rows = rows;
	return ERR_OK;
}

void import_rows_free(struct import_rows *rows)
{
	if (!rows)
		return;
	buf_release(&rows->row.document);
	free(rows);
}

void import_check_period(struct reader *r, const char *period, const char *last_period)
{
	size_t mark;

	if (!period[0] || (str_starts(period, "20") && strcmp(period, last_period) <= 0))
		return;
	mark = reader_enter(r, "period");
	reader_problem(r, "impossible_period", "学年须为 2000 到 %s / a period is 2000 to %s",
		       last_period, last_period);
	reader_leave(r, mark);
}

static void check_period(struct import_rows *rows, struct reader *r)
{
	import_check_period(r, rows->row.period, rows->last_period);
}

/* --- NDJSON ------------------------------------------------------------------------------- */

/* Takes a member out of the object, for the document's reader knows nothing of it. */
static bool take_digits(struct reader *r, json_t *root, const char *key, size_t n, bool required,
			char *out)
{
	const json_t *value = json_object_get(root, key);
	const size_t mark = reader_enter(r, key);
	bool ok = false;

	out[0] = '\0';
	if (value)
		ok = reader_digits(r, value, n, out);
	else if (required)
		reader_problem(r, "required", "必填 / is required");
	reader_leave(r, mark);
	json_object_del(root, key);
	return ok;
}

static enum err read_region(struct import_rows *rows, struct reader *r, json_t *root)
{
	struct import_row *row = &rows->row;
	const char *code = json_string_value(json_object_get(root, "code"));
	const size_t len = code ? strlen(code) : 0;

	if (str_is_digits(code ? code : "", len) && (len == 2 || len == 4 || len == 6)) {
		str_copy(row->code, sizeof(row->code), code);
	} else {
		const size_t mark = reader_enter(r, "code");

		reader_problem(r, "bad_format",
			       "地区代码须为 2、4 或 6 位数字 / a region has 2, 4 or 6 digits");
		reader_leave(r, mark);
	}
	json_object_del(root, "code");
	if (region_from_tree(r, root, &row->region) == ERR_OK && row->region.recognised[0] &&
	    (len != 6 || strcmp(row->region.recognised, rows->last_period) > 0)) {
		const size_t mark = reader_enter(r, "recognised");

		reader_problem(
			r, "not_allowed",
			"只有县可以被认定,且最晚为明年 / only a county is recognised, and next "
			"year at the latest");
		reader_leave(r, mark);
	}
	return reader_result(r);
}

static enum err read_school(struct import_rows *rows, struct reader *r, json_t *root)
{
	struct import_row *row = &rows->row;
	enum err e;

	(void)take_digits(r, root, "code", SCHOOL_CODE - 1, true, row->code);
	str_copy(row->school.code, sizeof(row->school.code), row->code);
	e = school_from_tree(r, root, &row->school);
	if (e == ERR_OK && str_equal(row->school.parent, row->code)) {
		const size_t mark = reader_enter(r, "parent");

		reader_problem(r, "not_allowed",
			       "学校不能是自己的分校 / a school is no campus of itself");
		reader_leave(r, mark);
	}
	return reader_result(r);
}

static enum err read_report(struct import_rows *rows, struct reader *r, json_t *root)
{
	struct import_row *row = &rows->row;

	(void)take_digits(r, root, "period", PERIOD_CODE - 1, true, row->period);
	(void)take_digits(r, root, "school", SCHOOL_CODE - 1, true, row->code);
	(void)take_digits(r, root, "county", COUNTY_CODE - 1, false, row->county);
	check_period(rows, r);
	return report_from_tree(r, root, NULL, &row->report);
}

static enum err read_county_report(struct import_rows *rows, struct reader *r, json_t *root)
{
	struct import_row *row = &rows->row;
	const struct standard *standard;
	/* Both are looked at, whatever the first is. */
	const bool has_period = take_digits(r, root, "period", PERIOD_CODE - 1, true, row->period);
	const bool has_county = take_digits(r, root, "county", COUNTY_CODE - 1, true, row->county);

	if (!has_period || !has_county)
		return reader_result(r);
	check_period(rows, r);
	standard = rows->standard(row->county, row->period, rows->context);
	if (!standard) {
		reader_problem(
			r, "no_standard",
			"没有评估该县该学年的标准 / no standard judges this county and period");
		return reader_result(r);
	}
	return county_report_from_tree(r, root, standard, &rows->scratch, &row->document);
}

static const struct {
	const char *name;
	enum err (*read)(struct import_rows *rows, struct reader *r, json_t *root);
} types[] = {
	[IMPORT_REGION] = { "region", read_region },
	[IMPORT_SCHOOL] = { "school", read_school },
	[IMPORT_REPORT] = { "report", read_report },
	[IMPORT_COUNTY_REPORT] = { "county_report", read_county_report },
};

static enum err read_object(struct import_rows *rows, struct reader *r, json_t *root)
{
	const char *name = json_string_value(json_object_get(root, "type"));
	size_t mark;

	for (size_t i = 0; name && i < ARRAY_LEN(types); i++) {
		if (!str_equal(types[i].name, name))
			continue;
		json_object_del(root, "type");
		rows->row.type = (enum import_type)i;
		return types[i].read(rows, r, root);
	}
	mark = reader_enter(r, "type");
	reader_problem(r, name ? "not_allowed" : "required",
		       "须为 region、school、report 或 county_report / must be region, school, "
		       "report or county_report");
	reader_leave(r, mark);
	return ERR_INVALID;
}

static bool is_blank_line(const struct file_record *record)
{
	return strspn(record->cell[0], " \t\r") == record->len[0];
}

static enum err read_line(struct import_rows *rows, struct reader *r,
			  const struct file_record *record)
{
	auto_json json_t *root = NULL;
	struct err_info info = { .code = ERR_OK };
	enum err e;

	if (record->too_long) {
		reader_problem(r, "too_long", "一行最多 %u 字节 / a line has at most %u bytes",
			       RECORD_BYTES, RECORD_BYTES);
		return ERR_INVALID;
	}
	e = reader_load(r, record->cell[0], record->len[0], &root, &info);
	if (e == ERR_MALFORMED)
		reader_problem(r, "malformed", "%s", info.text);
	else if (root && read_object(rows, r, root) == ERR_NOMEM)
		return ERR_NOMEM;
	return reader_result(r);
}

/* --- CSV ---------------------------------------------------------------------------------- */

static enum err read_record(struct import_rows *rows, struct reader *r,
			    const struct file_record *record)
{
	rows->row.type = IMPORT_REPORT;
	columns_report(r, &rows->columns, record, &rows->row);
	check_period(rows, r);
	return reader_result(r);
}

/* ",,,": what a spreadsheet makes of rows that somebody has emptied. */
static bool is_blank_record(const struct file_record *record)
{
	for (size_t i = 0; i < record->n; i++) {
		if (record->len[i])
			return false;
	}
	return true;
}

/* Of a pointer's step (RFC 6901) the name, in place. */
static void unescape(char *name)
{
	char *to = name;

	for (const char *from = name; *from; from++) {
		const bool escaped = from[0] == '~' && (from[1] == '0' || from[1] == '1');

		*to++ = !escaped ? *from : from[1] == '0' ? '~' : '/';
		from += escaped;
	}
	*to = '\0';
}

void import_column_of(const char *pointer, char *out, size_t size)
{
	if (*pointer != '/') {
		str_copy(out, size, pointer);
		return;
	}
	if (str_starts(pointer, "/stages/"))
		pointer += strlen("/stages/");
	else
		pointer++;
	str_copy(out, size, pointer);
	for (char *c = out; *c; c++) {
		if (*c == '/')
			*c = '.';
	}
	unescape(out);
}

static void name_columns(struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		char name[sizeof(problems->items[i].pointer)];

		import_column_of(problems->items[i].pointer, name, sizeof(name));
		str_copy(problems->items[i].pointer, sizeof(problems->items[i].pointer), name);
	}
}

bool import_row_key(const struct import_row *row, struct import_key *out)
{
	const bool has_period = row->type == IMPORT_REPORT || row->type == IMPORT_COUNTY_REPORT;

	out->type = row->type;
	str_copy(out->code, sizeof(out->code),
		 row->type == IMPORT_COUNTY_REPORT ? row->county : row->code);
	str_copy(out->period, sizeof(out->period), has_period ? row->period : "");
	return out->code[0] && (out->period[0] || !has_period);
}

bool import_rows_key(const struct import_rows *rows, struct import_key *out)
{
	return import_row_key(&rows->row, out);
}

static void clear(struct import_row *row, int64_t n)
{
	row->row = n;
	row->code[0] = '\0';
	row->county[0] = '\0';
	row->period[0] = '\0';
	report_init(&row->report);
	buf_release(&row->document);
}

enum err import_rows_read(struct import_rows *rows, const struct file_record *record,
			  struct import_row **ret_row, struct problems *problems,
			  struct err_info *info)
{
	struct reader r;
	enum err e;

	*ret_row = NULL;
	problems->n = 0;
	problems->more = 0;
	reader_init(&r, problems);
	if (rows->format == IMPORT_NDJSON && !record->too_long && is_blank_line(record))
		return ERR_OK;
	if (rows->format == IMPORT_CSV && !rows->begun) {
		rows->begun = true;
		e = columns_read(&r, record, &rows->columns);
		name_columns(problems);
		return e == ERR_OK ? ERR_OK
				   : err_set(info, ERR_MALFORMED, "表头有误 / the header is wrong");
	}
	if (rows->format == IMPORT_CSV && !record->too_long && is_blank_record(record))
		return ERR_OK;
	clear(&rows->row, record->row);
	e = rows->format == IMPORT_CSV ? read_record(rows, &r, record)
				       : read_line(rows, &r, record);
	if (rows->format == IMPORT_CSV)
		name_columns(problems);
	if (e == ERR_OK)
		*ret_row = &rows->row;
	return e;
}
