/* SPDX-License-Identifier: Apache-2.0 */
#include "json/items.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "json/write.h"

#define MEASURE_TEXT 24

char *measure_format(enum measure measure, int64_t rounded, char out[MEASURE_TEXT])
{
	const uint64_t magnitude = rounded < 0 ? 0 - (uint64_t)rounded : (uint64_t)rounded;

	if (measure != MEASURE_PERCENT)
		return decimal_format(rounded, out);
	if (snprintf(out, MEASURE_TEXT, "%s%llu.%llu", rounded < 0 ? "-" : "",
		     (unsigned long long)(magnitude / 10),
		     (unsigned long long)(magnitude % 10)) < 0)
		out[0] = '\0';
	return out;
}

static bool has_threshold(const struct condition *c)
{
	return (c->rule == RULE_RATIO && !c->each_school) || c->rule == RULE_GROWTH ||
	       c->rule == RULE_GROUPS;
}

static void write_value(struct buf *out, const struct condition *c,
			const struct condition_judgement *j)
{
	const double threshold = (double)c->threshold / STANDARD_SCALE;
	char display[MEASURE_TEXT];

	if (j->has_value) {
		json_member_double(out, "value", &j->value);
		json_member_text(out, "display", measure_format(c->measure, j->rounded, display));
	}
	json_member_double(out, "threshold", &threshold);
	json_member_text(out, "compare", compare_names[c->compare]);
	json_member_text(out, "measure", measure_names[c->measure]);
}

static void write_conditions(struct buf *out, const struct item_rule *rule,
			     const struct item_judgement *j)
{
	json_name(out, "conditions");
	buf_str(out, "[");
	for (int k = 0; k < j->n; k++) {
		const struct condition *c = &rule->conditions[k];

		buf_str(out, k ? ",{" : "{");
		json_member_text(out, "rule", rule_names[c->rule]);
		json_member_text(out, "status", status_names[j->conditions[k].status]);
		if (has_threshold(c))
			write_value(out, c, &j->conditions[k]);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

/* The first that fail, by code. */
static void write_failing(struct buf *out, const struct county_facts *facts,
			  const struct merge_index *index, const struct standard *standard,
			  size_t item, const struct item_judgement *j)
{
	size_t failing[ITEM_SCHOOLS_LISTED];
	const size_t n = j->schools_failed == 0
				 ? 0
				 : item_schools(facts, index, standard, item, STATUS_NOT_MET,
						failing, ITEM_SCHOOLS_LISTED);

	json_name(out, "schools");
	buf_str(out, "[");
	for (size_t i = 0; i < n && i < ITEM_SCHOOLS_LISTED; i++) {
		if (i)
			buf_str(out, ",");
		json_text(out, facts->schools[failing[i]].school.code);
	}
	buf_str(out, "]");
	if (n > ITEM_SCHOOLS_LISTED)
		json_member_int(out, "schools_more", (int64_t)(n - ITEM_SCHOOLS_LISTED));
}

static void write_reliefs(struct buf *out, const struct item_judgement *j)
{
	bool any = false;

	for (int i = 0; i < RELIEF_COUNT; i++)
		any = any || j->relieved[i];
	if (!any)
		return;
	json_name(out, "reliefs");
	buf_str(out, "{");
	for (int i = 0; i < RELIEF_COUNT; i++) {
		if (j->relieved[i])
			json_member_int(out, relief_names[i], (int64_t)j->relieved[i]);
	}
	buf_str(out, "}");
}

static void write_groups(struct buf *out, const struct county_report *report,
			 const struct standard *standard, const struct condition *c)
{
	json_name(out, "groups");
	buf_str(out, "{");
	for (int g = 0; g < ANSWER_GROUPS; g++) {
		const struct answers *a = &report->answers[g];
		struct answers_share share;
		char display[MEASURE_TEXT];

		if (a->valid == MISSING)
			continue;
		answers_judge(a, standard, c, &share);
		json_name(out, answer_group_names[g]);
		buf_str(out, "{");
		json_member_int(out, "valid", a->valid);
		json_member_int(out, "satisfied", a->satisfied);
		if (share.has_value) {
			json_member_double(out, "value", &share.value.value);
			json_member_text(out, "display",
					 measure_format(c->measure, share.value.rounded, display));
		}
		buf_str(out, "}");
	}
	buf_str(out, "}");
}

/* The first condition of the county that has a value to tell. */
static int first_value(const struct item_rule *rule)
{
	for (int k = 0; k < rule->n; k++) {
		if (has_threshold(&rule->conditions[k]))
			return k;
	}
	return -1;
}

static const struct condition *groups_of(const struct item_rule *rule)
{
	for (int k = 0; k < rule->n; k++) {
		if (rule->conditions[k].rule == RULE_GROUPS)
			return &rule->conditions[k];
	}
	return NULL;
}

static bool is_of_schools(const struct item_rule *rule)
{
	for (int k = 0; k < rule->n; k++) {
		if (condition_is_of_schools(&rule->conditions[k]))
			return true;
	}
	return false;
}

static void write_item(struct buf *out, const struct county_facts *facts,
		       const struct merge_index *index, const struct standard *standard,
		       size_t item, const struct item_judgement *j)
{
	const struct item_rule *rule = &standard->items[item];
	const struct condition *groups = groups_of(rule);
	const int first = first_value(rule);

	buf_str(out, "{");
	json_member_text(out, "status", status_names[j->status]);
	if (first >= 0)
		write_value(out, &rule->conditions[first], &j->conditions[first]);
	if (is_of_schools(rule)) {
		json_member_int(out, "schools_total", (int64_t)j->schools);
		json_member_int(out, "schools_met", (int64_t)j->schools_met);
		write_failing(out, facts, index, standard, item, j);
		write_reliefs(out, j);
	}
	if (groups && facts->report && answers_total(facts->report).valid != MISSING)
		write_groups(out, facts->report, standard, groups);
	if (rule->n > 1)
		write_conditions(out, rule, j);
	json_member_bool(out, "rounding_sensitive", j->rounding_sensitive);
	buf_str(out, "}");
}

void json_write_items(const struct county_facts *facts, const struct merge_index *index,
		      const struct standard *standard, const struct county_judgement *judgement,
		      struct buf *out)
{
	buf_str(out, "{");
	for (size_t i = 0; i < judgement->items_n; i++) {
		json_name(out, standard->items[i].name);
		write_item(out, facts, index, standard, i, &judgement->items[i]);
	}
	buf_str(out, "}");
}
