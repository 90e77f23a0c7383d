/* SPDX-License-Identifier: Apache-2.0 */
#include "json/alert_json.h"

#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "json/alert_parts.h"

static void read_words(struct reader *r, const json_t *root, const char *name, size_t chars,
		       bool needed, char *out, size_t size)
{
	const json_t *value = json_object_get(root, name);
	const size_t mark = reader_enter(r, name);

	if (value)
		IGNORE(reader_text(r, value, chars, out, size), "noted");
	reader_leave(r, mark);
	if (!value && needed)
		reader_missing(r, name);
}

/* An instant to come, within a time; null: "". */
static void read_until(struct reader *r, const json_t *root, bool needed, int64_t now_us,
		       char out[TIME_TEXT])
{
	const json_t *value = json_object_get(root, "until");
	const size_t mark = reader_enter(r, "until");
	int64_t us = 0;

	if (value && !json_is_null(value) && reader_is_string(r, value)) {
		if (!time_parse(json_string_value(value), &us))
			reader_problem(r, "bad_format",
				       "须为 RFC 3339 时刻 / an instant of RFC 3339");
		else if (us <= now_us)
			reader_problem(r, "too_early", "须晚于现在 / must be to come");
		else if (us > now_us + SILENCE_DAYS_MAX * DAY_US)
			reader_problem(r, "too_late", "最晚 %d 天之后 / at most %d days on",
				       SILENCE_DAYS_MAX, SILENCE_DAYS_MAX);
		else
			time_format(us, out);
	}
	reader_leave(r, mark);
	if (!value && needed)
		reader_missing(r, "until");
}

static void read_assignee(struct reader *r, const json_t *root, struct alert_deed *out)
{
	const json_t *value = json_object_get(root, "assignee");
	const size_t mark = reader_enter(r, "assignee");
	const char *text = json_string_value(value);

	if (value && !json_is_null(value) && !(text && !*text))
		IGNORE(reader_text(r, value, EVENT_NAME_CHARS, out->assignee,
				   sizeof(out->assignee)),
		       "noted");
	reader_leave(r, mark);
	if (!value)
		reader_missing(r, "assignee");
}

/* What an action does not take is a mistake: somebody meant another one. */
static void refuse(struct reader *r, const json_t *root, const char *name, const char *action)
{
	const size_t mark = reader_enter(r, name);

	if (json_object_get(root, name))
		reader_problem(r, "not_allowed", "仅用于 %s / for %s only", action, action);
	reader_leave(r, mark);
}

static void read_deed(struct reader *r, json_t *root, int64_t now_us, struct alert_deed *out)
{
	static const char *const members[] = { "action", "comment", "assignee", "until" };
	const json_t *action = json_object_get(root, "action");
	const size_t mark = reader_enter(r, "action");
	int act = -1;

	if (action)
		act = reader_choice(r, action, alert_act_names, ACTS);
	reader_leave(r, mark);
	if (!action)
		reader_missing(r, "action");
	reader_members(r, root, members, ARRAY_LEN(members));
	if (act >= 0)
		out->act = (enum alert_act)act;
	read_words(r, root, "comment", EVENT_COMMENT_CHARS, act == ACT_COMMENT, out->comment,
		   sizeof(out->comment));
	if (act == ACT_ASSIGN)
		read_assignee(r, root, out);
	else
		refuse(r, root, "assignee", "assign");
	if (act == ACT_SNOOZE)
		read_until(r, root, true, now_us, out->until);
	else
		refuse(r, root, "until", "snooze");
}

enum err json_read_deed(const char *body, size_t len, int64_t now_us, struct alert_deed *out,
			struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct alert_deed deed = { .act = ACT_COMMENT };
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	if (!root)
		return e;
	read_deed(&r, root, now_us, &deed);
	e = reader_result(&r);
	if (e == ERR_OK)
		*out = deed;
	return e;
}

/* --- silences ------------------------------------------------------------------------------ */

static void read_rules(struct reader *r, const json_t *root, struct silence_document *out)
{
	const json_t *value = json_object_get(root, "rules");
	const size_t list = reader_enter(r, "rules");
	size_t i;
	json_t *item;

	if (value && reader_is_array(r, value)) {
		if (json_array_size(value) > RULES_OF_REGION_MAX)
			reader_problem(r, "too_many", "最多 %d 条 / at most %d",
				       RULES_OF_REGION_MAX, RULES_OF_REGION_MAX);
		json_array_foreach(value, i, item)
		{
			const size_t mark = reader_enter_index(r, i);
			const char *text = json_string_value(item);

			if (i < RULES_OF_REGION_MAX && reader_is_string(r, item)) {
				if (!*text || strlen(text) >= RULE_ID ||
				    text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")])
					reader_problem(r, "not_allowed",
						       "须为规则标识 / the id of a rule");
				else
					str_copy(out->rules[out->rules_n++], RULE_ID, text);
			}
			reader_leave(r, mark);
		}
	}
	reader_leave(r, list);
}

static void read_silence(struct reader *r, json_t *root, int64_t now_us,
			 struct silence_document *out)
{
	static const char *const members[] = { "region", "items", "rules", "reason", "until" };
	const json_t *region = json_object_get(root, "region"),
		     *items = json_object_get(root, "items");
	size_t mark = reader_enter(r, "region");

	reader_members(r, root, members, ARRAY_LEN(members));
	if (region)
		reader_region(r, region, out->region);
	reader_leave(r, mark);
	if (!region)
		reader_missing(r, "region");
	mark = reader_enter(r, "items");
	if (items)
		reader_patterns(r, items, out->items, &out->items_n);
	reader_leave(r, mark);
	read_rules(r, root, out);
	read_words(r, root, "reason", EVENT_COMMENT_CHARS, true, out->reason, sizeof(out->reason));
	read_until(r, root, true, now_us, out->until);
}

enum err json_read_silence(const char *body, size_t len, int64_t now_us,
			   struct silence_document *out, struct problems *problems,
			   struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct silence_document silence = { .items_n = 0 };
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	if (!root)
		return e;
	read_silence(&r, root, now_us, &silence);
	e = reader_result(&r);
	if (e == ERR_OK)
		*out = silence;
	return e;
}
