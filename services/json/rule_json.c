/* SPDX-License-Identifier: Apache-2.0 */
#include "json/rule_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "json/alert_parts.h"
#include "json/rule_due_json.h"
#include "json/write.h"

#define SHARE_DECIMALS 6

/* --- members ------------------------------------------------------------------------------ */

static void read_region(struct reader *r, json_t *value, struct alert_rule *out)
{
	reader_region(r, value, out->region);
}

static void read_title(struct reader *r, json_t *value, struct alert_rule *out)
{
	IGNORE(reader_text(r, value, RULE_TITLE_CHARS, out->title, sizeof(out->title)), "noted");
}

static void read_kind(struct reader *r, json_t *value, struct alert_rule *out)
{
	const int kind = reader_choice(r, value, rule_kind_names, ALERT_ON_KINDS);

	if (kind >= 0)
		out->kind = (enum rule_kind)kind;
}

static void read_enabled(struct reader *r, json_t *value, struct alert_rule *out)
{
	IGNORE(reader_bool(r, value, &out->enabled), "noted");
}

static void read_items(struct reader *r, json_t *value, struct alert_rule *out)
{
	reader_patterns(r, value, out->items, &out->items_n);
}

static void read_of(struct reader *r, json_t *value, struct alert_rule *out)
{
	static const char *const names[] = { "items", "schools" };

	out->of_schools = reader_choice(r, value, names, ARRAY_LEN(names)) == 1;
}

static void read_margin(struct reader *r, json_t *value, struct alert_rule *out)
{
	IGNORE(reader_scaled(r, value, SHARE_DECIMALS, RULE_SHARE_MAX, &out->margin), "noted");
}

static void read_clear(struct reader *r, json_t *value, struct alert_rule *out)
{
	IGNORE(reader_scaled(r, value, SHARE_DECIMALS, RULE_SHARE_MAX, &out->clear), "noted");
}

static void read_due(struct reader *r, json_t *value, struct alert_rule *out)
{
	json_read_rule_due(r, value, &out->due);
}

static void read_number(struct reader *r, const json_t *root, const char *name, int least, int most,
			int *out)
{
	const json_t *value = json_object_get(root, name);
	const size_t mark = reader_enter(r, name);
	int64_t number = 0;

	if (value && reader_count(r, value, most, &number)) {
		if (number < least)
			reader_problem(r, "too_small", "不小于 %d / at least %d", least, least);
		else
			*out = (int)number;
	}
	reader_leave(r, mark);
}

static void read_a_hold(struct reader *r, json_t *value, struct rule_hold *out)
{
	static const char *const names[] = { "confirmations", "days", "terms", "working" };
	const json_t *working = json_object_get(value, "working");
	size_t mark;

	if (!reader_is_object(r, value))
		return;
	reader_members(r, value, names, ARRAY_LEN(names));
	read_number(r, value, "confirmations", 1, RULE_COUNT_MAX, &out->confirmations);
	read_number(r, value, "days", 0, RULE_HOLD_DAYS_MAX, &out->days);
	read_number(r, value, "terms", 0, RULE_HOLD_TERMS_MAX, &out->terms);
	mark = reader_enter(r, "working");
	if (working)
		IGNORE(reader_bool(r, working, &out->working), "noted");
	reader_leave(r, mark);
	mark = reader_enter(r, "terms");
	if (out->terms && (out->days || out->working))
		reader_problem(
			r, "not_allowed",
			"按学期计时不能同时按天数或工作日 / terms are counted instead of days or "
			"working days, not besides");
	reader_leave(r, mark);
}

static void read_hold(struct reader *r, json_t *value, struct alert_rule *out)
{
	read_a_hold(r, value, &out->hold);
}

static void read_clear_hold(struct reader *r, json_t *value, struct alert_rule *out)
{
	read_a_hold(r, value, &out->clear_hold);
}

static void read_minutes(struct reader *r, json_t *value, struct alert_rule *out)
{
	int64_t minutes = 0;

	if (!reader_count(r, value, RULE_MINUTES_MAX, &minutes))
		return;
	if (minutes < 1)
		reader_problem(r, "too_small", "不小于 1 / at least 1");
	else
		out->minutes = (int)minutes;
}

static void read_repeat(struct reader *r, json_t *value, struct alert_rule *out)
{
	int64_t days = 0;

	if (reader_count(r, value, RULE_HOLD_DAYS_MAX, &days))
		out->repeat_days = (int)days;
}

/* --- severity ----------------------------------------------------------------------------- */

static void read_level(struct reader *r, json_t *value, struct rule_level *out)
{
	const json_t *beyond = json_object_get(value, "beyond");
	const json_t *schools = json_object_get(value, "schools");
	const json_t *severity = json_object_get(value, "severity");
	static const char *const names[] = { "severity", "beyond", "schools" };
	size_t mark;

	*out = (struct rule_level){ .beyond = 0 };
	if (!reader_is_object(r, value))
		return;
	reader_members(r, value, names, ARRAY_LEN(names));
	mark = reader_enter(r, "severity");
	if (severity) {
		const int name = reader_choice(r, severity, severity_names, SEVERITIES);

		out->severity = name >= 0 ? (enum severity)name : SEVERITY_INFO;
	}
	reader_leave(r, mark);
	if (!severity)
		reader_missing(r, "severity");
	mark = reader_enter(r, "beyond");
	if (beyond)
		IGNORE(reader_scaled(r, beyond, SHARE_DECIMALS, RULE_SHARE_MAX, &out->beyond),
		       "noted");
	reader_leave(r, mark);
	mark = reader_enter(r, "schools");
	if (schools)
		IGNORE(reader_count(r, schools, COUNTY_SCHOOLS_MAX, &out->schools), "noted");
	reader_leave(r, mark);
}

static void read_levels(struct reader *r, json_t *value, struct alert_rule *out)
{
	const size_t n = json_array_size(value);

	if (n < 1 || n > RULE_LEVELS_MAX) {
		reader_problem(r, "not_allowed", "须有 1 至 %d 级 / 1 to %d levels",
			       RULE_LEVELS_MAX, RULE_LEVELS_MAX);
		return;
	}
	out->levels_n = n;
	for (size_t i = 0; i < n; i++) {
		const size_t mark = reader_enter_index(r, i);

		read_level(r, json_array_get(value, i), &out->levels[i]);
		if (i == 0 && (out->levels[i].beyond || out->levels[i].schools))
			reader_problem(
				r, "not_allowed",
				"第一级适用于所有情形,不能有 beyond 或 schools / the first "
				"level is of whatever trips the rule: no beyond, no schools");
		reader_leave(r, mark);
	}
}

static void read_severity(struct reader *r, json_t *value, struct alert_rule *out)
{
	if (json_is_array(value)) {
		read_levels(r, value, out);
	} else {
		const int name = reader_choice(r, value, severity_names, SEVERITIES);

		if (name >= 0)
			out->levels[0].severity = (enum severity)name;
	}
}

/* --- escalation --------------------------------------------------------------------------- */

static const char *const whiles[] = { "unacknowledged", "unresolved" };

/* A member of a step, one of the names; -1 when it is not there or another. */
static int read_one_of(struct reader *r, const json_t *root, const char *name,
		       const char *const *names, int n)
{
	const json_t *value = json_object_get(root, name);
	const size_t mark = reader_enter(r, name);
	const int found = value ? reader_choice(r, value, names, n) : -1;

	reader_leave(r, mark);
	if (!value)
		reader_missing(r, name);
	return found;
}

static void read_step(struct reader *r, json_t *value, struct rule_step *out)
{
	static const char *const names[] = { "to", "working_days", "while" };

	*out = (struct rule_step){ .to = LEVEL_NONE };
	if (!reader_is_object(r, value))
		return;
	reader_members(r, value, names, ARRAY_LEN(names));
	out->to = (enum alert_level)(LEVEL_COUNTY + read_one_of(r, value, "to",
								alert_level_names + LEVEL_COUNTY,
								RULE_STEPS_MAX));
	read_number(r, value, "working_days", 1, RULE_HOLD_DAYS_MAX, &out->working_days);
	if (!json_object_get(value, "working_days"))
		reader_missing(r, "working_days");
	out->unresolved = read_one_of(r, value, "while", whiles, ARRAY_LEN(whiles)) == 1;
}

static void must_ascend(struct reader *r, const char *name, bool does, const char *what)
{
	const size_t mark = reader_enter(r, name);

	if (!does)
		reader_problem(r, "not_allowed", "%s", what);
	reader_leave(r, mark);
}

static void read_escalation(struct reader *r, json_t *value, struct alert_rule *out)
{
	const size_t n = json_array_size(value);

	if (!reader_is_array(r, value))
		return;
	if (n > RULE_STEPS_MAX) {
		reader_problem(r, "too_many", "最多 %d 步 / at most %d steps", RULE_STEPS_MAX,
			       RULE_STEPS_MAX);
		return;
	}
	out->steps_n = n;
	for (size_t i = 0; i < n; i++) {
		const size_t mark = reader_enter_index(r, i);
		struct rule_step *step = &out->steps[i];

		read_step(r, json_array_get(value, i), step);
		if (i && step->to && step[-1].to)
			must_ascend(r, "to", step->to > step[-1].to,
				    "须高于上一步 / must be higher than the step before");
		if (i && step->working_days && step[-1].working_days)
			must_ascend(r, "working_days", step->working_days > step[-1].working_days,
				    "须晚于上一步 / must be later than the step before");
		reader_leave(r, mark);
	}
}

/* --- the document --------------------------------------------------------------------------- */

static const struct member {
	const char *name;
	bool needed;
	void (*read)(struct reader *r, json_t *value, struct alert_rule *out);
} members[] = {
	{ "region", true, read_region },
	{ "title", false, read_title },
	{ "kind", true, read_kind },
	{ "enabled", false, read_enabled },
	{ "of", false, read_of },
	{ "items", false, read_items },
	{ "margin", false, read_margin },
	{ "clear", false, read_clear },
	{ "due", false, read_due },
	{ "minutes", false, read_minutes },
	{ "hold", false, read_hold },
	{ "clear_hold", false, read_clear_hold },
	{ "repeat_days", false, read_repeat },
	{ "severity", false, read_severity },
	{ "escalation", false, read_escalation },
};

/* A member that is there where it may not be. */
static void forbid(struct reader *r, const json_t *root, const char *name, bool may,
		   const char *text)
{
	const size_t mark = reader_enter(r, name);

	if (!may && json_object_get(root, name))
		reader_problem(r, "not_allowed", "%s", text);
	reader_leave(r, mark);
}

/* What a kind has to say, and what it cannot. */
static void check_kind(struct reader *r, const json_t *root, const struct alert_rule *rule)
{
	const bool has_due = json_object_get(root, "due") != NULL;
	const bool stale = rule->kind == ALERT_ON_STALE;
	const bool late = rule->kind == ALERT_ON_LATE;

	if ((rule->kind == ALERT_ON_NEAR || rule->kind == ALERT_ON_JUMP) &&
	    !json_object_get(root, "margin"))
		reader_missing(r, "margin");
	forbid(r, root, "of", rule->kind == ALERT_ON_JUMP,
	       "仅用于 kind 为 jump 的规则 / for rules of kind jump only");
	forbid(r, root, "items", !rule->of_schools || !rule->items_n,
	       "of 为 schools 时不能有 items / none where it is of schools");
	forbid(r, root, "clear", !rule->of_schools || !rule->clear,
	       "of 为 schools 时不能有 clear / none where it is of schools");
	forbid(r, root, "due", stale, "仅用于 kind 为 stale 的规则 / for rules of kind stale only");
	if (stale && !has_due)
		reader_missing(r, "due");
	forbid(r, root, "minutes", late,
	       "仅用于 kind 为 late 的规则 / for rules of kind late only");
	if (late && !json_object_get(root, "minutes"))
		reader_missing(r, "minutes");
}

static void read_members(struct reader *r, json_t *root, struct alert_rule *out)
{
	const char *key;
	json_t *value;

	json_object_foreach(root, key, value)
	{
		size_t i = 0;

		while (i < ARRAY_LEN(members) && !str_equal(members[i].name, key))
			i++;
		if (i == ARRAY_LEN(members))
			reader_unknown(r, key);
	}
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const size_t mark = reader_enter(r, members[i].name);

		value = json_object_get(root, members[i].name);
		if (value)
			members[i].read(r, value, out);
		reader_leave(r, mark);
		if (!value && members[i].needed)
			reader_missing(r, members[i].name);
	}
	if (json_object_get(root, "kind"))
		check_kind(r, root, out);
}

enum err json_read_rule(const char *body, size_t len, struct alert_rule *out,
			struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct alert_rule rule = { .enabled = true,
				   .hold = { .confirmations = 1 },
				   .clear_hold = { .confirmations = 1 },
				   .levels = { { .severity = SEVERITY_WARNING } },
				   .levels_n = 1 };
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	if (!root)
		return e;
	read_members(&r, root, &rule);
	e = reader_result(&r);
	if (e != ERR_OK)
		return e;
	memcpy(rule.id, out->id, sizeof(rule.id));
	rule.version = out->version;
	*out = rule;
	return ERR_OK;
}

enum err json_parse_rule(const char *text, size_t len, struct alert_rule *out,
			 struct err_info *info)
{
	struct problems *auto_free ignored = calloc(1, sizeof(*ignored));

	if (!ignored)
		return ERR_NOMEM;
	return json_read_rule(text, len, out, ignored, info) == ERR_OK ? ERR_OK : ERR_MALFORMED;
}

/* --- writing -------------------------------------------------------------------------------- */

static void write_share(struct buf *out, const char *name, int64_t share)
{
	const double value = (double)share / RULE_ONE;

	json_member_double(out, name, &value);
}

static void write_hold(struct buf *out, const char *name, const struct rule_hold *hold)
{
	json_name(out, name);
	buf_printf(out, "{\"confirmations\":%d,\"days\":%d,\"terms\":%d,\"working\":%s}",
		   hold->confirmations, hold->days, hold->terms, hold->working ? "true" : "false");
}

static void write_levels(const struct alert_rule *rule, struct buf *out)
{
	json_name(out, "severity");
	buf_str(out, "[");
	for (size_t i = 0; i < rule->levels_n; i++) {
		const struct rule_level *level = &rule->levels[i];

		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "severity", severity_names[level->severity]);
		if (level->beyond)
			write_share(out, "beyond", level->beyond);
		if (level->schools)
			json_member_int(out, "schools", level->schools);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static void write_steps(const struct alert_rule *rule, struct buf *out)
{
	json_name(out, "escalation");
	buf_str(out, "[");
	for (size_t i = 0; i < rule->steps_n; i++) {
		const struct rule_step *step = &rule->steps[i];

		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "to", alert_level_names[step->to]);
		json_member_int(out, "working_days", step->working_days);
		json_member_text(out, "while", whiles[step->unresolved]);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static void write_items(const struct alert_rule *rule, struct buf *out)
{
	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; i < rule->items_n; i++) {
		if (i)
			buf_str(out, ",");
		json_text(out, rule->items[i]);
	}
	buf_str(out, "]");
}

void json_write_rule(const struct alert_rule *rule, struct buf *out)
{
	json_member_text(out, "region", rule->region);
	if (rule->title[0])
		json_member_text(out, "title", rule->title);
	json_member_text(out, "kind", rule_kind_names[rule->kind]);
	json_member_bool(out, "enabled", rule->enabled);
	if (rule->kind == ALERT_ON_JUMP)
		json_member_text(out, "of", rule->of_schools ? "schools" : "items");
	write_items(rule, out);
	write_share(out, "margin", rule->margin);
	write_share(out, "clear", rule->clear);
	if (rule->kind == ALERT_ON_STALE)
		json_write_rule_due(&rule->due, out);
	if (rule->kind == ALERT_ON_LATE)
		json_member_int(out, "minutes", rule->minutes);
	write_hold(out, "hold", &rule->hold);
	write_hold(out, "clear_hold", &rule->clear_hold);
	json_member_int(out, "repeat_days", rule->repeat_days);
	write_levels(rule, out);
	write_steps(rule, out);
}
