/* SPDX-License-Identifier: Apache-2.0 */
#include "json/plan_xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "json/headings.h"
#include "json/plan_json.h"
#include "json/reader.h"
#include "json/sheet_cells.h"
#include "json/workbook.h"

#define SCAN_ROWS 10 /* in which headings are looked for */

enum column_of {
	NO_COLUMN,
	ITEM,
	YEAR,
	TASK_YEAR,
	TASK_TEXT,
	DEPARTMENT,
	RESPONSIBLE,
	ITEMS,
	SAFEGUARD
};

/* A workbook on its way to a document. */
struct reading {
	struct reader r;
	const char *county;
	struct plan_places *places;
	const char *sheet;
	enum column_of columns[WORKBOOK_COLUMNS];
	char years[WORKBOOK_COLUMNS][PERIOD_CODE]; /* of YEAR columns */
	bool known;                                /* the sheet's headings were found */
	int64_t nearly_row;                        /* some of them were, the first here; 0: none */
	size_t nearly_column;
	bool any; /* those of some sheet were */
	json_t *root;
	json_t *milestones, *tasks, *safeguards; /* borrowed from root */
	bool failed;                             /* no memory */
};

/* The cell of where the reader is. */
static void remember(struct reading *g, int64_t row, size_t column)
{
	char cell[SHEET_REFERENCE];

	sheet_reference(g->sheet, row, column, cell);
	plan_places_add(g->places, g->r.at.text, cell);
}

static void set(struct reading *g, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		g->failed = true;
}

/* --- headings ----------------------------------------------------------------------------- */

static const struct {
	const char *heading;
	enum column_of column;
} headings[] = {
	{ "项目", ITEM },           { "年度", TASK_YEAR },     { "任务", TASK_TEXT },
	{ "责任部门", DEPARTMENT }, { "责任人", RESPONSIBLE }, { "涉及项目", ITEMS },
	{ "保障措施", SAFEGUARD },
};

/* "2027", "2027年", "2027年度" */
static bool is_year(const char *plain, char out[PERIOD_CODE])
{
	const char *rest = plain + PERIOD_CODE - 1;
	char year[PERIOD_CODE];

	str_copy(year, sizeof(year), plain);
	if (!str_is_digits(year, PERIOD_CODE - 1) || !str_starts(year, "20") ||
	    !(str_equal(rest, "") || str_equal(rest, "年") || str_equal(rest, "年度")))
		return false;
	str_copy(out, PERIOD_CODE, year);
	return true;
}

/* "2027年目标": for people it is the year's. */
static bool names_year(const char *plain)
{
	const char *at = strstr(plain, "20");
	char digits[PERIOD_CODE];

	str_copy(digits, sizeof(digits), at ? at : "");
	return str_is_digits(digits, PERIOD_CODE - 1);
}

/* What stands under a heading that nobody understands would be lost without a word. */
static void refuse_headings(struct reading *g, const struct sheet_row *row)
{
	const size_t mark = reader_enter(&g->r, "headings");
	char plain[HEADING_BYTES];

	for (size_t i = 0; i < row->n && i < WORKBOOK_COLUMNS; i++) {
		const size_t nth = reader_enter_index(
			&g->r, plan_places_count(g->places)); /* each has its cell */

		heading_plain(row->cell[i].text, plain, NULL);
		if (g->columns[i] == NO_COLUMN && names_year(plain)) {
			remember(g, row->row, i);
			reader_problem(&g->r, "unknown_column",
				       "年度的表头须为「2027年」这样的写法 / a year's heading is "
				       "written as 2027年");
		}
		reader_leave(&g->r, nth);
	}
	reader_leave(&g->r, mark);
}

static bool has(const struct reading *g, enum column_of column)
{
	for (size_t i = 0; i < WORKBOOK_COLUMNS; i++) {
		if (g->columns[i] == column)
			return true;
	}
	return false;
}

static void find_headings(struct reading *g, const struct sheet_row *row)
{
	char plain[HEADING_BYTES];

	memset(g->columns, 0, sizeof(g->columns));
	for (size_t i = 0; i < row->n && i < WORKBOOK_COLUMNS; i++) {
		heading_plain(row->cell[i].text, plain, NULL);
		if (is_year(plain, g->years[i]))
			g->columns[i] = YEAR;
		for (size_t k = 0; k < ARRAY_LEN(headings); k++) {
			if (str_equal(headings[k].heading, plain))
				g->columns[i] = headings[k].column;
		}
	}
	g->known = (has(g, ITEM) && has(g, YEAR)) || (has(g, TASK_YEAR) && has(g, TASK_TEXT)) ||
		   has(g, SAFEGUARD);
	g->any |= g->known;
	if (g->known && has(g, YEAR))
		refuse_headings(g, row);
	for (size_t i = 0; i < WORKBOOK_COLUMNS && !g->nearly_row; i++) {
		if (g->columns[i] == NO_COLUMN)
			continue;
		g->nearly_row = row->row;
		g->nearly_column = i;
	}
}

/* --- whose it is -------------------------------------------------------------------------- */

/* Behind the words, "县代码:340207"; a title that somebody has changed may say nothing. */
static bool find_county(const struct sheet_cell *cell, char out[COUNTY_CODE])
{
	char text[SHEET_TEXT_BYTES];
	const char *at;

	heading_trim(cell->text, text, sizeof(text));
	at = strstr(text, PLAN_COUNTY);
	if (!at)
		return false;
	at += strlen(PLAN_COUNTY);
	at += strspn(at, " :");
	str_copy(out, COUNTY_CODE, at);
	return strspn(at, "0123456789") == COUNTY_CODE - 1;
}

/* The template comes with what its county plans: sent to another, it would be copied there. */
static void check_county(struct reading *g, const struct sheet_row *row)
{
	const size_t mark = reader_enter(&g->r, "county");

	for (size_t i = 0; i < row->n && i < WORKBOOK_COLUMNS; i++) {
		const size_t nth = reader_enter_index(
			&g->r, plan_places_count(g->places)); /* each has its cell */
		char county[COUNTY_CODE];

		if (find_county(&row->cell[i], county) && !str_equal(county, g->county)) {
			remember(g, row->row, i);
			reader_problem(&g->r, "other_county",
				       "这是县 %s 的规划表,不是县 %s 的 / this is the plan of "
				       "county %s, not of county %s",
				       county, g->county, county, g->county);
		}
		reader_leave(&g->r, nth);
	}
	reader_leave(&g->r, mark);
}

/* --- rows --------------------------------------------------------------------------------- */

/* The first column of a kind, as text; "" when it is empty. false: noted. */
static bool text_of(struct reading *g, const struct sheet_row *row, enum column_of column,
		    char out[SHEET_TEXT_BYTES], size_t *ret_at)
{
	out[0] = '\0';
	for (size_t i = 0; i < row->n && i < WORKBOOK_COLUMNS; i++) {
		if (g->columns[i] != column)
			continue;
		*ret_at = i;
		return sheet_cell_is_empty(&row->cell[i]) ||
		       sheet_cell_words(&g->r, &row->cell[i], out);
	}
	return true;
}

static void read_recognition(struct reading *g, const struct sheet_row *row, size_t at)
{
	const size_t mark = reader_enter(&g->r, "recognition_year");
	char text[SHEET_TEXT_BYTES];

	remember(g, row->row, at);
	heading_trim(row->cell[at].text, text, sizeof(text));
	if (!str_equal(text, "是") && !str_equal(text, "yes"))
		reader_problem(&g->r, "not_allowed",
			       "在认定的年度下填「是」,其他年度留空 / 是 under the year of "
			       "recognition, nothing under the others");
	else if (json_object_get(g->root, "recognition_year"))
		reader_problem(&g->r, "duplicate_key", "只能有一个认定年度 / only one year can be");
	else
		set(g, g->root, "recognition_year", json_string(g->years[at]));
	reader_leave(&g->r, mark);
}

static json_t *target_of(struct reading *g, const struct sheet_cell *cell)
{
	char text[SHEET_TEXT_BYTES];
	int64_t whole = 0;

	heading_trim(cell->text, text, sizeof(text));
	if (cell->kind == SHEET_TEXT && (str_equal(text, "达标") || str_equal(text, "met")))
		return json_string("met");
	if (!sheet_cell_number(&g->r, cell, 0, text))
		return NULL;
	return str_to_int64(text, &whole) ? json_integer(whole) : json_real(strtod(text, NULL));
}

static void read_milestone(struct reading *g, const struct sheet_row *row, size_t at,
			   const char *item)
{
	const size_t list = reader_enter(&g->r, "milestones");
	const size_t element = reader_enter_index(&g->r, json_array_size(g->milestones));
	json_t *milestone = json_object();
	json_t *target;
	size_t mark;

	remember(g, row->row, at); /* of what the target is not: its item and its year */
	mark = reader_enter(&g->r, "target");
	remember(g, row->row, at);
	target = target_of(g, &row->cell[at]);
	reader_leave(&g->r, mark);
	reader_leave(&g->r, element);
	reader_leave(&g->r, list);
	set(g, milestone, "item", json_string(item));
	set(g, milestone, "year", json_string(g->years[at]));
	/* One that cannot be read keeps its place, so that each place is one cell's. */
	set(g, milestone, "target", target ? target : json_null());
	if (json_array_append_new(g->milestones, milestone))
		g->failed = true;
}

static void read_item_row(struct reading *g, const struct sheet_row *row)
{
	char text[SHEET_TEXT_BYTES], item[SHEET_TEXT_BYTES];
	size_t at = 0;

	if (!text_of(g, row, ITEM, text, &at))
		return;
	/* Without an item a target is none's: its milestone is refused for that. */
	heading_trim(text, item, sizeof(item));
	for (size_t i = 0; i < row->n && i < WORKBOOK_COLUMNS; i++) {
		if (g->columns[i] != YEAR || sheet_cell_is_empty(&row->cell[i]))
			continue;
		if (str_equal(item, PLAN_RECOGNITION))
			read_recognition(g, row, i);
		else
			read_milestone(g, row, i, item);
	}
}

/* "G1 G3;Q2" */
static json_t *item_list(const char *text)
{
	static const char between[] = " ,;\t\r\n";
	json_t *list = json_array();

	for (text += strspn(text, between); list && *text; text += strspn(text, between)) {
		const size_t n = strcspn(text, between);

		if (json_array_append_new(list, json_stringn(text, n)))
			return json_decref(list), NULL;
		text += n;
	}
	return list;
}

static void read_task_member(struct reading *g, const struct sheet_row *row, json_t *task,
			     enum column_of column, const char *key)
{
	const size_t mark = reader_enter(&g->r, key);
	char text[SHEET_TEXT_BYTES], narrow[SHEET_TEXT_BYTES];
	size_t at = 0;

	if (text_of(g, row, column, text, &at)) {
		heading_trim(text, narrow, sizeof(narrow));
		if (column == ITEMS && text[0])
			set(g, task, key, item_list(narrow));
		else if (column == TASK_YEAR && text[0])
			set(g, task, key, json_stringn(narrow, strcspn(narrow, "\xe5"))); /* 年 */
		else if (text[0])
			set(g, task, key, json_string(text));
	}
	remember(g, row->row, at);
	reader_leave(&g->r, mark);
}

static bool is_blank(const struct reading *g, const struct sheet_row *row)
{
	for (size_t i = 0; i < row->n && i < WORKBOOK_COLUMNS; i++) {
		if (g->columns[i] != NO_COLUMN && !sheet_cell_is_empty(&row->cell[i]))
			return false;
	}
	return true;
}

static void read_task_row(struct reading *g, const struct sheet_row *row)
{
	static const struct {
		enum column_of column;
		const char *key;
	} members[] = { { TASK_YEAR, "year" },
			{ TASK_TEXT, "text" },
			{ DEPARTMENT, "department" },
			{ RESPONSIBLE, "responsible" },
			{ ITEMS, "items" } };
	const size_t list = reader_enter(&g->r, "tasks");
	const size_t element = reader_enter_index(&g->r, json_array_size(g->tasks));
	json_t *task = json_object();

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		read_task_member(g, row, task, members[i].column, members[i].key);
	if (json_array_append_new(g->tasks, task))
		g->failed = true;
	reader_leave(&g->r, element);
	reader_leave(&g->r, list);
}

static void read_safeguard_row(struct reading *g, const struct sheet_row *row)
{
	const size_t list = reader_enter(&g->r, "safeguards");
	const size_t element = reader_enter_index(&g->r, json_array_size(g->safeguards));
	char text[SHEET_TEXT_BYTES];
	size_t at = 0;

	IGNORE(text_of(g, row, SAFEGUARD, text, &at), "it is noted, and keeps its place");
	remember(g, row->row, at);
	if (json_array_append_new(g->safeguards, json_string(text)))
		g->failed = true;
	reader_leave(&g->r, element);
	reader_leave(&g->r, list);
}

static enum err on_row(const struct sheet_row *row, void *context, struct err_info *info)
{
	struct reading *g = context;

	if (!g->known) {
		if (row->row <= SCAN_ROWS) {
			check_county(g, row);
			find_headings(g, row);
		}
		return ERR_OK;
	}
	/* More of either than a plan can have need not be kept to be refused. */
	if (is_blank(g, row) || json_array_size(g->milestones) > PLAN_MILESTONES_MAX ||
	    json_array_size(g->tasks) > PLAN_TASKS_MAX ||
	    json_array_size(g->safeguards) > PLAN_SAFEGUARDS_MAX)
		return ERR_OK;
	if (has(g, YEAR))
		read_item_row(g, row);
	else if (has(g, TASK_TEXT))
		read_task_row(g, row);
	else
		read_safeguard_row(g, row);
	return g->failed ? err_set(info, ERR_NOMEM, "no memory for a plan") : ERR_OK;
}

/* --- the document ------------------------------------------------------------------------- */

/* A sheet of which some headings are understood was meant to be read: without it the plan would
 * lose what the sheet says. */
static void check_known(struct reading *g)
{
	const size_t mark = reader_enter(&g->r, "sheets");
	const size_t nth = reader_enter_index(&g->r, plan_places_count(g->places));

	if (!g->known && g->nearly_row) {
		remember(g, g->nearly_row, g->nearly_column);
		reader_problem(&g->r, "no_form",
			       "此表的表头只认出一部分,请照模板填写;不属于规划的表请删除或隐藏 / "
			       "only some headings of this sheet are understood: keep those of the "
			       "template; remove or hide a sheet that is no part of the plan");
	}
	reader_leave(&g->r, nth);
	reader_leave(&g->r, mark);
}

static enum err read_sheets(struct reading *g, const char *bytes, size_t len, struct err_info *info)
{
	auto_workbook struct workbook *wb = NULL;
	enum err e = workbook_open(bytes, len, &wb, info);

	for (int i = 0; e == ERR_OK && i < workbook_sheets(wb); i++) {
		g->sheet = workbook_sheet_name(wb, i);
		g->known = false;
		g->nearly_row = 0;
		memset(g->columns, 0, sizeof(g->columns));
		if (workbook_sheet_hidden(wb, i))
			continue;
		e = workbook_read(wb, i, on_row, g, info);
		if (e == ERR_OK)
			check_known(g);
	}
	if (e == ERR_OK && !g->any && !g->r.found)
		reader_problem(
			&g->r, "no_form",
			"没有一张表的表头可以识别 / the headings of no sheet are understood");
	plan_places_name(g->places, g->r.problems);
	return e;
}

static enum err write_document(const struct reading *g, struct buf *out)
{
	auto_free char *text = json_dumps(g->root, JSON_COMPACT | JSON_REAL_PRECISION(15));

	if (!text)
		return ERR_NOMEM;
	buf_str(out, text);
	return buf_failed(out) ? out->err : ERR_OK;
}

static bool begin(struct reading *g)
{
	g->root = json_object();
	g->milestones = json_array();
	g->tasks = json_array();
	g->safeguards = json_array();
	set(g, g->root, "milestones", g->milestones);
	set(g, g->root, "tasks", g->tasks);
	set(g, g->root, "safeguards", g->safeguards);
	return !g->failed;
}

enum err plan_xlsx_read(const char *bytes, size_t len, const char *county, struct buf *ret_document,
			struct plan_places **ret_places, struct problems *problems,
			struct err_info *info)
{
	auto_plan_places struct plan_places *places = plan_places_new();
	struct reading *auto_free g = calloc(1, sizeof(*g));
	enum err e;

	if (!places || !g)
		return ERR_NOMEM;
	g->places = places;
	g->county = county;
	reader_init(&g->r, problems);
	e = begin(g) ? read_sheets(g, bytes, len, info) : ERR_NOMEM;
	if (e == ERR_OK)
		e = reader_result(&g->r);
	else
		problems->n = problems->more = 0; /* of sheets before the one that is none */
	if (e == ERR_OK)
		e = write_document(g, ret_document);
	json_decref(g->root);
	if (e == ERR_OK)
		*ret_places = STEAL(places);
	return e;
}
