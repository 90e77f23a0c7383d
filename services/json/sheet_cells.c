/* SPDX-License-Identifier: Apache-2.0 */
#include "json/sheet_cells.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "json/headings.h"

static const char digits[] = "0123456789";
static const char blanks[] = " \t\r\n";

bool sheet_cell_is_empty(const struct sheet_cell *cell)
{
	const unsigned char first = (unsigned char)cell->text[0];
	char text[SHEET_TEXT_BYTES];

	if (cell->kind == SHEET_LONG || cell->kind == SHEET_EMPTY)
		return cell->kind == SHEET_EMPTY;
	if (first > ' ' && first < 0x80)
		return false;
	heading_trim(cell->text, text, sizeof(text));
	return text[0] == '\0';
}

/* Whether it is a text, or something that can be one. */
static bool is_text(struct reader *r, const struct sheet_cell *cell)
{
	if (cell->kind == SHEET_ERROR && str_equal(cell->text, SHEET_UNCALCULATED))
		reader_problem(r, "cell_error",
			       "公式没有保存结果,请用表格软件打开并保存,或直接填写 / the "
			       "formula's result was not saved: open and save it in a spreadsheet "
			       "program, or fill in the value");
	else if (cell->kind == SHEET_ERROR)
		reader_problem(r, "cell_error",
			       "单元格是错误值 %.20s,须改正公式或直接填写 / the cell holds the "
			       "error %.20s: mend its formula, or fill in the value",
			       cell->text, cell->text);
	else if (cell->kind == SHEET_LONG)
		reader_problem(r, "too_long", "最多 %d 字节 / at most %d bytes", WORKBOOK_TEXT,
			       WORKBOOK_TEXT);
	return cell->kind != SHEET_ERROR && cell->kind != SHEET_LONG;
}

bool sheet_cell_text(struct reader *r, const struct sheet_cell *cell, char out[SHEET_TEXT_BYTES])
{
	if (!is_text(r, cell))
		return false;
	heading_trim(cell->text, out, SHEET_TEXT_BYTES);
	return true;
}

/* 965000 that is shown as "96.5万" below a heading that says 万元 is not 965000 万元. */
static bool is_scaled(struct reader *r, const struct sheet_cell *cell)
{
	if (cell->kind == SHEET_SCALED)
		reader_problem(
			r, "scaled",
			"格式使数值缩小显示,所存为 %s:请改用常规格式并核对 / its format shows "
			"the number scaled down, and it holds %s: use a plain format, and "
			"check it",
			cell->text, cell->text);
	return cell->kind == SHEET_SCALED;
}

/* What a person saw in the cell is not what it holds: of "2025/9/1" it has 45901. */
static bool is_number_shown_as_words(struct reader *r, const struct sheet_cell *cell)
{
	if (cell->kind == SHEET_DATE)
		reader_problem(r, "date",
			       "日期存为数值,请将单元格设为文本格式后重新填写 / a date is kept as "
			       "a number: format the cell as text, and write it again");
	else if (cell->kind == SHEET_PERCENT)
		reader_problem(r, "percent",
			       "百分比存为数值,请将单元格设为文本格式后重新填写 / a percentage is "
			       "kept as a number: format the cell as text, and write it again");
	return is_scaled(r, cell) || cell->kind == SHEET_DATE || cell->kind == SHEET_PERCENT;
}

bool sheet_cell_words(struct reader *r, const struct sheet_cell *cell, char out[SHEET_TEXT_BYTES])
{
	size_t n;

	if (!is_text(r, cell) || is_number_shown_as_words(r, cell))
		return false;
	str_copy(out, SHEET_TEXT_BYTES, cell->text + strspn(cell->text, blanks));
	n = strlen(out);
	while (n && strchr(blanks, out[n - 1]))
		out[--n] = '\0';
	return true;
}

/* --- numbers ------------------------------------------------------------------------------ */

static bool is_plain(const char *text)
{
	size_t whole;

	text += *text == '-';
	whole = strspn(text, digits);
	if (!whole || !text[whole])
		return whole > 0;
	return text[whole] == '.' && text[whole + 1] &&
	       strspn(text + whole + 1, digits) == strlen(text + whole + 1);
}

/* Each three digits behind a comma: "840,5" may be meant as 840.5. */
static bool is_grouped(const char *text)
{
	const char *comma = strchr(text, ',');

	for (const char *c = comma; c; c = strchr(c + 1, ',')) {
		if (strspn(c + 1, digits) != 3)
			return false;
	}
	return comma != NULL;
}

/* The number without its separators, if it has some. */
static bool has_separators(const char *text, char *out, size_t size)
{
	size_t n = 0;

	if (!is_grouped(text))
		return false;
	for (const char *p = text; *p && n + 1 < size; p++) {
		if (*p != ',')
			out[n++] = *p;
	}
	out[n] = '\0';
	return is_plain(out);
}

static bool is_percent(const char *text)
{
	char number[32];
	const size_t n = strcspn(text, "%");

	if (text[n] != '%' || text[n + 1] || n >= sizeof(number))
		return false;
	memcpy(number, text, n);
	number[n] = '\0';
	return is_plain(number);
}

/* "2025-9-1", "2025/09/01", "2025.9.1", "2025年9月1日" */
static bool is_date(const char *text)
{
	static const char *const marks[] = { "-", "/", ".", "年", "月" };
	int numbers = 0;

	while (isdigit((unsigned char)*text)) {
		size_t skip = 0;

		text += strspn(text, digits);
		numbers++;
		for (size_t i = 0; i < ARRAY_LEN(marks) && !skip; i++)
			skip = str_starts(text, marks[i]) ? strlen(marks[i]) : 0;
		text += skip;
	}
	return numbers >= 3 || (numbers == 2 && str_starts(text, "日"));
}

static void refuse_date(struct reader *r)
{
	reader_problem(r, "date", "须为数值,不是日期 / must be a number, not a date");
}

static void refuse_percent(struct reader *r)
{
	reader_problem(r, "percent",
		       "须为普通数值,不用百分比;单位是百分比的,85%% 填 85 / must be a plain "
		       "number, not a percentage; where the unit is percent, 85 for 85 %%");
}

/* Whether it is a number by its looks alone. */
static bool is_shown_otherwise(struct reader *r, const struct sheet_cell *cell)
{
	if (cell->kind == SHEET_DATE)
		refuse_date(r);
	else if (cell->kind == SHEET_PERCENT)
		refuse_percent(r);
	return is_scaled(r, cell) || cell->kind == SHEET_DATE || cell->kind == SHEET_PERCENT;
}

static void refuse_number(struct reader *r, const char *text)
{
	char plain[32];

	if (has_separators(text, plain, sizeof(plain)))
		reader_problem(r, "thousands_separator",
			       "不要千位分隔符,应为 %s / without separators: %s", plain, plain);
	else if (is_percent(text))
		refuse_percent(r);
	else if (is_date(text))
		refuse_date(r);
	else
		reader_problem(r, "wrong_type",
			       "须为数值;没有数据请留空 / must be a number; leave it empty when "
			       "there is none");
}

/* Decimals without zeros at the end. */
static size_t decimals_of(const char *text)
{
	const char *point = strchr(text, '.');
	size_t n = point ? strlen(point + 1) : 0;

	while (n && point[n] == '0')
		n--;
	return n;
}

/* Moves the point to the right, exactly. There is room. */
static void shift(const char *text, int power, char *out)
{
	const char *point = strchr(text, '.');
	const size_t whole = point ? (size_t)(point - text) : strlen(text);
	const char *more = point ? point + 1 : "";

	memcpy(out, text, whole);
	out += whole;
	for (; power; power--) {
		*out = '0';
		if (*more)
			*out = *more++;
		out++;
	}
	if (*more)
		*out++ = '.';
	memcpy(out, more, strlen(more) + 1);
}

bool sheet_cell_number(struct reader *r, const struct sheet_cell *cell, int power,
		       char out[SHEET_TEXT_BYTES])
{
	char text[SHEET_TEXT_BYTES];

	if (!sheet_cell_text(r, cell, text))
		return false;
	if (is_shown_otherwise(r, cell))
		return false;
	if (cell->kind == SHEET_BOOL || !is_plain(text)) {
		refuse_number(r, text);
		return false;
	}
	if (strlen(text) > 40) {
		reader_problem(r, "too_big", "位数过多 / too many digits");
		return false;
	}
	if (power && decimals_of(text) > 2 + (size_t)power) {
		reader_problem(r, "too_many_decimals",
			       "精确到分:此单位最多 %d 位小数 / to the cent: in this unit at most "
			       "%d decimals",
			       2 + power, 2 + power);
		return false;
	}
	shift(text, power, out);
	return true;
}

static bool is_no_room(const char *text)
{
	return str_equal(text, "0") || str_equal(text, "无");
}

/* "1,096" is one room or two; "96, 100" and "96.5,100" are two. */
static bool has_doubtful_comma(const char *text)
{
	for (const char *c = strchr(text, ','); c; c = strchr(c + 1, ',')) {
		const char *from = c;

		while (from > text && isdigit((unsigned char)from[-1]))
			from--;
		if (c > from && c - from <= 3 && !(from > text && from[-1] == '.') &&
		    strspn(c + 1, digits) == 3)
			return true;
	}
	return false;
}

/* Commas and ends of lines as semicolons, without the blanks around them. */
static void write_list(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		const size_t gap = strchr("\r\n", *from) ? strspn(from, blanks) : 0;
		const char c = gap || *from == ',' ? ';' : *from;

		if (gap && strchr(";,", from[gap])) {
			from += gap - 1;
			continue;
		}
		if (c == ';') {
			while (to > text && strchr(blanks, to[-1]))
				to--;
			from += strspn(from + 1, blanks);
		}
		*to++ = c;
	}
	*to = '\0';
}

bool sheet_cell_rooms(struct reader *r, const struct sheet_cell *cell, char out[SHEET_TEXT_BYTES])
{
	if (!sheet_cell_text(r, cell, out))
		return false;
	if (is_shown_otherwise(r, cell))
		return false;
	if (has_doubtful_comma(cell->text)) {
		reader_problem(
			r, "thousands_separator",
			"逗号可能是千位分隔符;各间面积用分号分开,如 96;100 / the comma may be "
			"of thousands: separate rooms by semicolons, as in 96;100");
		return false;
	}
	write_list(out);
	if (is_no_room(out))
		str_copy(out, SHEET_TEXT_BYTES, ";");
	if (!out[strspn(out, "0123456789.;-")])
		return true;
	reader_problem(r, "wrong_type",
		       "须为各间面积,用分号分开,如 96;90.5 / must be the area of each room, "
		       "separated by semicolons, as in 96;90.5");
	return false;
}

/* --- references --------------------------------------------------------------------------- */

/* "A1" or "R1C1" would be taken for a cell. */
static bool looks_like_cell(const char *name)
{
	const size_t letters = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	const char *rest = name + letters;

	if (strchr("rRcC", name[0]) && name[strspn(name, "rRcC0123456789")] == '\0')
		return true;
	return letters >= 1 && letters <= 3 && *rest && rest[strspn(rest, digits)] == '\0';
}

static bool needs_quotes(const char *name)
{
	if (isdigit((unsigned char)name[0]) || name[0] == '.' || looks_like_cell(name))
		return true;
	for (; *name; name++) {
		const unsigned char c = (unsigned char)*name;

		if (c < 0x80 && !isalnum(c) && c != '_' && c != '.')
			return true;
	}
	return false;
}

static size_t write_sheet(const char *name, char *out, size_t size)
{
	const bool quoted = needs_quotes(name);
	size_t n = 0;

	if (quoted)
		out[n++] = '\'';
	for (; *name && n + 4 < size; name++) {
		if (*name == '\'')
			out[n++] = '\'';
		out[n++] = *name;
	}
	if (quoted)
		out[n++] = '\'';
	out[n++] = '!';
	out[n] = '\0';
	return n;
}

void sheet_reference(const char *sheet, int64_t row, size_t column, char out[SHEET_REFERENCE])
{
	const size_t n = write_sheet(sheet, out, SHEET_REFERENCE - SHEET_CELL_NAME);

	sheet_cell_name(row, column, out + n, SHEET_REFERENCE - n);
}

void sheet_reference_column(const char *sheet, size_t column, char out[SHEET_REFERENCE])
{
	sheet_reference(sheet, 1, column, out);
	out[strlen(out) - 1] = '\0'; /* the 1 of row 1 */
}
