/* SPDX-License-Identifier: Apache-2.0 */
/* An item of the standard: its rule in words, condition by condition what it was judged by, and
 * where the figures are. */
#include "api/county_explain_items.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/item_text.h"
#include "base/str.h"
#include "domain/sums.h"
#include "json/evidence.h"
#include "json/figures.h"
#include "json/items.h"
#include "json/write.h"

#define TEXT_BYTES 16384 /* of all conditions */

static const char *const levels[LEVEL_MAX + 1] = { "", "I", "II", "III", "IV", "V", "VI" };

static void write_rule(struct buf *out, const struct item_view *v)
{
	auto_buf struct buf text;

	buf_init(&text, TEXT_BYTES);
	for (int i = 0; i < v->rule->n; i++) {
		if (i)
			buf_str(&text, "; ");
		item_text_condition(&text, v->x->standard, v->item, i);
	}
	explain_rule_begin(out, v->x, text.data);
	json_member_text(out, "zh", v->rule->zh);
	json_member_text(out, "en", v->rule->en);
	json_member_text(out, "group", group_names[v->rule->group]);
	buf_str(out, "}");
}

void explain_write_term(struct buf *out, const struct item_view *v, int stage,
			const struct term *term)
{
	auto_buf struct buf pointer;

	buf_init(&pointer, TEXT_BYTES);
	term_pointer(&pointer, v->x->standard, stage, term);
	json_member_text(out, "figure", pointer.data);
}

static void write_hundredths(struct buf *out, const char *name, bool has, int64_t hundredths)
{
	json_name(out, name);
	if (has)
		json_hundredths(out, hundredths);
	else
		buf_str(out, "null");
}

/* One term by itself, counted as the whole is: of schools, it is a sum over those admitted. */
static void write_term(struct buf *out, const struct item_view *v, int condition,
		       const struct term *term, const struct county_report *report)
{
	struct condition alone = v->rule->conditions[condition];
	struct county_totals totals;

	alone.of = (struct sum){ .n = 1, .terms = { *term } };
	alone.of.terms[0].minus = false;
	alone.to.n = 0;
	county_totals(&v->x->facts, &v->x->index, v->x->standard, &alone, report, &totals);
	buf_str(out, "{");
	explain_write_term(out, v, alone.stage, term);
	json_member_text(out, "zh", term_zh(v->x->standard, term));
	json_member_bool(out, "of_schools", term->source != SOURCE_ITEM);
	json_member_text(out, "sign", term->minus ? "-" : "+");
	write_hundredths(out, "value", totals.of.known, (int64_t)totals.of.hundredths);
	json_member_text(out, "unit", term_unit(v->x->standard, term));
	buf_str(out, "}");
}

static void write_sum(struct buf *out, const char *name, const struct item_view *v, int condition,
		      const struct sum *sum, const struct county_report *report)
{
	json_name(out, name);
	buf_str(out, "[");
	for (int i = 0; i < sum->n; i++) {
		if (i)
			buf_str(out, ",");
		write_term(out, v, condition, &sum->terms[i], report);
	}
	buf_str(out, "]");
}

/* What a ratio of the county comes from, in one period. */
static void write_sums(struct buf *out, const char *name, const struct item_view *v, int condition,
		       const char *period, const struct county_report *report)
{
	const struct condition *c = &v->rule->conditions[condition];
	struct county_sums sums;

	county_sums(&v->x->facts, &v->x->index, v->x->standard, v->item, condition, report, &sums);
	json_name(out, name);
	buf_str(out, "{");
	json_member_text(out, "period", period);
	json_member_bool(out, "reported", report != NULL);
	write_sum(out, "of", v, condition, &c->of, report);
	write_sum(out, "to", v, condition, &c->to, report);
	json_name(out, "sums");
	buf_str(out, "{");
	write_hundredths(out, "of", sums.has_of, sums.of);
	if (c->to.n)
		write_hundredths(out, "to", sums.has_to, sums.to);
	buf_str(out, "}}");
}

static void previous_period(const char *period, char out[PERIOD_CODE])
{
	int64_t year = 0;

	if (!str_to_int64(period, &year) ||
	    snprintf(out, PERIOD_CODE, "%04u", (unsigned)(year - 1) % 10000) < 0)
		out[0] = '\0';
}

static void write_county_inputs(struct buf *out, const struct item_view *v, int condition)
{
	const struct county_facts *facts = &v->x->facts;
	char before[PERIOD_CODE];

	write_sums(out, "inputs", v, condition, facts->period, facts->report);
	if (v->rule->conditions[condition].rule != RULE_GROWTH)
		return;
	previous_period(facts->period, before);
	write_sums(out, "previous", v, condition, before, facts->previous);
}

static void write_flag(struct buf *out, const struct item_view *v, const struct condition *c)
{
	const struct county_report *report = v->x->facts.report;
	const int64_t value = report ? report->items[v->item].figure[c->flag] : MISSING;

	json_name(out, "inputs");
	buf_str(out, "{");
	json_name(out, "figure");
	buf_printf(out, "\"/items/%s/%s\"", v->rule->name, v->rule->fields[c->flag].name);
	json_name(out, "value");
	buf_str(out, value == MISSING ? "null" : value ? "true" : "false");
	buf_str(out, "}");
}

static enum status subject_status(const struct subject *s, const struct condition *c)
{
	return s->level >= c->level && s->difference < c->difference_below ? STATUS_MET
									   : STATUS_NOT_MET;
}

static void write_subjects(struct buf *out, const struct item_view *v, const struct condition *c)
{
	const struct county_report *report = v->x->facts.report;
	const int n = report ? report->subjects_n : -1;

	json_name(out, "level");
	json_text(out, levels[c->level]);
	json_name(out, "difference_below");
	json_double(out, (double)c->difference_below / DIFFERENCE_ONE);
	json_name(out, "subjects");
	buf_str(out, "[");
	for (int i = 0; i < n; i++) {
		const struct subject *s = &report->subjects[i];

		buf_str(out, i ? ",{" : "{");
		json_name(out, "figure");
		buf_printf(out, "\"/items/%s/subjects/%d\"", v->rule->name, i);
		json_member_text(out, "subject", s->name);
		json_member_text(out, "level", levels[s->level]);
		json_name(out, "difference");
		json_double(out, (double)s->difference / DIFFERENCE_ONE);
		json_member_text(out, "status", status_names[subject_status(s, c)]);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static void write_answers(struct buf *out, const struct item_view *v, const struct condition *c,
			  const struct answers *answers)
{
	struct answers_share share;
	char display[24];

	answers_judge(answers, v->x->standard, c, &share);
	buf_str(out, "{");
	json_member_int(out, "valid", answers->valid);
	json_member_int(out, "satisfied", answers->satisfied);
	json_member_double(out, "value", share.has_value ? &share.value.value : NULL);
	json_name(out, "display");
	if (share.has_value)
		json_text(out, measure_format(c->measure, share.value.rounded, display));
	else
		buf_str(out, "null");
	json_member_text(out, "status", status_names[share.status]);
	json_member_bool(out, "rounding_sensitive", share.rounding_sensitive);
	buf_str(out, "}");
}

static void write_groups(struct buf *out, const struct item_view *v, const struct condition *c)
{
	const struct county_report *report = v->x->facts.report;
	struct answers total = { MISSING, MISSING };

	json_member_bool(out, "each_group", c->each_group);
	json_name(out, "groups");
	buf_str(out, "{");
	for (int i = 0; report && i < ANSWER_GROUPS; i++) {
		if (report->answers[i].valid == MISSING)
			continue;
		json_name(out, answer_group_names[i]);
		write_answers(out, v, c, &report->answers[i]);
	}
	buf_str(out, "}");
	if (report)
		total = answers_total(report);
	json_name(out, "total");
	if (total.valid == MISSING)
		buf_str(out, "null");
	else
		write_answers(out, v, c, &total);
}

static void write_value(struct buf *out, const struct condition *c,
			const struct condition_judgement *j)
{
	char display[24];

	json_member_double(out, "value", j->has_value ? &j->value : NULL);
	json_name(out, "display");
	if (j->has_value)
		json_text(out, measure_format(c->measure, j->rounded, display));
	else
		buf_str(out, "null");
}

static void write_threshold(struct buf *out, const struct item_view *v, const struct condition *c)
{
	json_member_text(out, "measure", measure_names[c->measure]);
	json_member_text(out, "compare", compare_names[c->compare]);
	explain_write_limit(out, "threshold", c->threshold, 100);
	if (c->relief < 0 || !v->x->standard->reliefs[c->relief])
		return;
	json_member_text(out, "relief", relief_names[c->relief]);
	explain_write_limit(out, "relief_threshold", c->relief_threshold, 100);
}

/* By its rule, what else there is to tell. */
static void write_details(struct buf *out, const struct item_view *v, int condition)
{
	const struct condition *c = &v->rule->conditions[condition];
	const struct condition_judgement *j = &v->judged->conditions[condition];

	switch (c->rule) {
	case RULE_CONFIRMED:
	case RULE_VETO:
		write_flag(out, v, c);
		return;
	case RULE_RATIO:
	case RULE_GROWTH:
		write_threshold(out, v, c);
		if (c->each_school)
			return;
		write_value(out, c, j);
		write_county_inputs(out, v, condition);
		return;
	case RULE_SUBJECTS:
		write_subjects(out, v, c);
		return;
	case RULE_GROUPS:
		write_threshold(out, v, c);
		write_value(out, c, j);
		write_groups(out, v, c);
		return;
	case RULE_ROOMS: /* all of it is in the rule and with the schools */
	case RULE_COUNT:
		break;
	}
}

static void write_conditions(struct buf *out, const struct item_view *v)
{
	auto_buf struct buf text;

	buf_init(&text, TEXT_BYTES);
	json_name(out, "conditions");
	buf_str(out, "[");
	for (int i = 0; i < v->rule->n; i++) {
		const struct condition_judgement *j = &v->judged->conditions[i];

		buf_release(&text);
		item_text_condition(&text, v->x->standard, v->item, i);
		buf_str(out, i ? ",{" : "{");
		json_member_text(out, "rule", rule_names[v->rule->conditions[i].rule]);
		json_member_text(out, "text", text.data);
		json_member_text(out, "status", status_names[j->status]);
		json_member_bool(out, "rounding_sensitive", j->rounding_sensitive);
		write_details(out, v, i);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

/* Whether the item is one that evidence is given for. */
static bool has_evidence(const struct item_rule *rule)
{
	for (int i = 0; i < rule->n; i++) {
		if (rule->conditions[i].rule == RULE_CONFIRMED ||
		    rule->conditions[i].rule == RULE_VETO)
			return true;
	}
	return false;
}

enum err explain_write_item(struct buf *out, const struct explanation *x)
{
	const int place = standard_item(x->standard, x->item.name);
	struct item_view v = { .x = x };

	if (place < 0)
		return ERR_DB; /* it was looked for before */
	v.item = (size_t)place;
	v.rule = &x->standard->items[place];
	v.judged = &x->judgement.items[place];
	json_member_text(out, "status", status_names[v.judged->status]);
	json_member_bool(out, "rounding_sensitive", v.judged->rounding_sensitive);
	write_rule(out, &v);
	json_member_bool(out, "reported",
			 x->facts.report && x->facts.report->items[place].reported);
	if (has_evidence(v.rule)) {
		json_name(out, "evidence");
		json_write_evidence(x->own_report, v.rule->name, out);
	}
	write_conditions(out, &v);
	return explain_write_item_schools(out, &v);
}
