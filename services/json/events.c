/* SPDX-License-Identifier: Apache-2.0 */
#include "json/events.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "domain/rule.h"
#include "json/reader.h"
#include "json/write.h"

void json_write_hint(const struct change_hint *hint, struct buf *out)
{
	buf_str(out, "{");
	json_member_text(out, "county", hint->county);
	json_member_text(out, "period", hint->period);
	json_name(out, "version");
	buf_printf(out, "%lld%s}", (long long)hint->version, hint->bulk ? ",\"bulk\":true" : "");
}

static bool copy_digits(const json_t *root, const char *name, size_t n, char *out)
{
	const char *s = json_string_value(json_object_get(root, name));

	if (!s || !str_is_digits(s, n))
		return false;
	str_copy(out, n + 1, s);
	return true;
}

/* Members that a later version adds are ignored: the three say all that is needed. */
enum err json_read_hint(const char *body, size_t len, struct change_hint *out)
{
	auto_json json_t *root = NULL;
	const json_t *version;
	struct change_hint hint;

	if (len > HINT_BYTES_MAX)
		return ERR_MALFORMED;
	root = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(root))
		return ERR_MALFORMED;
	version = json_object_get(root, "version");
	if (!json_is_integer(version) || json_integer_value(version) < 0 ||
	    !copy_digits(root, "county", COUNTY_CODE - 1, hint.county) ||
	    !copy_digits(root, "period", PERIOD_CODE - 1, hint.period))
		return ERR_INVALID;
	hint.version = json_integer_value(version);
	hint.bulk = json_is_true(json_object_get(root, "bulk"));
	*out = hint;
	return ERR_OK;
}

/* What became of the condition: the last part of the sentence, zh and en. */
static const struct outcome {
	const char *type;
	const char *zh_cv, *en_cv;
	const char *zh_schools, *en_schools;
} outcomes[] = {
	{ "alert.firing", "超过上限", "is above its limit", "有学校未达标",
	  "has schools that miss the standard" },
	{ "alert.resolved", "已回到上限以内:上限", "is within its limit again:", "已全部达标",
	  "meets the standard again in every school" },
};

/* Why an alert is withdrawn; its figures, where there still are any, are not what it was about. */
static const struct words {
	const char *name;
	const char *zh, *en;
} withdrawals[] = {
	{ "no_data", "数据已更正,预警撤销", "was withdrawn: the data were corrected" },
	{ "not_applicable", "该学年本县已无此项,预警撤销",
	  "was withdrawn: it is not about the county in that year" },
	{ "plan_gone", "规划已删除,预警撤销", "was withdrawn: there is no plan any more" },
	{ "rule_gone", "不再有规则涉及此项,预警撤销",
	  "was withdrawn: no rule is about it any more" },
};

static const struct outcome *outcome_find(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (str_equal(outcomes[i].type, type))
			return &outcomes[i];
	}
	return NULL;
}

static const char *zh_stage(const char *stage)
{
	return str_equal(stage, "primary") ? "小学" : "初中";
}

/* "R2.primary.cv" in words. */
static void describe_cv(const struct event *e, const struct outcome *o, const char *stage,
			char *out, size_t size)
{
	char value[32] = "–", limit[32] = "–";
	int n;

	if (e->has_value)
		snprintf(value, sizeof(value), "%.6g", e->value);
	if (e->has_limit)
		snprintf(limit, sizeof(limit), "%.6g", e->limit);
	n = snprintf(out, size, "%s %s %.2s %s校际差异系数 %s %s %s / %.2s %s: CV %s %s %s",
		     e->county, e->period, e->item, zh_stage(stage), value, o->zh_cv, limit,
		     e->item, stage, value, o->en_cv, limit);
	if (n >= (int)size)
		str_trim_utf8(out);
}

static void describe_schools(const struct event *e, const struct outcome *o, const char *stage,
			     char *out, size_t size)
{
	char count[64] = "";
	int n;

	if (e->has_value && e->value > 0)
		snprintf(count, sizeof(count), " (%.0f)", e->value);
	n = snprintf(out, size, "%s %s %s%s%s / %s %s%s", e->county, e->period, zh_stage(stage),
		     o->zh_schools, count, stage, o->en_schools, count);
	if (n >= (int)size)
		str_trim_utf8(out);
}

static const struct words kinds[] = {
	{ "threshold", "未达标", "not met" },
	{ "veto", "一票否决", "a veto" },
	{ "near", "接近限值且在变差", "near its limit and getting worse" },
	{ "plan", "落后于规划", "behind the plan" },
	{ "forecast", "按趋势难以如期达标", "hardly met in time" },
	{ "stale", "逾期未报", "reports overdue" },
	{ "jump", "数值突变", "a jump" },
	{ "overdue", "整改逾期", "its cure is overdue" },
	{ "late", "指标迟迟未算", "figures not computed for so many minutes" },
};
static_assert(ARRAY_LEN(kinds) == ALERT_ON_KINDS, "words for each kind of rule");

static const struct words types[] = {
	{ "alert.pending", "待确认", "pending" },
	{ "alert.firing", "预警", "firing" },
	{ "alert.changed", "级别变化", "changed" },
	{ "alert.reminded", "提醒", "reminder" },
	{ "alert.escalated", "升级", "escalated" },
	{ "alert.resolved", "已解除", "resolved" },
	{ "alert.acknowledged", "已确认", "acknowledged" },
	{ "alert.released", "取消确认", "released" },
	{ "alert.commented", "有新备注", "commented" },
	{ "alert.assigned", "已指派", "assigned" },
	{ "alert.snoozed", "暂缓提醒", "snoozed" },
	{ "alert.woken", "恢复提醒", "woken" },
};

static const struct words *words_find(const struct words *list, size_t n, const char *name)
{
	static const struct words none = { "", "–", "–" };

	for (size_t i = 0; i < n; i++) {
		if (str_equal(list[i].name, name))
			return &list[i];
	}
	return &none;
}

/* ":0.48(0.45)", ": 0.48 (0.45)"; nothing of what has no figure. */
static void describe_figures(const struct event *e, bool zh, char *out, size_t size)
{
	const char *const before = zh ? ":" : ": ";
	char limit[40] = "";

	out[0] = '\0';
	if (e->has_limit)
		snprintf(limit, sizeof(limit), zh ? "(%.6g)" : " (%.6g)", e->limit);
	if (e->has_value)
		snprintf(out, size, "%s%.6g%s", before, e->value, limit);
}

/* "340207 2025 R2.primary.cv 落后于规划:0.48(0.45),预警 / behind the plan: 0.48 (0.45), firing";
 * "… 未达标:0.6(0.5),升级至约谈 / not met: 0.6 (0.5), escalated to interview"; of what has no
 * figure "… 一票否决,预警 / a veto, firing" */
static void describe_kind(const struct event *e, char *out, size_t size)
{
	const struct words *kind = words_find(kinds, ARRAY_LEN(kinds), e->kind);
	const struct words *type = words_find(types, ARRAY_LEN(types), e->type);
	const bool escalated = str_equal(e->type, "alert.escalated");
	const enum alert_level level = escalated ? e->level : LEVEL_NONE;
	char zh[80], en[80];
	int n;

	describe_figures(e, true, zh, sizeof(zh));
	describe_figures(e, false, en, sizeof(en));
	n = snprintf(out, size, "%s %s %s %s%s,%s%s%s / %s%s, %s%s%s", e->county, e->period,
		     e->item, kind->zh, zh, type->zh, level ? "至" : "", alert_level_zh[level],
		     kind->en, en, type->en, level ? " to " : "", alert_level_names[level]);
	if (n >= (int)size)
		str_trim_utf8(out);
}

/* "340207 2025 R2 小学校际差异系数:不再有规则涉及此项,预警撤销 / R2 primary: CV was withdrawn: no
 * rule is about it any more" */
static void describe_withdrawn(const struct event *e, char *out, size_t size)
{
	const struct words *why = words_find(withdrawals, ARRAY_LEN(withdrawals), e->reason);
	const struct words *kind = words_find(kinds, ARRAY_LEN(kinds), e->kind);
	const bool missed = str_equal(e->kind, "threshold");
	char stage[16] = "";
	int n;

	if (missed && sscanf(e->item, "R%*1[1-7].%15[a-z].cv", stage) == 1)
		n = snprintf(out, size, "%s %s %.2s %s校际差异系数:%s / %.2s %s: CV %s", e->county,
			     e->period, e->item, zh_stage(stage), why->zh, e->item, stage, why->en);
	else if (missed && sscanf(e->item, "schools.%15[a-z]", stage) == 1)
		n = snprintf(out, size, "%s %s %s%s / %s %s", e->county, e->period, zh_stage(stage),
			     why->zh, stage, why->en);
	else
		n = snprintf(out, size, "%s %s %s %s:%s / %s: %s", e->county, e->period, e->item,
			     kind->zh, why->zh, kind->en, why->en);
	if (n >= (int)size)
		str_trim_utf8(out);
}

/* Items are of domain/item.h. */
static void describe(const struct event *e, char *out, size_t size)
{
	const struct outcome *o = str_equal(e->kind, "threshold") ? outcome_find(e->type) : NULL;
	char stage[16] = "";

	if (str_equal(e->type, "alert.withdrawn"))
		describe_withdrawn(e, out, size);
	else if (o && sscanf(e->item, "R%*1[1-7].%15[a-z].cv", stage) == 1)
		describe_cv(e, o, stage, out, size);
	else if (o && sscanf(e->item, "schools.%15[a-z]", stage) == 1)
		describe_schools(e, o, stage, out, size);
	else
		describe_kind(e, out, size);
}

static void write_schools(const struct event_schools *schools, struct buf *out)
{
	json_name(out, "schools");
	buf_str(out, "[");
	for (size_t i = 0; i < schools->n; i++) {
		if (i)
			buf_str(out, ",");
		json_text(out, schools->codes[i]);
	}
	buf_str(out, "]");
	json_member_int(out, "schools_count", schools->all);
}

void json_write_event(const struct event *event, struct buf *out)
{
	char summary[320];

	buf_str(out, "{");
	json_member_int(out, "seq", event->seq);
	json_member_text(out, "id", event->id);
	json_member_text(out, "type", event->type);
	json_member_text(out, "time", event->time);
	json_member_int(out, "alert", event->alert);
	json_member_text(out, "county", event->county);
	json_member_text(out, "period", event->period);
	json_member_text(out, "item", event->item);
	json_member_text(out, "rule", event->rule);
	json_member_text(out, "kind", event->kind);
	json_member_text(out, "severity", event->severity);
	json_member_double(out, "value", event->has_value ? &event->value : NULL);
	json_member_double(out, "limit", event->has_limit ? &event->limit : NULL);
	json_member_int(out, "version", event->version);
	json_member_text_or_null(out, "reason", event->reason);
	json_member_text_or_null(out, "level", alert_level_names[event->level]);
	json_member_text_or_null(out, "by", event->by);
	json_member_text_or_null(out, "comment", event->comment);
	json_member_text_or_null(out, "assignee", event->assignee);
	json_member_text_or_null(out, "until", event->until);
	json_member_text_or_null(out, "held", event->held);
	json_member_int(out, "story", event->story);
	write_schools(&event->schools, out);
	json_member_bool(out, "provisional", event->provisional);
	describe(event, summary, sizeof(summary));
	json_member_text(out, "summary", summary);
	buf_str(out, "}");
}

void event_topic(const char *county, const char *item, char out[TOPIC_BYTES])
{
	if (snprintf(out, TOPIC_BYTES, "alert.%s.%s", county, item) >= TOPIC_BYTES)
		str_trim_utf8(out);
}
