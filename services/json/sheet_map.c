/* SPDX-License-Identifier: Apache-2.0 */
#include "json/sheet_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define LEAST_HEADINGS 2 /* that make a row one of headings */

const char *const sheet_form_names[SHEET_FORMS] = { "", "school-reports", "county-items" };

const struct column_problem_text column_problem_texts[COLUMN_PROBLEMS] = {
	[COLUMN_FINE] = { "", "" },
	[COLUMN_UNKNOWN] = { "unknown_column",
			     "表头不能识别,此列不读 / the heading is not understood: the column "
			     "is not read" },
	[COLUMN_AMBIGUOUS] = { "ambiguous",
			       "表头未说明学段,请指定字段 / the heading names no stage: say "
			       "which field it is" },
	[COLUMN_DOUBLED] = { "duplicate_column",
			     "有两列是同一字段,请指定其一 / two columns are the same field: say "
			     "which one is" },
	[COLUMN_WRONG_UNIT] = { "unknown_unit",
				"单位与此字段不符 / this figure is not counted in that unit" },
	[COLUMN_UNIT_MISSING] = { "unit_missing",
				  "表头未说明单位,须写明,如(元)、(万元)、(㎡) / the heading names "
				  "no unit: it must, such as (元), (万元), (㎡)" },
	[COLUMN_AREA_MISSING] = { "unit_missing",
				  "表头未说明是各间面积还是间数:各间面积须写明(㎡),间数不读 / "
				  "the heading does not say whether it is the area of each room, "
				  "which (㎡) says, or how many rooms there are, which is not "
				  "read" },
};

/* --- the first rows ----------------------------------------------------------------------- */

enum origin { BLANK, OWN, MERGED, BELOW /* merged with the row above */, LEFT };

struct scan {
	bool enough;
	int rows; /* looked at */
	size_t columns;
	char text[SHEET_SCAN_ROWS][WORKBOOK_COLUMNS][HEADING_BYTES];
	unsigned char origin[SHEET_SCAN_ROWS][WORKBOOK_COLUMNS];
	size_t own[SHEET_SCAN_ROWS]; /* texts of the row's own */
};

static enum err scan_row(const struct sheet_row *row, void *context, struct err_info *info)
{
	struct scan *s = context;
	const int r = (int)(row->row - 1);

	if (row->row > SHEET_SCAN_ROWS) {
		s->enough = true;
		return err_set(info, ERR_CONFLICT, "enough");
	}
	for (size_t c = 0; c < row->n && c < WORKBOOK_COLUMNS; c++) {
		heading_trim(row->cell[c].text, s->text[r][c], HEADING_BYTES);
		if (!s->text[r][c][0])
			continue;
		s->origin[r][c] = OWN;
		s->own[r]++;
		if (c >= s->columns)
			s->columns = c + 1;
	}
	s->rows = r + 1;
	return ERR_OK;
}

static void fill_range(struct scan *s, const struct sheet_range *range)
{
	const int first = (int)range->row - 1;

	if (range->row < 1 || range->row > s->rows || range->column >= WORKBOOK_COLUMNS ||
	    !s->text[first][range->column][0])
		return;
	for (int r = first; r < s->rows && r < range->last_row; r++) {
		for (size_t c = range->column; c <= range->last_column && c < s->columns; c++) {
			if (s->origin[r][c] != BLANK)
				continue;
			str_copy(s->text[r][c], HEADING_BYTES, s->text[first][range->column]);
			s->origin[r][c] = r > first ? BELOW : MERGED;
		}
	}
}

static enum err scan(struct workbook *wb, int sheet, struct scan *s, struct err_info *info)
{
	auto_free struct sheet_range *ranges = NULL;
	size_t n = 0;
	enum err e = workbook_read(wb, sheet, scan_row, s, info);

	if (e != ERR_OK && !s->enough)
		return e;
	e = workbook_merges(wb, sheet, &ranges, &n, info);
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		fill_range(s, &ranges[i]);
	return e;
}

/* --- rows of headings --------------------------------------------------------------------- */

static bool is_heading(const char *text, struct heading *out)
{
	char plain[HEADING_BYTES];
	struct column column;

	*out = (struct heading){ .role = HEADING_COLUMN, .stage = -1 };
	if (column_find(text, &column))
		return true;
	heading_plain(text, plain, NULL);
	return heading_find(plain, out);
}

static size_t headings_of(const struct scan *s, int r)
{
	struct heading h;
	size_t n = 0;

	for (size_t c = 0; c < s->columns; c++)
		n += s->text[r][c][0] && is_heading(s->text[r][c], &h);
	return n;
}

static bool hangs_together(const struct scan *s, int r)
{
	for (size_t c = 0; c < s->columns; c++) {
		if (s->origin[r][c] == BELOW)
			return true;
	}
	return false;
}

/* The lowest of the rows in which most headings are, and what is merged with it from below; -1 when
 * there is none. */
static int find_last(const struct scan *s)
{
	size_t most = LEAST_HEADINGS - 1;
	int last = -1;

	for (int r = 0; r < s->rows; r++) {
		const size_t n = headings_of(s, r);

		if (n > most) {
			most = n;
			last = r;
		}
	}
	for (int i = 1; last >= 0 && i < SHEET_HEADER_ROWS && last + 1 < s->rows; i++) {
		if (hangs_together(s, last + 1))
			last++;
	}
	return last;
}

/* "生均", "上年" over 在校生数: a column below such a heading is not what its name says alone;
 * unless both are a name, as 上年 over 公用经费拨款 are. */
static bool is_of_another(const char *above)
{
	static const char *const words[] = { "生均",   "人均",   "师均", "校均", "班均", "每百",
					     "每生",   "平均",   "占比", "比例", "比重", "%",
					     "上年",   "上学年", "去年", "同期", "增减", "增长",
					     "幼儿园", "幼儿班", "学前" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strstr(above, words[i]))
			return true;
	}
	return false;
}

/* "校舍(平方米)", but no title that says "单位:万元". */
static bool has_unit(const char *text)
{
	const struct office_unit *unit;
	char plain[HEADING_BYTES];

	heading_plain(text, plain, &unit);
	return unit && plain[0] && !strstr(text, "单位");
}

/* Whether a row says something of the figures below it: of several texts one at least, or the only
 * one, which stands further right than a title does. */
static bool is_above(const struct scan *s, int r)
{
	struct heading h;

	for (size_t c = 0; c < s->columns; c++) {
		const char *text = s->text[r][c];

		if (s->origin[r][c] != OWN)
			continue;
		if (s->own[r] > 1 && (is_heading(text, &h) || heading_stage(text) >= 0))
			return true;
		if ((s->own[r] > 1 || c > 0) && (is_of_another(text) || has_unit(text)))
			return true;
	}
	return false;
}

/* Rows above it belong to the headings while they are merged with it, or look like it: a title
 * does not. */
static int find_first(const struct scan *s, int last)
{
	int first = last;

	while (first > 0 && last - first + 1 < SHEET_HEADER_ROWS &&
	       (hangs_together(s, first) || is_above(s, first - 1)))
		first--;
	return first;
}

static bool is_unit_row(const struct scan *s, int r)
{
	if (r >= s->rows || s->own[r] < LEAST_HEADINGS)
		return false;
	for (size_t c = 0; c < s->columns; c++) {
		if (s->text[r][c][0] && !heading_unit(s->text[r][c]))
			return false;
	}
	return true;
}

/* A heading over several columns that are not merged stands over the first of them. */
static void fill_left(struct scan *s, int first, int last)
{
	for (int r = first; r < last; r++) {
		for (size_t c = 1; c < s->columns; c++) {
			if (s->origin[r][c] != BLANK || s->origin[r][c - 1] == BLANK)
				continue;
			str_copy(s->text[r][c], HEADING_BYTES, s->text[r][c - 1]);
			s->origin[r][c] = LEFT;
		}
	}
}

/* --- a column's heading ------------------------------------------------------------------- */

/* Its texts from the lowest up, without what a merged range repeats. */
struct path {
	int n;
	const char *text[SHEET_HEADER_ROWS];
};

static void path_of(const struct scan *s, int first, int last, size_t c, struct path *out)
{
	out->n = 0;
	for (int r = last; r >= first; r--) {
		const char *text = s->text[r][c];
		/* What stands to the left says nothing of a column without a heading below. */
		const bool counts = text[0] && (s->origin[r][c] != LEFT || out->n);

		if (counts && !(out->n && str_equal(out->text[out->n - 1], text)))
			out->text[out->n++] = text;
	}
}

static void write_path(const struct path *p, char out[HEADING_BYTES])
{
	size_t len = 0;

	out[0] = '\0';
	for (int i = p->n - 1; i >= 0; i--) {
		str_copy(out + len, HEADING_BYTES - len, p->text[i]);
		len = strlen(out);
		if (i)
			str_copy(out + len, HEADING_BYTES - len, " / ");
		len = strlen(out);
	}
}

/* Whether a heading that names nothing leaves what is above it as it is: of rooms only their areas
 * are read, neither how many there are nor the sum. */
static bool completes(const char *leaf, const struct heading *above)
{
	return above->kind != COLUMN_ROOMS || !*leaf || str_equal(leaf, "面积");
}

/* Whether no heading above the name, from this one on, says so. */
static bool is_its_own(const struct path *p, int from)
{
	while (from < p->n && !is_of_another(p->text[from]))
		from++;
	return from >= p->n;
}

/* The lowest heading, completed by the one above it where that makes a name. */
static bool find_in_path(const struct path *p, struct heading *out)
{
	char leaf[HEADING_BYTES], above[HEADING_BYTES], both[2 * HEADING_BYTES];

	heading_plain(p->text[0], leaf, NULL);
	if (p->n > 1) {
		heading_plain(p->text[1], above, NULL);
		if (snprintf(both, sizeof(both), "%s%s", above, leaf) > 0 && leaf[0] &&
		    heading_find(both, out))
			return is_its_own(p, 2);
	}
	if (heading_find(leaf, out))
		return is_its_own(p, 1);
	return p->n > 1 && heading_is_neutral(leaf) && heading_find(above, out) &&
	       completes(leaf, out) && is_its_own(p, 2);
}

/* The name of a column of CSV, alone or in brackets behind what a person reads. */
static bool find_exact(const char *text, struct column *out)
{
	char name[sizeof(out->name)];
	const char *open = strrchr(text, '(');
	size_t len;

	if (column_find(text, out))
		return true;
	len = open ? strcspn(open + 1, ")") : 0;
	if (!len || len >= sizeof(name))
		return false;
	memcpy(name, open + 1, len);
	name[len] = '\0';
	return column_find(name, out);
}

static void name_column(struct column *c)
{
	static const char *const keys[] = {
		[COLUMN_SCHOOL] = "school", [COLUMN_PERIOD] = "period", [COLUMN_COUNTY] = "county"
	};

	if (c->kind == COLUMN_STAGE)
		IGNORE(snprintf(c->name, sizeof(c->name), "%s.%s", stage_names[c->stage],
				stage_fields[c->field].name) < 0,
		       "names are short");
	else if (c->kind == COLUMN_SITE || c->kind == COLUMN_ROOMS)
		IGNORE(snprintf(c->name, sizeof(c->name), "site.%s",
				c->kind == COLUMN_SITE ? site_fields[c->field].name
						       : room_lists[c->field].name) < 0,
		       "names are short");
	else if (c->kind != COLUMN_DECLARED)
		str_copy(c->name, sizeof(c->name), keys[c->kind]);
}

static int stage_of(const struct path *p, int outside)
{
	for (int i = 0; i < p->n; i++) {
		const int stage = heading_stage(p->text[i]);

		if (stage >= 0)
			return stage;
	}
	return outside;
}

/* "单位:万元", which is said of the whole table. */
static bool is_note(const char *text)
{
	return str_starts(text + strspn(text, "( "), "单位");
}

/* The unit of the lowest heading that names one: "校舍(万平方米)" is said of all below it. */
static const struct office_unit *unit_in_path(const struct path *p)
{
	const struct office_unit *unit = NULL;
	char plain[HEADING_BYTES];

	for (int i = 0; i < p->n && !unit; i++) {
		if (i == 0 || !is_note(p->text[i]))
			heading_plain(p->text[i], plain, &unit);
	}
	return unit;
}

static bool says_area(const struct path *p)
{
	for (int i = 0; i < p->n; i++) {
		if (strstr(p->text[i], "面积"))
			return true;
	}
	return false;
}

/* outside: the stage that the title or the sheet's name says, -1. */
static void map_column(const struct path *p, int outside, struct sheet_column *out)
{
	struct heading h = { .role = HEADING_NONE };

	write_path(p, out->heading);
	if (find_exact(p->text[0], &out->column)) {
		out->role = HEADING_COLUMN;
		out->chosen = true; /* it names the stored unit along with the field */
		return;
	}
	if (!find_in_path(p, &h)) {
		out->problem = COLUMN_UNKNOWN;
		return;
	}
	out->unit = unit_in_path(p);
	out->role = h.role;
	out->column = (struct column){ .kind = h.kind, .stage = h.stage, .field = h.field };
	if (h.role == HEADING_COLUMN && h.kind == COLUMN_STAGE && h.stage < 0)
		out->column.stage = stage_of(p, outside);
	if (h.role != HEADING_COLUMN)
		return;
	out->chosen = h.kind == COLUMN_ROOMS && says_area(p);
	if (h.kind == COLUMN_STAGE && out->column.stage < 0)
		out->problem = COLUMN_AMBIGUOUS;
	else if (h.kind == COLUMN_STAGE && out->column.stage == STAGE_SENIOR &&
		 out->column.field != STAGE_students)
		out->role = HEADING_KNOWN; /* of the senior stage only pupils count */
	else
		name_column(&out->column);
}

/* The nearest title that names one stage; else the sheet's name. */
static int stage_outside(const struct scan *s, int first, const char *sheet)
{
	for (int r = first - 1; r >= 0; r--) {
		for (size_t c = 0; c < s->columns; c++) {
			const int stage =
				s->origin[r][c] == OWN ? heading_stage(s->text[r][c]) : -1;

			if (stage >= 0)
				return stage;
		}
	}
	return heading_stage(sheet);
}

/* A school year over a group of headings, and a note of units beside them, are of the table, too.
 */
static void read_titles(const struct scan *s, int first, int last, struct sheet_map *out)
{
	for (int r = last - 1; r >= 0; r--) {
		for (size_t c = 0; c < s->columns; c++) {
			const char *text = s->text[r][c];

			if (s->origin[r][c] != OWN)
				continue;
			out->titled = heading_periods_in(text, out->title, out->titled);
			if (r < first || is_note(text))
				heading_units_in(text, &out->said);
		}
	}
}

static void show_first(const struct scan *s, int after, size_t c, struct sheet_column *out)
{
	int n = 0;

	for (int r = after + 1; r < s->rows && n < SHEET_FIRST; r++) {
		if (s->origin[r][c] == OWN)
			str_copy(out->first[n++], SHEET_FIRST_BYTES, s->text[r][c]);
	}
}

static void map_columns(struct scan *s, const char *sheet, int last, struct sheet_map *out)
{
	const int first = find_first(s, last);
	const int units = is_unit_row(s, last + 1) ? last + 1 : last;
	const int outside = stage_outside(s, first, sheet);

	fill_left(s, first, last);
	out->header = first + 1;
	out->last_header = units + 1;
	out->n = s->columns;
	read_titles(s, first, last, out);
	for (size_t c = 0; c < s->columns; c++) {
		struct sheet_column *column = &out->at[c];
		struct path path;

		path_of(s, first, last, c, &path);
		if (path.n)
			map_column(&path, outside, column);
		if (units > last && s->text[units][c][0] && !column->unit)
			column->unit = heading_unit(s->text[units][c]);
		show_first(s, units, c, column);
	}
}

enum err sheet_map_read(struct workbook *wb, int sheet, struct sheet_map *out,
			struct err_info *info)
{
	struct scan *auto_free s = calloc(1, sizeof(*s));
	enum err e;
	int last;

	if (!s)
		return ERR_NOMEM;
	*out = (struct sheet_map){ .form = SHEET_FORM_NONE };
	e = scan(wb, sheet, s, info);
	if (e != ERR_OK)
		return e;
	last = find_last(s);
	if (last < 0)
		return ERR_OK;
	map_columns(s, workbook_sheet_name(wb, sheet), last, out);
	sheet_map_settle(out);
	return ERR_OK;
}
