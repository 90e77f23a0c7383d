/* SPDX-License-Identifier: Apache-2.0 */
#include "json/import_xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/import_xlsx_parts.h"

/* --- life --------------------------------------------------------------------------------- */

void import_xlsx_free(struct import_xlsx *x)
{
	if (!x)
		return;
	for (int i = 0; i < x->sheets; i++)
		free(x->maps[i]);
	free(x->cells);
	buf_release(&x->row.document);
	workbook_free(x->wb);
	free(x);
}

static enum err map_sheets(struct import_xlsx *x, struct err_info *info)
{
	enum err e = ERR_OK;

	x->sheets = workbook_sheets(x->wb);
	for (int i = 0; i < x->sheets && e == ERR_OK; i++) {
		x->left_out[i] = workbook_sheet_hidden(x->wb, i);
		x->maps[i] = calloc(1, sizeof(*x->maps[i]));
		e = x->maps[i] ? sheet_map_read(x->wb, i, x->maps[i], info) : ERR_NOMEM;
	}
	return e;
}

enum err import_xlsx_open(const char *bytes, size_t len, const struct import_xlsx_options *options,
			  struct import_xlsx **ret_xlsx, struct problems *problems,
			  struct err_info *info)
{
	auto_import_xlsx struct import_xlsx *x = calloc(1, sizeof(*x));
	enum err e;

	if (!x)
		return ERR_NOMEM;
	buf_init(&x->row.document, COUNTY_REPORT_BYTES);
	str_copy(x->last_period, sizeof(x->last_period), options->last_period);
	str_copy(x->period, sizeof(x->period), options->period);
	x->standard = options->standard;
	x->context = options->context;
	e = workbook_open(bytes, len, &x->wb, info);
	if (e == ERR_OK)
		e = map_sheets(x, info);
	if (e == ERR_OK && options->choices[0])
		e = import_xlsx_choose(x, options->choices, problems, info);
	if (e == ERR_OK)
		*ret_xlsx = STEAL(x);
	return e;
}

const char *import_xlsx_period(const struct import_xlsx *x, int sheet)
{
	const struct sheet_map *map = x->maps[sheet];

	if (x->period[0])
		return x->period;
	return map->titled == 1 ? map->title[0] : "";
}

bool import_xlsx_is_read(const struct import_xlsx *x, int sheet)
{
	return !x->left_out[sheet] && x->maps[sheet]->form != SHEET_FORM_NONE;
}

/* --- what is to be settled ---------------------------------------------------------------- */

struct settling {
	const struct import_xlsx *x;
	int64_t *numbers; /* by cell, unless it is NULL */
	struct problems *problems;
	size_t n;
};

/* What is wrong with a column of a sheet, or, with column -1, with its headings. */
static void unsettled(struct settling *s, int sheet, int column, const char *code,
		      const char *detail)
{
	const struct sheet_map *map = s->x->maps[sheet];
	const char *name = workbook_sheet_name(s->x->wb, sheet);
	const size_t c = column < 0 ? 0 : (size_t)column;
	char place[SHEET_REFERENCE], letters[SHEET_CELL_NAME];
	struct pointer p;

	s->n++;
	if (s->numbers) {
		if (s->problems->n < PROBLEMS_MAX)
			s->numbers[s->problems->n] = import_xlsx_number(sheet, map->last_header);
		sheet_reference(name, map->last_header, c, place);
		problems_add(s->problems, place, code, "%s", detail);
		return;
	}
	pointer_init(&p);
	pointer_add(&p, "sheets", strlen("sheets"));
	pointer_add(&p, name, strlen(name));
	pointer_add(&p, "columns", strlen("columns"));
	sheet_cell_name(1, c, letters, sizeof(letters));
	if (column >= 0)
		pointer_add(&p, letters, strlen(letters) - 1);
	problems_add(s->problems, p.text, code, "%s", detail);
}

/* Of sheets the period is one for all: it has no place among their columns. */
static void unsettled_period(struct settling *s, int sheet, const char *code, const char *detail)
{
	if (s->numbers) {
		unsettled(s, sheet, -1, code, detail);
		return;
	}
	s->n++;
	problems_add(s->problems, "/period", code, "%s", detail);
}

/* What a title says is held against what is given with the file, and is not guessed from. */
static void settle_period(struct settling *s, int sheet)
{
	const struct sheet_map *map = s->x->maps[sheet];
	const char *given = s->x->period;
	char detail[240] = "";

	if (sheet_map_column(map, COLUMN_PERIOD) >= 0 || s->x->period_is_chosen)
		return;
	if (!given[0] && map->titled == 0) {
		unsettled_period(s, sheet, "required",
				 s->numbers ? "没有学年列,用 ?period= 指明 / there is no column "
					      "of periods: name it with ?period="
					    : "表中没有学年,须指明 / the sheets name no period: "
					      "it must be given");
	} else if (!given[0] && map->titled > 1) {
		IGNORE(snprintf(detail, sizeof(detail),
				"标题有 %s、%s 两个学年,用 period 指明是哪个 / the titles name two "
				"school years, %s and %s: say which one with period",
				map->title[0], map->title[1], map->title[0], map->title[1]) < 0,
		       "there is room");
		unsettled_period(s, sheet, "ambiguous", detail);
	} else if (map->titled == 1 && given[0] && !str_equal(given, map->title[0])) {
		IGNORE(snprintf(detail, sizeof(detail),
				"标题的学年是 %s,所给的 period 是 %s,须一致 / the title names "
				"school year %s, and the period that is given is %s",
				map->title[0], given, map->title[0], given) < 0,
		       "there is room");
		unsettled_period(s, sheet, "differs", detail);
	}
}

static void settle_schools(struct settling *s, int sheet)
{
	if (sheet_map_column(s->x->maps[sheet], COLUMN_SCHOOL) < 0)
		unsettled(s, sheet, -1, "required",
			  "缺学校标识码列 / there is no column of schools' codes (school)");
	settle_period(s, sheet);
}

/* The first sheet that would be read if it were to be seen; -1: there is none. */
static int hidden_form(const struct import_xlsx *x)
{
	for (int i = 0; i < x->sheets; i++) {
		if (x->left_out[i] && workbook_sheet_hidden(x->wb, i) &&
		    x->maps[i]->form != SHEET_FORM_NONE)
			return i;
	}
	return -1;
}

/* Nothing is to be read. */
static void tell_no_form(const struct import_xlsx *x, struct problems *problems, bool by_cell)
{
	const char *place = by_cell ? "" : "/sheets";
	const int sheet = hidden_form(x);
	char name[61];

	if (sheet < 0) {
		problems_add(problems, place, "no_form",
			     "没有一张表的表头可以识别 / the headings of no sheet are understood");
		return;
	}
	str_copy(name, sizeof(name), workbook_sheet_name(x->wb, sheet));
	str_trim_utf8(name);
	problems_add(problems, place, "no_form",
		     "表“%s”是隐藏的,不读:请取消隐藏后重新上传 / this sheet is hidden, and is not "
		     "read: unhide it, and send it again",
		     name);
}

bool import_xlsx_is_settled(const struct import_xlsx *x, struct problems *problems,
			    int64_t ret_numbers[PROBLEMS_MAX])
{
	struct settling s = { x, ret_numbers, problems, 0 };
	bool any = false;

	for (int i = 0; i < x->sheets; i++) {
		const struct sheet_map *map = x->maps[i];

		if (!import_xlsx_is_read(x, i))
			continue;
		any = true;
		if (map->form == SHEET_FORM_SCHOOLS)
			settle_schools(&s, i);
		for (size_t c = 0; c < map->n; c++) {
			if (map->at[c].problem > COLUMN_UNKNOWN)
				unsettled(&s, i, (int)c,
					  column_problem_texts[map->at[c].problem].code,
					  column_problem_texts[map->at[c].problem].detail);
		}
	}
	if (!any) {
		if (ret_numbers)
			ret_numbers[0] = 1;
		tell_no_form(x, problems, ret_numbers != NULL);
	}
	return any && s.n == 0;
}

size_t import_xlsx_columns(const struct import_xlsx *x)
{
	size_t most = 0;

	for (int i = 0; i < x->sheets; i++) {
		if (import_xlsx_is_read(x, i) && x->maps[i]->n > most)
			most = x->maps[i]->n;
	}
	return most;
}

/* --- rows --------------------------------------------------------------------------------- */

void import_xlsx_clear(struct import_xlsx *x, struct reader *r)
{
	struct import_row *row = &x->row;

	x->problems.n = 0;
	x->problems.more = 0;
	reader_init(r, &x->problems);
	memset(x->at, 0, sizeof(x->at));
	row->row = 0;
	row->code[0] = '\0';
	row->county[0] = '\0';
	row->period[0] = '\0';
	report_init(&row->report);
	buf_release(&row->document);
}

enum err import_xlsx_read(struct import_xlsx *x, import_xlsx_fn *fn, void *context,
			  struct err_info *info)
{
	enum err e;

	x->fn = fn;
	x->fn_context = context;
	e = import_xlsx_schools(x, info);
	for (int i = 0; i < x->sheets && e == ERR_OK; i++) {
		if (import_xlsx_is_read(x, i) && x->maps[i]->form == SHEET_FORM_COUNTY)
			e = import_xlsx_county(x, i, info);
	}
	return e;
}

struct lines {
	int sheet;
	import_xlsx_line *fn;
	void *context;
};

static enum err on_line(const struct sheet_row *row, void *context, struct err_info *info)
{
	const struct lines *l = context;

	return l->fn(import_xlsx_number(l->sheet, row->row), row, l->context, info);
}

enum err import_xlsx_lines(struct import_xlsx *x, import_xlsx_line *fn, void *context,
			   struct err_info *info)
{
	enum err e = ERR_OK;

	for (int i = 0; i < x->sheets && e == ERR_OK; i++) {
		struct lines l = { i, fn, context };

		if (import_xlsx_is_read(x, i))
			e = workbook_read(x->wb, i, on_line, &l, info);
	}
	return e;
}

/* --- cells -------------------------------------------------------------------------------- */

/* Where a row of schools has it: the column of that name, else the school's code. */
static bool find_school_cell(const struct import_xlsx *x, const char *pointer, int *ret_sheet,
			     size_t *ret_column)
{
	char name[POINTER_BYTES];
	int first = -1;

	import_column_of(pointer, name, sizeof(name));
	for (int i = 0; i < x->sheets; i++) {
		const int column = x->at[i] ? sheet_map_named(x->maps[i], name) : -1;

		if (x->at[i] && first < 0)
			first = i;
		if (column < 0)
			continue;
		*ret_sheet = i;
		*ret_column = (size_t)column;
		return true;
	}
	if (first < 0)
		return false;
	*ret_sheet = first;
	*ret_column = (size_t)sheet_map_column(x->maps[first], COLUMN_SCHOOL);
	return true;
}

/* How many bytes of whole steps two pointers have in common. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0, whole = 0;

	for (; a[n] && a[n] == b[n]; n++) {
		if (a[n] == '/')
			whole = n;
	}
	return (a[n] == '\0' || a[n] == '/') && (b[n] == '\0' || b[n] == '/') ? n : whole;
}

/* The row of a county's report that is nearest to the pointer. */
static int64_t find_county_row(const struct import_xlsx *x, const char *pointer)
{
	int64_t row = x->at[x->cells_sheet];
	size_t best = strlen("/items"); /* less is nothing in common */

	if (str_equal(pointer, "/period") || str_equal(pointer, "/county"))
		best = 0;
	for (size_t i = 0; i < x->cells_n; i++) {
		const size_t n = common(x->cells[i].pointer, pointer);

		if (n <= best)
			continue;
		best = n;
		row = x->cells[i].row;
	}
	return row;
}

void import_xlsx_name_cells(const struct import_xlsx *x, struct problems *problems,
			    int64_t ret_numbers[PROBLEMS_MAX])
{
	for (size_t i = 0; i < problems->n; i++) {
		struct problem *p = &problems->items[i];
		char place[SHEET_REFERENCE];
		int sheet = x->cells_sheet;
		size_t column = 0;
		int64_t row;

		ret_numbers[i] = 0;
		if (x->cells) {
			row = find_county_row(x, p->pointer);
			column = (size_t)sheet_map_role(x->maps[sheet], HEADING_VALUE);
		} else if (find_school_cell(x, p->pointer, &sheet, &column)) {
			row = x->at[sheet];
		} else {
			continue;
		}
		ret_numbers[i] = import_xlsx_number(sheet, row);
		sheet_reference(workbook_sheet_name(x->wb, sheet), row, column, place);
		str_copy(p->pointer, sizeof(p->pointer), place);
	}
}

bool import_xlsx_key(const struct import_xlsx *x, struct import_key *out)
{
	return (!x->joins || x->cells) && import_row_key(&x->row, out);
}

bool import_xlsx_again(const struct import_xlsx *x)
{
	return x->again;
}

size_t import_xlsx_others(const struct import_xlsx *x, int64_t number,
			  int64_t ret_numbers[WORKBOOK_SHEETS])
{
	size_t n = 0;

	for (int i = 0; i < x->sheets; i++) {
		const int64_t other = import_xlsx_number(i, x->at[i]);

		if (x->at[i] && other != number)
			ret_numbers[n++] = other;
	}
	return n;
}

static enum err tell_stages(const struct import_xlsx *x, int sheet, import_xlsx_place *fn,
			    void *context, struct err_info *info)
{
	const struct sheet_map *map = x->maps[sheet];
	enum err e = ERR_OK;

	for (size_t i = 0; i < map->n && e == ERR_OK; i++) {
		const struct sheet_column *c = &map->at[i];
		char pointer[POINTER_BYTES], cell[SHEET_REFERENCE];

		if (c->role != HEADING_COLUMN || !sheet_column_is_read(c) ||
		    c->column.kind != COLUMN_STAGE)
			continue;
		if (snprintf(pointer, sizeof(pointer), "/stages/%s/%s",
			     stage_names[c->column.stage], stage_fields[c->column.field].name) < 0)
			return ERR_NOMEM;
		sheet_reference_column(workbook_sheet_name(x->wb, sheet), i, cell);
		e = fn(sheet, pointer, cell, context, info);
	}
	return e;
}

/* What the merge finds is about the school, its county, its period or its stages. */
static enum err tell_schools(const struct import_xlsx *x, int sheet, import_xlsx_place *fn,
			     void *context, struct err_info *info)
{
	static const struct {
		const char *pointer;
		enum column_kind kind;
	} places[] = {
		{ "", COLUMN_SCHOOL },
		{ "/school", COLUMN_SCHOOL },
		{ "/county", COLUMN_COUNTY },
		{ "/period", COLUMN_PERIOD },
	};
	const struct sheet_map *map = x->maps[sheet];
	enum err e = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(places) && e == ERR_OK; i++) {
		char cell[SHEET_REFERENCE];
		int column = sheet_map_column(map, places[i].kind);

		if (column < 0)
			column = sheet_map_column(map, COLUMN_SCHOOL);
		sheet_reference_column(workbook_sheet_name(x->wb, sheet), (size_t)column, cell);
		e = fn(sheet, places[i].pointer, cell, context, info);
	}
	return e == ERR_OK ? tell_stages(x, sheet, fn, context, info) : e;
}

/* A county's report has the number of the row of its county: see import_xlsx_county(). */
static enum err tell_county(const struct import_xlsx *x, int sheet, import_xlsx_place *fn,
			    void *context, struct err_info *info)
{
	const int column = sheet_map_role(x->maps[sheet], HEADING_VALUE);
	char cell[SHEET_REFERENCE];
	enum err e;

	sheet_reference_column(workbook_sheet_name(x->wb, sheet), (size_t)column, cell);
	e = fn(sheet, "/county", cell, context, info);
	return e == ERR_OK ? fn(sheet, "", cell, context, info) : e;
}

enum err import_xlsx_places(const struct import_xlsx *x, import_xlsx_place *fn, void *context,
			    struct err_info *info)
{
	enum err e = ERR_OK;

	for (int i = 0; i < x->sheets && e == ERR_OK; i++) {
		if (!import_xlsx_is_read(x, i))
			continue;
		e = x->maps[i]->form == SHEET_FORM_COUNTY ? tell_county(x, i, fn, context, info)
							  : tell_schools(x, i, fn, context, info);
	}
	return e;
}
