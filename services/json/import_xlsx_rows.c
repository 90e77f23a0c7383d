/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows of a sheet of schools are no school's. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "json/import_xlsx_parts.h"

const struct sheet_cell *sheet_row_cell(const struct sheet_row *row, size_t column)
{
	static const struct sheet_cell empty = { SHEET_EMPTY, "", 0 };

	return column < row->n ? &row->cell[column] : &empty;
}

static bool is_figure(const struct sheet_map *map, size_t column)
{
	const struct sheet_column *c = &map->at[column];

	return column < map->n && sheet_column_is_read(c) && c->column.kind >= COLUMN_STAGE;
}

static bool has_figure(const struct sheet_map *map, const struct sheet_row *row)
{
	for (size_t i = 0; i < map->n && i < row->n; i++) {
		if (is_figure(map, i) && !sheet_cell_is_empty(&row->cell[i]))
			return true;
	}
	return false;
}

/* --- totals ------------------------------------------------------------------------------- */

static bool ends_in_total(const char *text)
{
	static const char *const words[] = {
		"合计", "总计", "小计", "共计", "合計", "總計", "小計"
	};
	char plain[HEADING_BYTES];
	size_t len;

	heading_plain(text, plain, NULL);
	len = strlen(plain);
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const size_t n = strlen(words[i]);

		if (len >= n && str_equal(plain + len - n, words[i]))
			return true;
	}
	return false;
}

/* 合计, 鸠江区合计, 小学小计, 合计(34 所): at the end of the cell, but for brackets. A school may
 * have such a word in its name, but does not end in it. */
static bool is_total_word(const struct sheet_cell *cell)
{
	char text[HEADING_BYTES];

	if (cell->kind != SHEET_TEXT)
		return false;
	heading_trim(cell->text, text, sizeof(text));
	if (ends_in_total(text))
		return true;
	text[strcspn(text, "(")] = '\0';
	return ends_in_total(text);
}

/* Whether a cell is a school's code, or may be one that was mistyped. Of a total it is how many
 * schools there are, if anything: "34所", — or /. */
static bool may_be_code(const struct sheet_cell *cell)
{
	char text[HEADING_BYTES];
	size_t digits = 0;

	heading_trim(cell->text, text, sizeof(text));
	for (const char *c = text; *c; c++)
		digits += isdigit((unsigned char)*c) != 0;
	return digits > 4;
}

/* A row that names no school, and says 合计 before its first figure. Any other is a school's: left
 * out, its pupils would be missing, and nobody told. */
static bool is_total(const struct sheet_map *map, int code, const struct sheet_row *row)
{
	const struct sheet_cell *cell = sheet_row_cell(row, (size_t)code);

	if (is_total_word(cell) || may_be_code(cell))
		return is_total_word(cell);
	for (size_t i = 0; i < row->n && i < map->n && !is_figure(map, i); i++) {
		if (is_total_word(&row->cell[i]))
			return true;
	}
	return false;
}

/* --- who signs ---------------------------------------------------------------------------- */

/* A number, with whatever signs: something is lost with it. */
static bool is_number(const struct sheet_cell *cell)
{
	char text[SHEET_TEXT_BYTES];

	if (cell->kind != SHEET_TEXT)
		return cell->kind != SHEET_EMPTY && cell->kind != SHEET_DATE;
	heading_trim(cell->text, text, sizeof(text));
	return strpbrk(text, "0123456789") && text[strspn(text, "0123456789 .,+-%/")] == '\0';
}

/* "填表人:张三 | 审核人:李四 | 报出日期:2025年9月1日" below the table, in whatever columns; also a
 * note there. It has a colon, no code, and no figure that is a number. */
static bool is_signed(const struct sheet_map *map, int code, const struct sheet_row *row)
{
	bool colon = false;

	if (may_be_code(sheet_row_cell(row, (size_t)code)))
		return false;
	for (size_t i = 0; i < row->n; i++) {
		char text[HEADING_BYTES];

		if (is_figure(map, i) && is_number(&row->cell[i]))
			return false;
		if (row->cell[i].kind != SHEET_TEXT)
			continue;
		heading_trim(row->cell[i].text, text, sizeof(text));
		colon = colon || strchr(text, ':');
	}
	return colon;
}

/* --- numbers of columns ------------------------------------------------------------------- */

/* 甲 乙 A B 1 2 "3=4+5" … right below the headings. */
static bool is_numbering(const struct sheet_map *map, const struct sheet_row *row)
{
	static const char *const words[] = { "甲", "乙", "丙", "丁", "戊", "栏次", "序号" };
	int64_t last = -1, n = 0;
	int numbers = 0;

	if (row->row != map->last_header + 1)
		return false;
	for (size_t i = 0; i < row->n; i++) {
		char text[HEADING_BYTES], plain[HEADING_BYTES];
		bool known = false;

		heading_trim(row->cell[i].text, text, sizeof(text));
		text[strcspn(text, "=")] = '\0';
		heading_plain(text, plain, NULL);
		for (size_t k = 0; k < ARRAY_LEN(words); k++)
			known |= str_equal(words[k], plain);
		known |= isalpha((unsigned char)plain[0]) && !plain[1];
		if (!plain[0] || known)
			continue;
		/* Two years side by side are no numbers of columns. */
		if (!str_to_int64(plain, &n) || n > WORKBOOK_COLUMNS || (numbers && n != last + 1))
			return false;
		last = n;
		numbers++;
	}
	return numbers > 1;
}

bool import_xlsx_is_none(const struct sheet_map *map, int code, const struct sheet_row *row)
{
	return row->row <= map->last_header || !has_figure(map, row) || is_total(map, code, row) ||
	       is_signed(map, code, row) || is_numbering(map, row);
}

/* --- of which stage ----------------------------------------------------------------------- */

int import_xlsx_stage_column(const struct sheet_map *map)
{
	for (size_t i = 0; i < map->n; i++) {
		const char *slash = strrchr(map->at[i].heading, '/');
		char plain[HEADING_BYTES];

		heading_plain(slash ? slash + 1 : map->at[i].heading, plain, NULL);
		if (map->at[i].role != HEADING_COLUMN && str_equal(plain, "学段"))
			return (int)i;
	}
	return -1;
}

void import_xlsx_check_stage(const struct sheet_map *map, int stages, const struct sheet_row *row,
			     struct reader *r)
{
	const int stage =
		stages < 0 ? -1 : heading_stage(sheet_row_cell(row, (size_t)stages)->text);

	for (size_t i = 0; stage >= 0 && i < map->n; i++) {
		const struct sheet_column *c = &map->at[i];
		size_t mark;

		if (!is_figure(map, i) || c->column.kind != COLUMN_STAGE ||
		    c->column.stage == stage || c->chosen || heading_stage(c->heading) >= 0 ||
		    sheet_cell_is_empty(sheet_row_cell(row, i)))
			continue;
		mark = reader_enter(r, c->column.name);
		reader_problem(r, "differs",
			       "此行的学段是%s,此列按%s读:各学段须分列或分表 / the row is of "
			       "another stage than the column: stages need columns or sheets of "
			       "their own",
			       stage_zh[stage], stage_zh[c->column.stage]);
		reader_leave(r, mark);
		return;
	}
}
