/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a standard's document: first their names and fields, for conditions refer to those
 * of any item; then the conditions. */
#include <string.h>

#include "base/str.h"
#include "json/standard_reader.h"

#define NAME_BYTES_MAX 16 /* of an item */
#define ZH_CHARS       50
#define EN_CHARS       120
#define FIELD_CHARS    20

bool is_field_name(const char *name)
{
	const size_t len = strlen(name);

	return len > 0 && len < FIELD_NAME && name[0] >= 'a' && name[0] <= 'z' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

/* --- fields ------------------------------------------------------------------------------ */

bool is_report_word(const char *name)
{
	return str_equal(name, "evidence") || str_equal(name, "subjects") ||
	       str_equal(name, "groups");
}

/* Schools report it already. */
static bool is_reported(const char *name)
{
	for (int i = 0; i < STAGE_FIELD_COUNT; i++) {
		if (str_equal(stage_fields[i].name, name))
			return true;
	}
	for (int i = 0; i < SITE_FIELD_COUNT; i++) {
		if (str_equal(site_fields[i].name, name))
			return true;
	}
	for (int i = 0; i < ROOM_LIST_COUNT; i++) {
		if (str_equal(room_lists[i].name, name))
			return true;
	}
	return false;
}

static void read_field(struct reader *r, json_t *value, struct declared_field *out)
{
	static const char *const units[] = { "count", "area", "money" };
	bool has_unit = false, has_zh = false;
	const char *key;
	json_t *member;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(r, key);

		if (str_equal(key, "unit")) {
			const int unit = reader_choice(r, member, units, 3);

			has_unit = true;
			out->unit = unit < 0 ? UNIT_COUNT : (enum unit)unit;
		} else if (str_equal(key, "zh")) {
			has_zh = true;
			(void)reader_text(r, member, FIELD_CHARS, out->zh, sizeof(out->zh));
		} else {
			reader_problem(r, "unknown_field", "没有此字段 / no such field");
		}
		reader_leave(r, mark);
	}
	if (!has_unit)
		reader_missing(r, "unit");
	if (!has_zh)
		reader_missing(r, "zh");
}

/* is_taken: whether a name is that of something else. */
static void read_fields(struct reader *r, json_t *value, bool (*is_taken)(const char *name),
			struct declared_field *fields, int max, int *ret_n)
{
	const char *key;
	json_t *field;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, field)
	{
		const size_t mark = reader_enter(r, key);

		if (!is_field_name(key))
			reader_problem(r, "bad_format",
				       "字段名须为小写字母、数字和 _ / a field is named by a-z, "
				       "0-9 and _");
		else if (is_taken(key))
			reader_problem(r, "not_allowed",
				       "已是填报内容的名称 / names something that is reported "
				       "already");
		else if (*ret_n == max)
			reader_problem(r, "too_many", "最多 %d 个字段 / at most %d fields", max,
				       max);
		else
			read_field(r, field, &fields[*ret_n]);
		if (*ret_n < max)
			str_copy(fields[(*ret_n)++].name, FIELD_NAME, key);
		reader_leave(r, mark);
	}
}

void standard_read_fields(struct reader *r, json_t *value, struct standard *s)
{
	read_fields(r, value, is_reported, s->fields, DECLARED_MAX, &s->fields_n);
}

/* --- names and fields of items ------------------------------------------------------------- */

bool is_item_name(const char *name)
{
	const size_t len = strlen(name);
	const bool capitals = len > 1 && len <= NAME_BYTES_MAX && name[0] >= 'A' &&
			      name[0] <= 'Z' &&
			      strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len;

	return capitals && !(name[0] == 'R' && strspn(name + 1, "0123456789") == len - 1);
}

/* A flag that a condition names is a field of its item. */
static void add_flag(struct reader *r, const json_t *condition, struct item_rule *item)
{
	const char *rule = json_string_value(json_object_get(condition, "rule"));
	const char *flag = json_string_value(json_object_get(condition, "flag"));
	struct declared_field *field;

	if (!rule || !(str_equal(rule, rule_names[RULE_CONFIRMED]) ||
		       str_equal(rule, rule_names[RULE_VETO])))
		return;
	if (!flag)
		flag = "confirmed";
	if (!is_field_name(flag) || is_report_word(flag) ||
	    declared_field_find(item->fields, item->fields_n, flag) >= 0)
		return; /* noted by the condition, where it is wrong */
	if (item->fields_n == ITEM_FIELDS_MAX) {
		reader_problem(r, "too_many", "最多 %d 个字段 / at most %d fields", ITEM_FIELDS_MAX,
			       ITEM_FIELDS_MAX);
		return;
	}
	field = &item->fields[item->fields_n++];
	*field = (struct declared_field){ .flag = true };
	str_copy(field->name, sizeof(field->name), flag);
	str_copy(field->zh, sizeof(field->zh), "是否属实");
}

static void read_head(struct reader *r, json_t *value, struct item_rule *item)
{
	const char *key;
	json_t *member;
	size_t i;

	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(r, key);

		if (str_equal(key, "zh"))
			(void)reader_text(r, member, ZH_CHARS, item->zh, sizeof(item->zh));
		else if (str_equal(key, "en"))
			(void)reader_text(r, member, EN_CHARS, item->en, sizeof(item->en));
		else if (str_equal(key, "fields"))
			read_fields(r, member, is_report_word, item->fields, ITEM_FIELDS_MAX,
				    &item->fields_n);
		else if (!str_equal(key, "conditions"))
			reader_problem(r, "unknown_field", "没有此字段 / no such field");
		reader_leave(r, mark);
	}
	if (!json_object_get(value, "zh"))
		reader_missing(r, "zh");
	json_array_foreach(json_object_get(value, "conditions"), i, member)
	{
		add_flag(r, member, item);
	}
}

static void add_item(struct reader *r, const char *name, json_t *value, struct standard *s)
{
	struct item_rule *item = &s->items[s->items_n];
	const size_t mark = reader_enter(r, name);

	if (!is_item_name(name)) {
		reader_problem(
			r, "bad_format",
			"项目名须为大写字母开头的大写字母、数字和 _,且不是 R 加数字 / an item "
			"is named by capitals, digits and _, and not as R1");
	} else if (s->items_n == STANDARD_ITEMS_MAX) {
		reader_problem(r, "too_many", "最多 %d 项 / at most %d items", STANDARD_ITEMS_MAX,
			       STANDARD_ITEMS_MAX);
	} else if (reader_is_object(r, value)) {
		str_copy(item->name, sizeof(item->name), name);
		item->group = item_group_of(name);
		read_head(r, value, item);
		s->items_n++;
	}
	reader_leave(r, mark);
}

static int group_of(const char *name)
{
	return (int)(is_item_name(name) ? item_group_of(name) : GROUP_OWN);
}

/* --- their conditions ------------------------------------------------------------------------ */

/* A county reports one list of subjects and one of answers. */
static void check_only_one(struct reader *r, const struct standard *s, enum rule rule)
{
	bool has = false;

	for (int i = 0; i < s->items_n; i++) {
		for (int k = 0; k < s->items[i].n; k++)
			has = has || s->items[i].conditions[k].rule == rule;
	}
	if (has && (rule == RULE_SUBJECTS || rule == RULE_GROUPS))
		reader_problem(r, "contradicts",
			       "只能有一个 %s 条件 / there can be one %s condition",
			       rule_names[rule], rule_names[rule]);
}

static bool same_sum(const struct sum *a, const struct sum *b)
{
	bool same = a->n == b->n;

	for (int i = 0; same && i < a->n; i++)
		same = a->terms[i].source == b->terms[i].source &&
		       a->terms[i].item == b->terms[i].item &&
		       a->terms[i].field == b->terms[i].field &&
		       a->terms[i].minus == b->terms[i].minus;
	return same;
}

/* Of the same figure, of the same schools. */
static bool same_figure(const struct condition *a, const struct condition *b)
{
	return a->rule == b->rule && a->each_school == b->each_school && a->stage == b->stage &&
	       a->filters == b->filters && a->measure == b->measure && same_sum(&a->of, &b->of) &&
	       same_sum(&a->to, &b->to);
}

/* Whether one figure can be on the right side of both. */
static bool leaves_room(const struct condition *floor, const struct condition *ceiling)
{
	if (floor->compare == AT_LEAST && ceiling->compare == AT_MOST)
		return floor->threshold <= ceiling->threshold;
	return floor->threshold < ceiling->threshold;
}

/* All conditions of an item must be met: no two may rule one another out. */
static bool contradict(const struct condition *a, const struct condition *b)
{
	const bool a_floor = a->compare == AT_LEAST || a->compare == MORE_THAN;
	const bool b_floor = b->compare == AT_LEAST || b->compare == MORE_THAN;
	const bool flags = (a->rule == RULE_CONFIRMED && b->rule == RULE_VETO) ||
			   (a->rule == RULE_VETO && b->rule == RULE_CONFIRMED);

	if (flags)
		return a->flag == b->flag;
	if (a->rule != RULE_RATIO && a->rule != RULE_GROWTH)
		return false;
	return same_figure(a, b) && a_floor != b_floor &&
	       !leaves_room(a_floor ? a : b, a_floor ? b : a);
}

static void check_together(struct reader *r, const struct item_rule *rule)
{
	for (int k = 0; k < rule->n; k++) {
		if (!contradict(&rule->conditions[k], &rule->conditions[rule->n]))
			continue;
		reader_problem(
			r, "contradicts",
			"与条件 %d 不可能同时满足 / cannot be met together with condition %d", k,
			k);
		return;
	}
}

static void read_conditions(struct reader *r, json_t *value, struct standard *s, int item)
{
	struct item_rule *rule = &s->items[item];
	json_t *condition;
	size_t i;

	if (!reader_is_array(r, value))
		return;
	if (json_array_size(value) == 0 || json_array_size(value) > CONDITIONS_MAX) {
		reader_problem(r, "too_many", "须有 1 到 %d 个条件 / must have 1 to %d conditions",
			       CONDITIONS_MAX, CONDITIONS_MAX);
		return;
	}
	json_array_foreach(value, i, condition)
	{
		const size_t mark = reader_enter_index(r, i);

		standard_read_condition(r, condition, s, item, &rule->conditions[rule->n]);
		check_together(r, rule);
		check_only_one(r, s, rule->conditions[rule->n].rule);
		rule->n++;
		reader_leave(r, mark);
	}
}

void standard_read_items(struct reader *r, json_t *value, struct standard *s)
{
	const char *key;
	json_t *item;

	if (!reader_is_object(r, value))
		return;
	for (int group = 0; group < GROUP_COUNT; group++) {
		json_object_foreach(value, key, item)
		{
			if (group_of(key) == group)
				add_item(r, key, item, s);
		}
	}
	for (int i = 0; i < s->items_n; i++) {
		json_t *conditions =
			json_object_get(json_object_get(value, s->items[i].name), "conditions");
		const size_t item_mark = reader_enter(r, s->items[i].name);
		const size_t mark = reader_enter(r, "conditions");

		if (conditions)
			read_conditions(r, conditions, s, i);
		else
			reader_problem(r, "required", "必填 / is required");
		reader_leave(r, mark);
		reader_leave(r, item_mark);
	}
}
