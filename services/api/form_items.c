/* SPDX-License-Identifier: Apache-2.0 */
/* Tables Ⅳ, Ⅴ, Ⅵ, vetoes and a province's own: the items of the standard, a line each. An item has
 * one value here, of its first condition that has one; what its other conditions come to is in the
 * remark. */
#include <string.h>

#include "api/form_model.h"
#include "base/auto.h"
#include "base/str.h"
#include "domain/items.h"
#include "json/items.h"

#define REMARK_BYTES 4096
#define RULE_BYTES   2048
#define NAMED        3 /* schools that fail, by name */

static const struct form_column columns[] = {
	{ "编号", "item", FORM_TEXT, 8 },
	{ "评估内容", "title", FORM_TEXT, 56 },
	{ "要求", "rule", FORM_TEXT, 26 },
	{ "值", "value", FORM_EMPTY, 14 },
	{ "单位", "unit", FORM_TEXT, 10 },
	{ "涉及学校数", "schools", FORM_NUMBER, 11 },
	{ "达标学校数", "schools that meet it", FORM_NUMBER, 11 },
	{ "是否达标", "met", FORM_STATUS, 10 },
	{ "备注", "remark", FORM_TEXT, 44 },
};

/* One condition of an item of the county. */
struct view {
	const struct form_county *county;
	size_t item;
	const struct item_rule *rule;
	const struct item_judgement *judged;
};

static struct view view_of(const struct form_county *c, size_t item)
{
	return (struct view){ c, item, &c->standard->items[item], &c->judgement.items[item] };
}

/* --- what is asked for ------------------------------------------------------------------- */

static void add_threshold(struct buf *out, const struct condition *c)
{
	char text[FORM_NUMBER_TEXT];

	for (int i = 0; i < FILTER_COUNT; i++) {
		if (c->filters & 1u << i)
			buf_str(out, filter_zh[i]);
	}
	if (c->stage >= 0)
		buf_str(out, stage_zh[c->stage]);
	buf_printf(out, "%s%s %s%s", c->rule == RULE_GROWTH ? "比上一学年增长 " : "",
		   compare_signs[c->compare], form_threshold_text(c->threshold, text),
		   measure_signs[c->measure]);
}

static void add_difference(struct buf *out, int64_t millionths)
{
	buf_printf(out, "%.10g", (double)millionths / DIFFERENCE_ONE);
}

/* A flag besides the item's own is told by its name. */
static void add_flag(struct buf *out, const struct declared_field *flag)
{
	if (str_equal(flag->name, "confirmed"))
		buf_str(out, "确认,有依据");
	else
		buf_printf(out, "确认 %s,有依据", flag->name);
}

static void add_rule(struct buf *out, const struct item_rule *rule, const struct condition *c)
{
	switch (c->rule) {
	case RULE_CONFIRMED:
		add_flag(out, &rule->fields[c->flag]);
		return;
	case RULE_VETO:
		buf_str(out, "未发生");
		return;
	case RULE_RATIO:
	case RULE_GROWTH:
	case RULE_GROUPS:
		add_threshold(out, c);
		return;
	case RULE_ROOMS:
		buf_printf(out, "每 %d 班各 1 间", c->rooms.classes);
		return;
	case RULE_SUBJECTS:
		buf_printf(out, "各科%s级以上,差异率低于 ", level_signs[c->level]);
		add_difference(out, c->difference_below);
		return;
	case RULE_COUNT:
		break;
	}
}

void form_item_rule(struct buf *out, const struct item_rule *rule)
{
	for (int k = 0; k < rule->n; k++) {
		if (k)
			buf_str(out, ";");
		add_rule(out, rule, &rule->conditions[k]);
	}
}

/* --- what it comes to ---------------------------------------------------------------------- */

static const char *flag_text(const struct view *v, const struct condition *c)
{
	const struct county_report *report = v->county->facts.report;
	const int64_t flag = report ? report->items[v->item].figure[c->flag] : MISSING;

	if (flag == MISSING)
		return "";
	if (c->rule == RULE_VETO)
		return flag ? "发生" : "未发生";
	return flag ? "已确认" : "未确认";
}

static void add_subjects(struct buf *out, const struct county_report *report)
{
	for (int i = 0; report && i < report->subjects_n; i++) {
		const struct subject *s = &report->subjects[i];

		buf_printf(out, "%s%s %s级 ", i ? ";" : "", s->name, level_signs[s->level]);
		add_difference(out, s->difference);
	}
}

static bool has_number(const struct condition *c)
{
	return !condition_is_of_schools(c) &&
	       (c->rule == RULE_RATIO || c->rule == RULE_GROWTH || c->rule == RULE_GROUPS);
}

/* The condition that the item's value is of. */
static int main_condition(const struct item_rule *rule)
{
	for (int k = 0; k < rule->n; k++) {
		if (has_number(&rule->conditions[k]))
			return k;
	}
	return 0;
}

static void fill_number(struct form *form, const struct condition *c,
			const struct condition_judgement *j)
{
	if (!j->has_value) {
		form_empty(form);
		form_empty(form);
		return;
	}
	form_number(form, j->rounded, c->measure == MEASURE_PERCENT ? 1 : 2);
	form_text(form, measure_signs[c->measure]);
}

static void fill_schools_share(struct form *form, const struct item_judgement *j)
{
	if (!j->schools) {
		form_empty(form);
		form_empty(form);
		return;
	}
	form_number(form, form_share(j->schools_met, j->schools), 1);
	form_text(form, measure_signs[MEASURE_PERCENT]);
}

/* Value and unit. */
static void fill_value(struct form *form, const struct view *v, int k)
{
	const struct condition *c = &v->rule->conditions[k];
	auto_buf struct buf text;

	buf_init(&text, REMARK_BYTES);
	if (has_number(c)) {
		fill_number(form, c, &v->judged->conditions[k]);
		return;
	}
	if (condition_is_of_schools(c)) {
		fill_schools_share(form, v->judged);
		return;
	}
	if (c->rule == RULE_SUBJECTS)
		add_subjects(&text, v->county->facts.report);
	else
		buf_str(&text, flag_text(v, c));
	form_text(form, text.data);
	form_empty(form);
}

/* --- remarks --------------------------------------------------------------------------------- */

static void separate(struct buf *out)
{
	if (out->len)
		buf_str(out, ";");
}

/* A condition that is not the one whose value the line has. */
static void add_other(struct buf *out, const struct view *v, int k)
{
	const struct condition *c = &v->rule->conditions[k];
	const struct condition_judgement *j = &v->judged->conditions[k];
	char text[FORM_NUMBER_TEXT];

	if (condition_is_of_schools(c))
		return;
	separate(out);
	add_rule(out, v->rule, c);
	buf_str(out, ":");
	if (has_number(c) && j->has_value)
		buf_printf(out, "%s%s", measure_format(c->measure, j->rounded, text),
			   measure_signs[c->measure]);
	else if (c->rule == RULE_SUBJECTS)
		add_subjects(out, v->county->facts.report);
	else if (c->rule == RULE_CONFIRMED || c->rule == RULE_VETO)
		buf_str(out, flag_text(v, c)[0] ? flag_text(v, c) : form_status_zh[STATUS_NO_DATA]);
	else
		buf_str(out, form_status_zh[j->status]);
}

static void add_failing(struct buf *out, const struct view *v)
{
	const struct county_facts *facts = &v->county->facts;
	size_t failing[NAMED];
	size_t n;

	if (!v->judged->schools_failed)
		return;
	n = item_schools(facts, &v->county->index, v->county->standard, v->item, STATUS_NOT_MET,
			 failing, NAMED);
	separate(out);
	buf_str(out, "未达标:");
	for (size_t i = 0; i < n && i < NAMED; i++)
		buf_printf(out, "%s%s", i ? "、" : "", facts->schools[failing[i]].school.name);
	if (n > NAMED)
		buf_printf(out, " 等 %zu 所", n);
}

static void add_reliefs(struct buf *out, const struct item_judgement *j)
{
	for (int i = 0; i < RELIEF_COUNT; i++) {
		if (!j->relieved[i])
			continue;
		separate(out);
		buf_printf(out, "%s:%zu 所", relief_zh[i], j->relieved[i]);
	}
}

static void fill_remark(struct form *form, const struct view *v, int main)
{
	auto_buf struct buf text;

	buf_init(&text, REMARK_BYTES);
	for (int k = 0; k < v->rule->n; k++) {
		if (k != main)
			add_other(&text, v, k);
	}
	add_failing(&text, v);
	add_reliefs(&text, v->judged);
	if (v->judged->rounding_sensitive) {
		separate(&text);
		buf_str(&text, "修约后判定会不同");
	}
	form_text(form, text.data);
}

static bool is_of_schools(const struct item_rule *rule)
{
	for (int k = 0; k < rule->n; k++) {
		if (condition_is_of_schools(&rule->conditions[k]))
			return true;
	}
	return false;
}

static void fill_item(struct form *form, size_t item)
{
	const struct view v = view_of(form->county, item);
	const int main = main_condition(v.rule);
	const bool of_schools = is_of_schools(v.rule);
	auto_buf struct buf rule;

	buf_init(&rule, RULE_BYTES);
	form_item_rule(&rule, v.rule);
	form_text(form, v.rule->name);
	form_text(form, v.rule->zh);
	form_text(form, rule.data);
	fill_value(form, &v, main);
	form_count(form, of_schools ? (int64_t)v.judged->schools : MISSING);
	form_count(form, of_schools ? (int64_t)v.judged->schools_met : MISSING);
	form_status(form, v.judged->status);
	fill_remark(form, &v, main);
}

void form_fill_items(struct form *form, enum form_id id, enum item_group group)
{
	const struct standard *s = form->county->standard;

	form_begin(form, id, columns, ARRAY_LEN(columns));
	for (int i = 0; i < s->items_n; i++) {
		if (s->items[i].group == group)
			fill_item(form, (size_t)i);
	}
}

/* --- Ⅵ ---------------------------------------------------------------------------------------- */

static const struct form_column group_columns[] = {
	{ "调查对象", "group", FORM_TEXT, 24 },
	{ "有效答卷", "valid answers", FORM_NUMBER, 12 },
	{ "满意答卷", "satisfied", FORM_NUMBER, 12 },
	{ "认可度(%)", "percent", FORM_NUMBER, 12 },
	{ "要求", "rule", FORM_TEXT, 14 },
	{ "是否达标", "met", FORM_STATUS, 10 },
};

static void fill_group(struct form *form, const char *name, const struct answers *answers,
		       const struct condition *c, bool judged, enum status status)
{
	struct answers_share share;
	auto_buf struct buf rule;

	buf_init(&rule, RULE_BYTES);
	answers_judge(answers, form->county->standard, c, &share);
	form_text(form, name);
	form_count(form, answers->valid);
	form_count(form, answers->satisfied);
	if (share.has_value)
		form_number(form, share.value.rounded, 1);
	else
		form_empty(form);
	if (judged)
		add_threshold(&rule, c);
	form_text(form, rule.data);
	if (judged)
		form_status(form, status);
	else
		form_empty(form);
}

/* The groups, as far as each is judged, and all of them together: as the item is. */
static void fill_groups(struct form *form, const struct condition *c, enum status status)
{
	const struct county_report *report = form->county->facts.report;
	struct answers total = { MISSING, MISSING };

	for (int g = 0; g < ANSWER_GROUPS; g++) {
		const struct answers none = { MISSING, MISSING };
		const struct answers *a = report ? &report->answers[g] : &none;
		struct answers_share share;

		answers_judge(a, form->county->standard, c, &share);
		fill_group(form, answer_group_zh[g], a, c, c->each_group && a->valid > 0,
			   share.status);
	}
	if (report)
		total = answers_total(report);
	fill_group(form, "合计", &total, c, true, status);
}

void form_fill_recognition(struct form *form)
{
	const struct form_county *county = form->county;

	form_begin(form, FORM_RECOGNITION, group_columns, ARRAY_LEN(group_columns));
	for (int i = 0; i < county->standard->items_n; i++) {
		const struct item_rule *rule = &county->standard->items[i];

		for (int k = 0; rule->group == GROUP_RECOGNITION && k < rule->n; k++) {
			if (rule->conditions[k].rule == RULE_GROUPS)
				fill_groups(form, &rule->conditions[k],
					    county->judgement.items[i].status);
		}
	}
}
