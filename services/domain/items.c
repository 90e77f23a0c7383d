/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/items.h"

#include "domain/measure.h"
#include "domain/sums.h"

/* --- conditions of the county ------------------------------------------------------ */

/* One condition, and what the county reported. */
struct county_condition {
	const struct county_facts *facts;
	const struct merge_index *index;
	const struct standard *standard;
	size_t item;
	const struct condition *c;
	const struct county_report *report; /* NULL: none */
};

static void judge_flag(const struct county_condition *x, struct condition_judgement *out)
{
	const int64_t wanted = x->c->rule == RULE_CONFIRMED;
	const int64_t flag = x->report ? x->report->items[x->item].figure[x->c->flag] : MISSING;

	if (flag != MISSING)
		out->status = flag == wanted ? STATUS_MET : STATUS_NOT_MET;
}

static void judge_ratio(const struct county_condition *x, struct condition_judgement *out)
{
	struct county_totals now;

	county_totals(x->facts, x->index, x->standard, x->c, x->report, &now);
	if (!now.concerns)
		out->status = STATUS_NOT_APPLICABLE;
	else if (now.of.known && now.to.known)
		measure_judge(x->c, x->c->threshold, x->standard->judge_rounded, now.of.hundredths,
			      now.to.hundredths, out);
}

/* From OF / TO to of / to: (of / to - OF / TO) / (OF / TO) = (of TO - OF to) / (OF to). */
static void judge_growth(const struct county_condition *x, struct condition_judgement *out)
{
	struct county_totals now, before;
	int128 num, den;

	county_totals(x->facts, x->index, x->standard, x->c, x->report, &now);
	county_totals(x->facts, x->index, x->standard, x->c, x->facts->previous, &before);
	if (!now.of.known || !now.to.known || !before.of.known || !before.to.known)
		return;
	out->status = STATUS_UNDEFINED;
	if (now.to.hundredths <= 0 || before.of.hundredths <= 0 || before.to.hundredths <= 0)
		return;
	den = before.of.hundredths * now.to.hundredths;
	num = now.of.hundredths * before.to.hundredths - den;
	measure_judge(x->c, x->c->threshold, x->standard->judge_rounded, num, den, out);
}

static void judge_subjects(const struct county_condition *x, struct condition_judgement *out)
{
	const int n = x->report ? x->report->subjects_n : -1;

	if (n <= 0)
		return;
	out->status = STATUS_MET;
	for (int i = 0; i < n; i++) {
		const struct subject *s = &x->report->subjects[i];

		if (s->level < x->c->level || s->difference >= x->c->difference_below)
			out->status = STATUS_NOT_MET;
	}
}

struct answers answers_total(const struct county_report *r)
{
	struct answers total = { MISSING, MISSING };

	for (int g = 0; g < ANSWER_GROUPS; g++) {
		const struct answers *a = &r->answers[g];

		if (a->valid == MISSING || a->satisfied == MISSING)
			continue;
		if (total.valid == MISSING)
			total = (struct answers){ 0, 0 };
		total.valid += a->valid;
		total.satisfied += a->satisfied;
	}
	return total;
}

static void judge_answers(const struct answers *answers, const struct standard *standard,
			  const struct condition *c, struct condition_judgement *out)
{
	*out = (struct condition_judgement){ .status = STATUS_NO_DATA };
	if (answers->valid != MISSING && answers->satisfied != MISSING)
		measure_judge(c, c->threshold, standard->judge_rounded, answers->satisfied,
			      answers->valid, out);
}

void answers_judge(const struct answers *answers, const struct standard *standard,
		   const struct condition *c, struct answers_share *out)
{
	struct condition_judgement j;

	judge_answers(answers, standard, c, &j);
	*out = (struct answers_share){
		.status = j.status,
		.has_value = j.has_value,
		.value = { j.rounded, j.value },
		.rounding_sensitive = j.rounding_sensitive,
	};
}

static void judge_groups(const struct county_condition *x, struct condition_judgement *out)
{
	struct condition_judgement one;
	struct answers total;

	if (!x->report)
		return;
	total = answers_total(x->report);
	judge_answers(&total, x->standard, x->c, out);
	for (int g = 0; x->c->each_group && g < ANSWER_GROUPS; g++) {
		/* MISSING is below 0 too. */
		if (x->report->answers[g].valid <= 0)
			continue;
		judge_answers(&x->report->answers[g], x->standard, x->c, &one);
		out->status = status_worst(out->status, one.status);
		out->rounding_sensitive |= one.rounding_sensitive;
	}
}

static void judge_of_county(const struct county_condition *x, struct condition_judgement *out)
{
	static void (*const judges[RULE_COUNT])(const struct county_condition *,
						struct condition_judgement *) = {
		[RULE_CONFIRMED] = judge_flag,    [RULE_VETO] = judge_flag,
		[RULE_RATIO] = judge_ratio,       [RULE_GROWTH] = judge_growth,
		[RULE_SUBJECTS] = judge_subjects, [RULE_GROUPS] = judge_groups,
		/* RULE_ROOMS is of schools. */
	};

	judges[x->c->rule](x, out);
}

void county_sums(const struct county_facts *facts, const struct merge_index *index,
		 const struct standard *standard, size_t item, int condition,
		 const struct county_report *report, struct county_sums *out)
{
	struct county_totals totals;

	county_totals(facts, index, standard, &standard->items[item].conditions[condition], report,
		      &totals);
	*out = (struct county_sums){
		.has_of = totals.of.known,
		.has_to = totals.to.known,
		.of = wide_saturated(totals.of.hundredths),
		.to = wide_saturated(totals.to.hundredths),
	};
}

/* --- conditions of schools --------------------------------------------------------- */

/* How schools stand by one condition. */
struct tally {
	size_t n;
	size_t failed;
	size_t unknown;
	size_t undefined;
};

static void count(struct tally *t, enum status status)
{
	t->n += status != STATUS_NOT_APPLICABLE;
	t->failed += status == STATUS_NOT_MET;
	t->unknown += status == STATUS_NO_DATA;
	t->undefined += status == STATUS_UNDEFINED;
}

static enum status tally_status(const struct tally *t)
{
	const enum status status = status_of_all(t->n, t->failed, t->unknown);

	return status == STATUS_MET && t->undefined ? STATUS_UNDEFINED : status;
}

/* One school by all conditions of schools that an item has. */
static enum status judge_school(const struct county_facts *facts, const struct standard *standard,
				size_t item, const struct merged *m,
				struct tally tally[CONDITIONS_MAX], struct item_judgement *out)
{
	const struct item_rule *rule = &standard->items[item];
	enum status worst = STATUS_NOT_APPLICABLE;

	for (int i = 0; i < rule->n; i++) {
		struct school_item s;

		if (!condition_is_of_schools(&rule->conditions[i]))
			continue;
		school_item_stand(facts, standard, item, i, m, &s);
		count(&tally[i], s.status);
		worst = status_worst(worst, s.status);
		out->conditions[i].rounding_sensitive |= s.rounding_sensitive;
		if (s.relief_decisive)
			out->relieved[s.relief]++;
	}
	out->schools += worst != STATUS_NOT_APPLICABLE;
	out->schools_met += worst == STATUS_MET;
	out->schools_failed += worst == STATUS_NOT_MET;
	return worst;
}

/* Counts a school that has not reported, by the conditions that may be about it. */
static bool count_missing(const struct county_facts *facts, const struct merge_index *index,
			  const struct item_rule *rule, size_t school,
			  struct tally tally[CONDITIONS_MAX])
{
	bool any = false;

	for (int i = 0; i < rule->n; i++) {
		const struct condition *c = &rule->conditions[i];

		if (!condition_is_of_schools(c) || !condition_may_miss(c, facts, index, school))
			continue;
		tally[i].unknown++;
		any = true;
	}
	return any;
}

static void judge_item(const struct county_facts *facts, const struct merge_index *index,
		       const struct standard *standard, size_t item,
		       const struct tally tally[CONDITIONS_MAX], struct item_judgement *out)
{
	struct county_condition x = { facts, index, standard, item, NULL, facts->report };

	for (int i = 0; i < out->n; i++) {
		struct condition_judgement *j = &out->conditions[i];

		x.c = &standard->items[item].conditions[i];
		if (condition_is_of_schools(x.c))
			j->status = tally_status(&tally[i]);
		else
			judge_of_county(&x, j);
		out->status = status_worst(out->status, j->status);
		out->rounding_sensitive |= j->rounding_sensitive;
	}
}

static void start_items(const struct standard *standard, struct item_judgement *out)
{
	for (int i = 0; i < standard->items_n; i++) {
		out[i] = (struct item_judgement){ .status = STATUS_NOT_APPLICABLE,
						  .n = standard->items[i].n };
		for (int c = 0; c < out[i].n; c++)
			out[i].conditions[c].status = STATUS_NO_DATA;
	}
}

/* The items that have conditions of schools: every school is judged by them, and by no other. */
static size_t list_of_schools(const struct standard *standard, size_t out[STANDARD_ITEMS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < (size_t)standard->items_n; i++) {
		const struct item_rule *rule = &standard->items[i];
		bool any = false;

		for (int c = 0; c < rule->n; c++)
			any = any || condition_is_of_schools(&rule->conditions[c]);
		if (any)
			out[n++] = i;
	}
	return n;
}

void items_judge(const struct county_facts *facts, const struct merge_index *index,
		 const struct standard *standard, struct item_judgement *out)
{
	struct tally tally[STANDARD_ITEMS_MAX][CONDITIONS_MAX] = { { { 0 } } };
	const size_t n = (size_t)standard->items_n;
	size_t of_schools[STANDARD_ITEMS_MAX];
	const size_t of_schools_n = list_of_schools(standard, of_schools);

	start_items(standard, out);
	for (size_t s = 0; s < facts->n; s++) {
		struct merged m;
		const bool reported = merged_get(index, facts, s, &m);
		const bool missing = school_is_missing(&facts->schools[s], facts->period);

		for (size_t k = 0; k < of_schools_n && (reported || missing); k++) {
			const size_t i = of_schools[k];

			if (reported)
				(void)judge_school(facts, standard, i, &m, tally[i], &out[i]);
			if (missing)
				(void)count_missing(facts, index, &standard->items[i], s, tally[i]);
		}
	}
	for (size_t i = 0; i < n; i++)
		judge_item(facts, index, standard, i, tally[i], &out[i]);
}

size_t item_schools(const struct county_facts *facts, const struct merge_index *index,
		    const struct standard *standard, size_t item, enum status status, size_t *out,
		    size_t cap)
{
	struct tally tally[CONDITIONS_MAX] = { { 0 } };
	struct item_judgement judgement = { .n = 0 };
	size_t n = 0;

	for (size_t s = 0; s < facts->n; s++) {
		struct merged m;
		bool is = false;

		if (merged_get(index, facts, s, &m))
			is = judge_school(facts, standard, item, &m, tally, &judgement) == status;
		if (status == STATUS_NO_DATA)
			is |= count_missing(facts, index, &standard->items[item], s, tally);
		if (!is)
			continue;
		if (n < cap)
			out[n] = s;
		n++;
	}
	return n;
}
