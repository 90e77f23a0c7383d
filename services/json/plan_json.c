/* SPDX-License-Identifier: Apache-2.0 */
/* Plans, read by the items of a standard: strictly when they come in, leniently when they are
 * reckoned with. */
#include "json/plan_json.h"

#include <limits.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "json/merge_patch.h"
#include "json/trees.h"

#define TEXT_SIZE(chars) ((chars)*4 + 1)

/* A document on its way. */
struct reading {
	struct reader *r;
	const struct standard *standard;
	int first_year;
	int last_year;
	struct plan *plan;
	json_t *source[PLAN_MILESTONES_MAX]; /* of each milestone; borrowed */
};

/* --- years ------------------------------------------------------------------------------- */

static void read_year(struct reading *g, const json_t *value, int *out)
{
	char text[PERIOD_CODE];
	int64_t year = 0;

	if (!reader_year(g->r, value, text) || !str_to_int64(text, &year))
		return;
	if (year < g->first_year)
		reader_problem(g->r, "too_early",
			       "不早于规划的第一年 %d / not before the plan's first year, %d",
			       g->first_year, g->first_year);
	else if (year > g->last_year)
		reader_problem(g->r, "too_late",
			       "不晚于 %d(计划认定年度,未填时为第一年后 %d 年) / not after %d (the "
			       "recognition year; without one, %d years after the first)",
			       g->last_year, PLAN_YEARS, g->last_year, PLAN_YEARS);
	else
		*out = (int)year;
}

static void read_recognition(struct reading *g, const json_t *value)
{
	const size_t mark = reader_enter(g->r, "recognition_year");

	if (value) {
		read_year(g, value, &g->plan->recognition_year);
		if (g->plan->recognition_year)
			g->last_year = g->plan->recognition_year;
	}
	reader_leave(g->r, mark);
}

/* --- milestones -------------------------------------------------------------------------- */

static void read_item(struct reading *g, const json_t *value, int *out)
{
	const char *name = json_string_value(value);

	if (!reader_is_string(g->r, value))
		return;
	*out = plan_item_find(g->standard, name);
	if (*out < 0)
		reader_problem(g->r, "unknown_item",
			       "标准 %s 没有此项 / standard %s has no such item", g->standard->id,
			       g->standard->id);
}

/* A number, between what the item's may be. */
static void read_figure(struct reader *r, const struct plan_item *item, const json_t *value,
			int64_t *out)
{
	const double least = (double)item->least / PLAN_ONE, most = (double)item->most / PLAN_ONE;
	double number;
	int64_t scale = 1, scaled = 0;

	for (int i = 0; i < item->decimals; i++)
		scale *= 10;
	if (!json_is_number(value)) {
		reader_problem(r, "wrong_type", "此项目标须为数值 / the item's target is a number");
		return;
	}
	number = json_number_value(value);
	if (number < least && least == 0)
		reader_problem(r, "negative", "不能为负数 / must not be negative");
	else if (number < least)
		reader_problem(r, "too_small", "不能低于 %.10g / must not be below %.10g", least,
			       least);
	else if (number > most)
		reader_problem(r, "too_big", "不能超过 %.10g / must not exceed %.10g", most, most);
	else if (decimal_scaled(number, scale, PLAN_FIGURE_MAX, &scaled) != DECIMAL_OK)
		reader_problem(r, item->decimals ? "too_many_decimals" : "not_integer",
			       "最多 %d 位小数 / at most %d decimals", item->decimals,
			       item->decimals);
	else
		*out = scaled * (PLAN_ONE / scale);
}

static void read_target(struct reading *g, const json_t *value, struct plan_milestone *m)
{
	const size_t mark = reader_enter(g->r, "target");
	const char *text = json_string_value(value);
	struct plan_item item;

	plan_item_get(g->standard, (size_t)m->item, &item);
	m->met = item.unit == PLAN_MET;
	if (!m->met)
		read_figure(g->r, &item, value, &m->target);
	else if (!text || !str_equal(text, "met"))
		reader_problem(g->r, "not_allowed",
			       "此项没有数值,目标须为 \"met\" / the item has no figure: its target "
			       "is \"met\"");
	reader_leave(g->r, mark);
}

static void need(struct reader *r, const json_t *object, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!json_object_get(object, names[i]))
			reader_missing(r, names[i]);
	}
}

static bool is_twice(const struct plan *plan, const struct plan_milestone *m)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->milestones[i].item == m->item && plan->milestones[i].year == m->year)
			return true;
	}
	return false;
}

static void read_milestone(struct reading *g, json_t *value)
{
	static const char *const needed[] = { "item", "year", "target" };
	const size_t found = g->r->found;
	struct plan_milestone m = { .item = -1 };
	const char *key;
	json_t *member;

	if (!reader_is_object(g->r, value))
		return;
	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(g->r, key);

		if (str_equal(key, "item"))
			read_item(g, member, &m.item);
		else if (str_equal(key, "year"))
			read_year(g, member, &m.year);
		else if (!str_equal(key, "target"))
			reader_problem(g->r, "unknown_field", "没有此字段 / no such field");
		reader_leave(g->r, mark);
	}
	need(g->r, value, needed, ARRAY_LEN(needed));
	/* What a target may be, the item says. */
	if (m.item >= 0 && json_object_get(value, "target"))
		read_target(g, json_object_get(value, "target"), &m);
	if (g->r->found != found)
		return;
	if (is_twice(g->plan, &m)) {
		reader_problem(g->r, "duplicate_key",
			       "该项目该年度已有目标 / the item has a milestone of that year");
		return;
	}
	g->source[g->plan->n] = value;
	g->plan->milestones[g->plan->n++] = m;
}

/* An array of at most so many elements. */
static bool is_list(struct reader *r, const json_t *value, size_t max)
{
	if (!reader_is_array(r, value))
		return false;
	if (json_array_size(value) <= max)
		return true;
	reader_problem(r, "too_many", "最多 %zu 项 / at most %zu", max, max);
	return false;
}

/* Reads a list, element by element; NULL: it was left out. */
static void read_list(struct reading *g, json_t *root, const char *name, size_t max,
		      void (*read)(struct reading *g, json_t *value))
{
	const size_t list = reader_enter(g->r, name);
	json_t *value = json_object_get(root, name), *one;
	size_t i;

	if (value && is_list(g->r, value, max)) {
		json_array_foreach(value, i, one)
		{
			const size_t mark = reader_enter_index(g->r, i);

			read(g, one);
			reader_leave(g->r, mark);
		}
	}
	reader_leave(g->r, list);
}

/* --- tasks and safeguards ------------------------------------------------------------------ */

static void read_task_items(struct reading *g, const json_t *value)
{
	bool seen[PLAN_ITEMS_MAX] = { false };
	const json_t *name;
	size_t i;

	if (!is_list(g->r, value, PLAN_TASK_ITEMS_MAX))
		return;
	json_array_foreach(value, i, name)
	{
		const size_t mark = reader_enter_index(g->r, i);
		int item = -1;

		read_item(g, name, &item);
		if (item >= 0 && seen[item])
			reader_problem(g->r, "duplicate_key", "项目重复 / the item is there twice");
		if (item >= 0)
			seen[item] = true;
		reader_leave(g->r, mark);
	}
}

static void read_text(struct reading *g, const json_t *value, size_t chars)
{
	char text[TEXT_SIZE(PLAN_TEXT_CHARS)];

	(void)reader_text(g->r, value, chars, text, sizeof(text));
}

static void read_task_member(struct reading *g, const char *key, const json_t *value)
{
	int year = 0;

	if (str_equal(key, "year"))
		read_year(g, value, &year);
	else if (str_equal(key, "text"))
		read_text(g, value, PLAN_TEXT_CHARS);
	else if (str_equal(key, "department") || str_equal(key, "responsible"))
		read_text(g, value, PLAN_NAME_CHARS);
	else if (str_equal(key, "items"))
		read_task_items(g, value);
	else
		reader_problem(g->r, "unknown_field", "没有此字段 / no such field");
}

static void read_task(struct reading *g, json_t *value)
{
	static const char *const needed[] = { "year", "text" };
	const char *key;
	json_t *member;

	if (!reader_is_object(g->r, value))
		return;
	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(g->r, key);

		read_task_member(g, key, member);
		reader_leave(g->r, mark);
	}
	need(g->r, value, needed, ARRAY_LEN(needed));
}

static void read_safeguard(struct reading *g, json_t *value)
{
	read_text(g, value, PLAN_TEXT_CHARS);
}

/* --- the document ------------------------------------------------------------------------- */

/* Few, and mostly in order: sorted by insertion, each with where it comes from. */
static void sort_milestones(struct reading *g)
{
	struct plan *plan = g->plan;

	for (size_t i = 1; i < plan->n; i++) {
		const struct plan_milestone m = plan->milestones[i];
		json_t *source = g->source[i];
		size_t k = i;

		while (k > 0 && (plan->milestones[k - 1].item > m.item ||
				 (plan->milestones[k - 1].item == m.item &&
				  plan->milestones[k - 1].year > m.year))) {
			plan->milestones[k] = plan->milestones[k - 1];
			g->source[k] = g->source[k - 1];
			k--;
		}
		plan->milestones[k] = m;
		g->source[k] = source;
	}
}

static void read_document(struct reading *g, json_t *root)
{
	static const char *const members[] = { "recognition_year", "milestones", "tasks",
					       "safeguards" };

	reader_members(g->r, root, members, ARRAY_LEN(members));
	read_recognition(g, json_object_get(root, "recognition_year"));
	read_list(g, root, "milestones", PLAN_MILESTONES_MAX, read_milestone);
	read_list(g, root, "tasks", PLAN_TASKS_MAX, read_task);
	read_list(g, root, "safeguards", PLAN_SAFEGUARDS_MAX, read_safeguard);
	sort_milestones(g);
}

static enum err write_text(const struct reading *g, json_t *root, struct buf *out)
{
	auto_json json_t *document = json_object();
	json_t *milestones = json_array();
	auto_free char *text = NULL;
	int failed = json_object_set_new(document, "milestones", milestones);

	for (size_t i = 0; i < g->plan->n && !failed; i++)
		failed = json_array_append(milestones, g->source[i]);
	if (!failed && g->plan->recognition_year)
		failed = json_object_set(document, "recognition_year",
					 json_object_get(root, "recognition_year"));
	for (int i = 0; i < 2 && !failed; i++) {
		const char *name = i ? "safeguards" : "tasks";
		json_t *list = json_object_get(root, name);

		failed = list ? json_object_set(document, name, list)
			      : json_object_set_new(document, name, json_array());
	}
	if (!failed)
		text = json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (!text)
		return ERR_NOMEM;
	buf_str(out, text);
	return buf_failed(out) ? out->err : ERR_OK;
}

static enum err new_reading(struct reader *r, const struct standard *s, int first_year,
			    int last_year, struct reading **ret_reading)
{
	struct reading *g = calloc(1, sizeof(*g));

	if (g)
		g->plan = calloc(1, sizeof(*g->plan));
	if (!g || !g->plan) {
		free(g);
		return ERR_NOMEM;
	}
	g->r = r;
	g->standard = s;
	g->first_year = first_year;
	g->last_year = last_year;
	*ret_reading = g;
	return ERR_OK;
}

static void auto_reading_release(struct reading **g)
{
	if (*g)
		free((*g)->plan);
	free(*g);
}
#define auto_reading AUTO(auto_reading_release)

enum err plan_from_tree(struct reader *r, json_t *root, const struct standard *s, int first_year,
			struct plan *out, struct buf *ret_text)
{
	struct reading *auto_reading g = NULL;
	enum err e = new_reading(r, s, first_year, first_year + PLAN_YEARS, &g);

	if (e != ERR_OK)
		return e;
	read_document(g, root);
	e = reader_result(r);
	if (e == ERR_OK)
		e = write_text(g, root, ret_text);
	if (e == ERR_OK)
		*out = *g->plan;
	return e;
}

enum err json_read_plan(const char *body, size_t len, const struct standard *standard,
			int first_year, struct plan *out, struct buf *ret_text,
			struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	return root ? plan_from_tree(&r, root, standard, first_year, out, ret_text) : e;
}

enum err json_patch_plan(const char *current, const char *patch, size_t len,
			 const struct standard *standard, int first_year, struct plan *out,
			 struct buf *ret_text, struct problems *problems, struct err_info *info)
{
	auto_json json_t *target = json_loads(current, 0, NULL);
	auto_json json_t *root = NULL, *result = NULL;
	struct reader r;
	enum err e;

	if (!target)
		return err_set(info, ERR_DB, "a stored plan is no JSON");
	reader_init(&r, problems);
	e = reader_load(&r, patch, len, &root, info);
	if (!root)
		return e;
	e = merge_patch(target, root, &result);
	if (e != ERR_OK)
		return err_set(info, e, "%s", err_text(e));
	return plan_from_tree(&r, result, standard, first_year, out, ret_text);
}

enum err json_parse_plan(const char *text, size_t len, const struct standard *standard,
			 struct plan *out, struct err_info *info)
{
	struct problems *auto_free ignored = calloc(1, sizeof(*ignored));
	struct reading *auto_reading g = NULL;
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	if (!ignored)
		return ERR_NOMEM;
	reader_init(&r, ignored);
	e = reader_load(&r, text, len, &root, info);
	if (!root)
		return e == ERR_INVALID ? ERR_MALFORMED : e;
	e = new_reading(&r, standard, 0, INT_MAX, &g);
	if (e != ERR_OK)
		return e;
	read_document(g, root);
	*out = *g->plan;
	return ERR_OK;
}
