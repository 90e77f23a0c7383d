/* SPDX-License-Identifier: Apache-2.0 */
#include "json/import_csv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "json/standard_reader.h"
#include "json/trees.h"

static const struct {
	const char *name;
	enum column_kind kind;
	bool required;
} keys[] = {
	{ "school", COLUMN_SCHOOL, true },
	{ "period", COLUMN_PERIOD, true },
	{ "county", COLUMN_COUNTY, false },
};

/* --- the header --------------------------------------------------------------------------- */

static int field_named(const struct field *fields, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (str_equal(fields[i].name, name))
			return i;
	}
	return -1;
}

static bool find_key(const char *name, struct column *out)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (str_equal(keys[i].name, name)) {
			out->kind = keys[i].kind;
			return true;
		}
	}
	return false;
}

static bool find_stage(const char *name, struct column *out)
{
	for (int s = 0; s < STAGE_COUNT; s++) {
		const size_t len = strlen(stage_names[s]);

		if (strncmp(name, stage_names[s], len) != 0 || name[len] != '.')
			continue;
		*out = (struct column){ .kind = COLUMN_STAGE, .stage = s };
		out->field = field_named(stage_fields, STAGE_FIELD_COUNT, name + len + 1);
		return out->field >= 0 && (s != STAGE_SENIOR || out->field == STAGE_students);
	}
	return false;
}

static bool find_site(const char *name, struct column *out)
{
	if (!str_starts(name, "site."))
		return false;
	name += strlen("site.");
	*out = (struct column){ .kind = COLUMN_SITE };
	out->field = field_named(site_fields, SITE_FIELD_COUNT, name);
	if (out->field >= 0)
		return true;
	out->kind = COLUMN_ROOMS;
	out->field = field_named(room_lists, ROOM_LIST_COUNT, name);
	return out->field >= 0;
}

static bool find_declared(const char *name, struct column *out)
{
	if (!str_starts(name, "declared.") || !is_field_name(name + strlen("declared.")))
		return false;
	*out = (struct column){ .kind = COLUMN_DECLARED };
	return true;
}

bool column_find(const char *name, struct column *out)
{
	if (strlen(name) >= sizeof(out->name) ||
	    !(find_key(name, out) || find_stage(name, out) || find_site(name, out) ||
	      find_declared(name, out)))
		return false;
	str_copy(out->name, sizeof(out->name), name);
	return true;
}

/* Another separator than the comma makes one name of all. */
static void refuse_name(struct reader *r, const char *name)
{
	if (strpbrk(name, ";\t"))
		reader_problem(r, "unknown_column",
			       "没有此列;列须用逗号分隔 / no such column: columns are separated by "
			       "commas");
	else if (str_starts(name, "sep="))
		reader_problem(r, "unknown_column",
			       "没有此列;第一行须是列名 / no such column: the first row has the "
			       "columns' names");
	else
		reader_problem(r, "unknown_column", "没有此列 / no such column");
}

static bool has_column(const struct columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->n; i++) {
		if (str_equal(columns->at[i].name, name))
			return true;
	}
	return false;
}

enum err columns_read(struct reader *r, const struct file_record *header, struct columns *out)
{
	size_t n = header->n;

	/* A spreadsheet leaves commas behind the last name: see has_more(). */
	while (n && !header->len[n - 1])
		n--;
	out->n = 0;
	if (header->too_long)
		reader_problem(r, "too_long", "最多 %d 列 / at most %d columns", RECORD_CELLS,
			       RECORD_CELLS);
	for (size_t i = 0; i < n; i++) {
		struct column *c = &out->at[out->n];
		const size_t mark = reader_enter(r, header->cell[i]);

		if (!header->len[i])
			reader_problem(r, "unknown_column",
				       "第 %zu 列没有列名 / column %zu has no name", i + 1, i + 1);
		else if (!column_find(header->cell[i], c))
			refuse_name(r, header->cell[i]);
		else if (has_column(out, header->cell[i]))
			reader_problem(r, "duplicate_column", "列重复 / the column is given twice");
		reader_leave(r, mark);
		str_copy(c->name, sizeof(c->name), header->cell[i]);
		out->n++;
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].required && !has_column(out, keys[i].name))
			reader_missing(r, keys[i].name);
	}
	return reader_result(r);
}

/* --- cells -------------------------------------------------------------------------------- */

static bool all_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

/* Whether a number is below 0: -0 is 0, as it is in JSON. */
static bool is_negative(const char *text)
{
	return *text == '-' && text[1 + strspn(text + 1, "0.")] != '\0';
}

/* "1.2E+07", as programs and spreadsheets write what is large: a number, some of whose digits may
 * be gone. */
static bool has_exponent(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (n && text[n] == '.')
		n += 1 + strspn(text + n + 1, "0123456789");
	if (!n || (text[n] != 'e' && text[n] != 'E'))
		return false;
	n++;
	return all_digits(text + n + (text[n] == '+' || text[n] == '-'));
}

static void refuse_count(struct reader *r, const char *digits)
{
	const size_t whole = strspn(digits, "0123456789");

	if (has_exponent(digits) ||
	    (whole && digits[whole] == '.' && all_digits(digits + whole + 1)))
		reader_problem(r, "not_integer",
			       "须为整数,不带小数点和指数 / must be a whole number, without point "
			       "or exponent");
	else
		reader_problem(r, "wrong_type", "须为整数 / must be a whole number");
}

static void read_count(struct reader *r, const char *text, int64_t *out)
{
	const char *digits = text + (*text == '-');
	int64_t n = 0;

	if (!all_digits(digits))
		refuse_count(r, digits);
	else if (is_negative(text))
		reader_problem(r, "negative", "不能为负数 / must not be negative");
	else if (!str_to_int64(digits, &n) || n > COUNT_MAX)
		reader_problem(r, "too_big", "不能超过 %d / must not exceed %d", COUNT_MAX,
			       COUNT_MAX);
	else
		*out = n;
}

/* Digits, a point and digits: without zeros at the end, which say nothing. */
static bool plain_decimal(const char *text, char *out, size_t size)
{
	const size_t whole = strspn(text, "0123456789");
	size_t len = strlen(text);

	if (!whole || len >= size ||
	    (text[whole] && (text[whole] != '.' || !all_digits(text + whole + 1))))
		return false;
	while (text[whole] && len > whole + 1 && text[len - 1] == '0')
		len--;
	if (len == whole + 1)
		len = whole;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

static void refuse_amount(struct reader *r, const char *text)
{
	if (has_exponent(text))
		reader_problem(
			r, "wrong_type",
			"须写出全部数字,不用科学计数法 / must be written with all of its digits, "
			"without exponent");
	else
		reader_problem(r, "wrong_type", "须为数值 / must be a number");
}

static bool read_amount(struct reader *r, const char *text, int64_t *out)
{
	const bool negative = is_negative(text);
	char plain[64];
	const char *point;
	int64_t n = 0;

	if (!plain_decimal(text + (*text == '-'), plain, sizeof(plain))) {
		refuse_amount(r, text + (*text == '-'));
		return false;
	}
	point = strchr(plain, '.');
	if (negative)
		reader_problem(r, "negative", "不能为负数 / must not be negative");
	else if (point && strlen(point) > 3)
		reader_problem(r, "too_many_decimals", "最多两位小数 / at most two decimals");
	else if (!decimal_parse(plain, &n) || n > AMOUNT_MAX)
		reader_problem(r, "too_big", "不能超过 %.0f / must not exceed %.0f", DECIMAL_MAX,
			       DECIMAL_MAX);
	else
		*out = n;
	return !negative && !(point && strlen(point) > 3) && n <= AMOUNT_MAX;
}

/* "96;90.5" */
static void read_rooms(struct reader *r, const char *text, struct rooms *out)
{
	out->n = 0;
	while (*text && !str_equal(text, ";")) {
		const size_t len = strcspn(text, ";");
		char area[64];

		if (out->n == ROOMS_MAX) {
			reader_problem(r, "too_many", "最多 %d 间 / at most %d rooms", ROOMS_MAX,
				       ROOMS_MAX);
			return;
		}
		if (len >= sizeof(area)) {
			reader_problem(r, "wrong_type", "须为数值 / must be a number");
			return;
		}
		memcpy(area, text, len);
		area[len] = '\0';
		if (!read_amount(r, area, &out->area[out->n]))
			return;
		out->n++;
		text += len + (text[len] == ';');
	}
}

static void read_code(struct reader *r, const char *text, size_t n, char *out)
{
	if (str_is_digits(text, n))
		str_copy(out, n + 1, text);
	else
		reader_problem(r, "bad_format", "须为 %zu 位数字 / must be %zu digits", n, n);
}

static void read_declared(struct reader *r, const char *name, const char *text, struct report *out)
{
	int64_t value = 0;

	if (out->declared_n == DECLARED_MAX)
		reader_problem(r, "too_many", "最多 %d 项 / at most %d figures", DECLARED_MAX,
			       DECLARED_MAX);
	else if (read_amount(r, text, &value))
		report_add_declared(out, name + strlen("declared."), value);
}

static void read_stage(struct reader *r, const struct column *c, const char *text,
		       struct report *out)
{
	out->stages[c->stage].present = true;
	read_count(r, text, &out->stages[c->stage].figure[c->field]);
}

static void read_site(struct reader *r, const struct column *c, const char *text,
		      struct report *out)
{
	if (site_fields[c->field].unit == UNIT_COUNT)
		read_count(r, text, &out->site[c->field]);
	else
		(void)read_amount(r, text, &out->site[c->field]);
}

void column_read(struct reader *r, const struct column *c, const char *text, struct import_row *out)
{
	switch (c->kind) {
	case COLUMN_SCHOOL:
		read_code(r, text, SCHOOL_CODE - 1, out->code);
		break;
	case COLUMN_PERIOD:
		read_code(r, text, PERIOD_CODE - 1, out->period);
		break;
	case COLUMN_COUNTY:
		read_code(r, text, COUNTY_CODE - 1, out->county);
		break;
	case COLUMN_STAGE:
		read_stage(r, c, text, &out->report);
		break;
	case COLUMN_SITE:
		read_site(r, c, text, &out->report);
		break;
	case COLUMN_ROOMS:
		read_rooms(r, text, &out->report.rooms[c->field]);
		break;
	case COLUMN_DECLARED:
		read_declared(r, c->name, text, &out->report);
		break;
	}
}

static void read_cells(struct reader *r, const struct columns *columns,
		       const struct file_record *record, struct import_row *out)
{
	for (size_t i = 0; i < columns->n && i < record->n; i++) {
		const struct column *c = &columns->at[i];
		size_t mark;

		if (record->len[i] == 0)
			continue;
		mark = reader_enter(r, c->name);
		if (strlen(record->cell[i]) != record->len[i])
			reader_problem(r, "bad_format",
				       "不能含控制字符 / must not contain control characters");
		else
			column_read(r, c, record->cell[i], out);
		reader_leave(r, mark);
	}
}

static bool has_cell(const struct columns *columns, const struct file_record *record,
		     enum column_kind kind)
{
	for (size_t i = 0; i < columns->n && i < record->n; i++) {
		if (columns->at[i].kind == kind && record->len[i])
			return true;
	}
	return false;
}

/* Whether there is anything behind the header's columns: cells without text are a spreadsheet's. */
static bool has_more(const struct columns *columns, const struct file_record *record)
{
	for (size_t i = columns->n; i < record->n; i++) {
		if (record->len[i])
			return true;
	}
	return false;
}

void columns_report(struct reader *r, const struct columns *columns,
		    const struct file_record *record, struct import_row *out)
{
	if (record->too_long) {
		reader_problem(r, "too_long", "一行最多 %u 字节 / a row has at most %u bytes",
			       RECORD_BYTES, RECORD_BYTES);
		return;
	}
	if (has_more(columns, record))
		reader_problem(r, "too_many_cells",
			       "比表头的列名多 / there are more cells than names of columns");
	read_cells(r, columns, record, out);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i].required && !has_cell(columns, record, keys[i].kind))
			reader_missing(r, keys[i].name);
	}
	if (!has_cell(columns, record, COLUMN_STAGE))
		reader_problem(r, "empty", "至少填报一个学段 / must report at least one stage");
	if (r->found == 0)
		report_check_parts(r, &out->report);
}
