/* SPDX-License-Identifier: Apache-2.0 */
/* A county's plan: items × years, tasks, safeguards, with what it plans already. What comes back
 * is read by json/plan_xlsx.h. */
#include <stdio.h>
#include <string.h>

#include "api/template.h"
#include "api/xlsx_file.h"
#include "base/str.h"
#include "domain/indicator.h"
#include "domain/plan.h"
#include "json/plan_json.h"
#include "json/plan_xlsx.h"

#define HEADING_ROW 2
#define YEARS       10 /* from this one on, and those that are planned for; others are added */
#define TASK_ROWS   60
#define TEXT_BYTES  320

enum { ITEM, TITLE, UNIT_SIGN, FIRST_YEAR };

static const char *const yes[] = { "是", NULL };
static const char *const met[] = { "达标", NULL };

struct writing {
	const struct template_sheet *s;
	int first; /* year of the first column, and how many there are */
	int years;
	lxw_error e;
};

static void text(struct writing *w, lxw_row_t row, int column, const char *value, int format)
{
	if (w->e == LXW_NO_ERROR)
		w->e = xlsx_text(w->s->to, row, (lxw_col_t)column, value, w->s->formats[format]);
}

static void width(struct writing *w, int first, int last, double chars)
{
	if (w->e == LXW_NO_ERROR)
		w->e = worksheet_set_column(w->s->to, (lxw_col_t)first, (lxw_col_t)last, chars,
					    NULL);
}

/* Whose plan it is, for whoever fills it in, and for who reads it again. */
static lxw_error write_title(const struct template_sheet *s, const char *title, lxw_col_t columns)
{
	char text[TEXT_BYTES];

	if (!s->data->county[0])
		return template_write_title(s, title, columns);
	if (snprintf(text, sizeof(text), "%s(" PLAN_COUNTY " %s)", title, s->data->county) < 0)
		return LXW_ERROR_PARAMETER_VALIDATION;
	return template_write_title(s, text, columns);
}

/* --- items × years -------------------------------------------------------------------------- */

static const struct indicator *indicator_of(const char *name)
{
	for (int i = 0; i < INDICATORS; i++) {
		const size_t n = strlen(indicators[i].code);

		if (strncmp(indicators[i].code, name, n) == 0 && name[n] == '.')
			return &indicators[i];
	}
	return NULL;
}

static void title_of(const struct standard *s, const struct plan_item *item, char out[TEXT_BYTES])
{
	const struct indicator *indicator = indicator_of(item->name);
	const int i = standard_item(s, item->name);
	const char *stage =
		strstr(item->name, "junior") ? stage_zh[STAGE_JUNIOR] : stage_zh[STAGE_PRIMARY];
	int n;

	if (i >= 0)
		n = snprintf(out, TEXT_BYTES, "%s", s->items[i].zh);
	else if (!indicator)
		n = snprintf(out, TEXT_BYTES, "%s未达标学校数", stage);
	else
		n = snprintf(out, TEXT_BYTES, "%s%s:%s", stage, indicator->zh,
			     item->unit == PLAN_CV ? "校际差异系数" : "达标学校数");
	if (n < 0)
		out[0] = '\0';
}

static const char *const unit_signs[] = {
	[PLAN_CV] = "差异系数", [PLAN_FAILING] = "未达标所数", [PLAN_REACHING] = "达标所数",
	[PLAN_FIGURE] = "数值", [PLAN_MET] = "达标",
};

static const char *sign_of(const struct standard *s, const struct plan_item *item)
{
	const int i = standard_item(s, item->name);
	const struct condition *c = i < 0 ? NULL : &s->items[i].conditions[0];

	if (item->unit != PLAN_FIGURE || !c || !measure_signs[c->measure][0])
		return unit_signs[item->unit];
	return measure_signs[c->measure];
}

static void row_rules(struct writing *w, lxw_row_t row, const char *const *values)
{
	for (int y = 0; y < w->years && w->e == LXW_NO_ERROR; y++)
		w->e = template_only_these(w->s, row, (lxw_col_t)(FIRST_YEAR + y), row, values);
}

static void blank_years(struct writing *w, lxw_row_t row, int format)
{
	for (int y = 0; y < w->years; y++)
		text(w, row, FIRST_YEAR + y, "", format);
}

/* What the county plans of an item. */
static void write_milestones(struct writing *w, lxw_row_t row, size_t item)
{
	const struct plan *plan = w->s->data->plan;

	for (size_t i = 0; plan && i < plan->n; i++) {
		const struct plan_milestone *m = &plan->milestones[i];
		const int column = FIRST_YEAR + m->year - w->first;

		if ((size_t)m->item != item)
			continue;
		if (m->met)
			text(w, row, column, met[0], TEMPLATE_AMOUNT);
		else if (w->e == LXW_NO_ERROR)
			w->e = worksheet_write_number(w->s->to, row, (lxw_col_t)column,
						      (double)m->target / PLAN_ONE,
						      w->s->formats[TEMPLATE_AMOUNT]);
	}
}

static void write_items(struct writing *w, const struct standard *standard)
{
	for (size_t i = 0; standard && i < plan_items_count(standard); i++) {
		const lxw_row_t row = HEADING_ROW + 2 + (lxw_row_t)i;
		struct plan_item item = { .name = "" };
		char title[TEXT_BYTES];

		plan_item_get(standard, i, &item);
		title_of(standard, &item, title);
		text(w, row, ITEM, item.name, TEMPLATE_TEXT);
		text(w, row, TITLE, title, TEMPLATE_TEXT);
		text(w, row, UNIT_SIGN, sign_of(standard, &item), TEMPLATE_TEXT);
		blank_years(w, row, TEMPLATE_AMOUNT);
		write_milestones(w, row, i);
		if (item.unit == PLAN_MET)
			row_rules(w, row, met);
	}
}

/* From this year, or an earlier one that is planned for. */
static void span_years(struct writing *w, int this_year)
{
	const struct plan *plan = w->s->data->plan;
	int first = this_year, last = this_year + YEARS - 1;

	for (size_t i = 0; plan && i < plan->n; i++) {
		first = plan->milestones[i].year < first ? plan->milestones[i].year : first;
		last = plan->milestones[i].year > last ? plan->milestones[i].year : last;
	}
	if (plan && plan->recognition_year) {
		first = plan->recognition_year < first ? plan->recognition_year : first;
		last = plan->recognition_year > last ? plan->recognition_year : last;
	}
	w->first = first;
	w->years = last - first + 1;
}

static void write_headings(struct writing *w)
{
	text(w, HEADING_ROW, ITEM, "项目", TEMPLATE_HEADING);
	text(w, HEADING_ROW, TITLE, "项目名称", TEMPLATE_HEADING);
	text(w, HEADING_ROW, UNIT_SIGN, "目标单位", TEMPLATE_HEADING);
	for (int y = 0; y < w->years; y++) {
		char heading[INT64_TEXT + 4];

		str_copy(heading + str_from_int64(w->first + y, heading), 4, "年");
		text(w, HEADING_ROW, FIRST_YEAR + y, heading, TEMPLATE_HEADING);
	}
}

static void write_recognition(struct writing *w, lxw_row_t row)
{
	const struct plan *plan = w->s->data->plan;

	text(w, row, ITEM, PLAN_RECOGNITION, TEMPLATE_TEXT);
	text(w, row, TITLE, "计划通过国家认定的年度(在该年下选「是」)", TEMPLATE_TEXT);
	text(w, row, UNIT_SIGN, yes[0], TEMPLATE_TEXT);
	blank_years(w, row, TEMPLATE_CODE);
	if (plan && plan->recognition_year)
		text(w, row, FIRST_YEAR + plan->recognition_year - w->first, yes[0], TEMPLATE_CODE);
	row_rules(w, row, yes);
}

lxw_error template_write_plan(const struct template_sheet *s)
{
	struct writing w = { .s = s };
	int64_t year = 0;

	if (!str_to_int64(s->data->periods[1], &year))
		return LXW_ERROR_PARAMETER_VALIDATION;
	span_years(&w, (int)year);
	w.e = write_title(s, "创建规划表", (lxw_col_t)(FIRST_YEAR + w.years));
	width(&w, ITEM, ITEM, 20);
	width(&w, TITLE, TITLE, 60);
	write_headings(&w);
	write_recognition(&w, HEADING_ROW + 1);
	write_items(&w, s->data->standard);
	worksheet_freeze_panes(s->to, HEADING_ROW + 1, FIRST_YEAR);
	worksheet_fit_to_pages(s->to, 1, 0);
	return w.e;
}

/* --- tasks and safeguards ------------------------------------------------------------------- */

struct listed_column {
	const char *heading;
	double width;
};

static lxw_error write_list(const struct template_sheet *s, const char *title,
			    const struct listed_column *columns, int n, lxw_row_t rows)
{
	struct writing w = { .s = s };

	w.e = write_title(s, title, n < 2 ? 2 : (lxw_col_t)n);
	for (int c = 0; c < n; c++) {
		width(&w, c, c, columns[c].width);
		text(&w, HEADING_ROW, c, columns[c].heading, TEMPLATE_HEADING);
		for (lxw_row_t r = 1; r <= rows; r++)
			text(&w, HEADING_ROW + r, c, "", TEMPLATE_CODE);
	}
	worksheet_freeze_panes(s->to, HEADING_ROW + 1, 0);
	return w.e;
}

static lxw_row_t room_for(size_t rows, lxw_row_t at_least)
{
	return rows > at_least ? (lxw_row_t)rows : at_least;
}

lxw_error template_write_tasks(const struct template_sheet *s)
{
	static const struct listed_column columns[] = { { "年度", 8 },
							{ "任务", 60 },
							{ "责任部门", 20 },
							{ "责任人", 14 },
							{ "涉及项目", 24 } };

	const struct plan_texts *plan = &s->data->plan_texts;
	struct writing w = { .s = s };

	w.e = write_list(s, "创建规划年度任务", columns, ARRAY_LEN(columns),
			 room_for(plan->tasks_n, TASK_ROWS));
	for (size_t i = 0; i < plan->tasks_n; i++) {
		const struct plan_task_texts *t = &plan->tasks[i];
		const char *const texts[] = { t->year, t->text, t->department, t->responsible,
					      t->items };

		for (size_t k = 0; k < ARRAY_LEN(texts); k++)
			text(&w, HEADING_ROW + 1 + (lxw_row_t)i, (int)k, texts[k], TEMPLATE_CODE);
	}
	return w.e;
}

lxw_error template_write_safeguards(const struct template_sheet *s)
{
	static const struct listed_column columns[] = { { "保障措施", 100 } };

	const struct plan_texts *plan = &s->data->plan_texts;
	struct writing w = { .s = s };

	/* The heading alone would be taken for one. */
	w.e = write_list(s, "创建规划保障措施", columns, ARRAY_LEN(columns), PLAN_SAFEGUARDS_MAX);
	for (size_t i = 0; i < plan->safeguards_n; i++)
		text(&w, HEADING_ROW + 1 + (lxw_row_t)i, 0, plan->safeguards[i], TEMPLATE_CODE);
	return w.e;
}
