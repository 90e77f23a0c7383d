/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/sums.h"

#include "base/decimal.h"
#include "base/str.h"

#define SPONSOR_PRIVATE 10

static const struct total unknown = { false, 0 };

/* --- which schools ---------------------------------------------------------------- */

static bool is_integrated(const struct school *s)
{
	return str_equal(s->kind, "312") || str_equal(s->kind, "345");
}

static bool filter_admits(enum filter filter, const struct school *s)
{
	switch (filter) {
	case FILTER_urban_or_town:
		return locale_is_known(s->locale) && !locale_is_rural(s->locale);
	case FILTER_rural:
		return locale_is_rural(s->locale);
	case FILTER_public:
		return school_is_public(s);
	case FILTER_private:
		return s->sponsor == SPONSOR_PRIVATE;
	case FILTER_day:
		return !s->boarding;
	case FILTER_boarding:
		return s->boarding;
	case FILTER_integrated:
		return is_integrated(s);
	case FILTER_single:
		return !is_integrated(s);
	case FILTER_COUNT:
		break;
	}
	return false;
}

static bool filters_admit(unsigned filters, const struct school *s)
{
	for (int f = 0; f < FILTER_COUNT; f++) {
		if (filters & 1u << f && !filter_admits((enum filter)f, s))
			return false;
	}
	return true;
}

bool has_pupils(const struct merged *m, int stage)
{
	const struct stage_report *r = &m->report.stages[stage];

	return r->present && r->figure[STAGE_students] != 0;
}

/* Walks the stage of a condition, or the compulsory ones. */
static int first_stage(int stage)
{
	return stage < 0 ? 0 : stage;
}

static int after_stage(int stage)
{
	return stage < 0 ? JUDGED_STAGES : stage + 1;
}

static bool has_any_pupils(const struct merged *m, int stage)
{
	for (int s = first_stage(stage); s < after_stage(stage); s++) {
		if (has_pupils(m, s))
			return true;
	}
	return false;
}

enum scope condition_scope(const struct condition *c, const struct standard *standard,
			   const struct merged *m)
{
	const bool point = kind_find(m->info->kind)->teaching_point && !c->teaching_points;
	const int64_t size = standard->teaching_point_students;
	bool complete;
	int64_t pupils;

	if (!filters_admit(c->filters, m->info) || !has_any_pupils(m, c->stage))
		return SCOPE_NO;
	pupils = merged_pupils(m, &complete);
	if (c->students_below && pupils >= c->students_below)
		return SCOPE_NO;
	if (point && pupils < size && complete)
		return SCOPE_NO;
	if (!complete && (c->students_below || (point && pupils < size)))
		return SCOPE_UNKNOWN;
	return SCOPE_YES;
}

bool condition_may_miss(const struct condition *c, const struct county_facts *facts,
			const struct merge_index *index, size_t i)
{
	const struct school_facts *school = &facts->schools[i];
	const size_t root = index->root[i];
	bool has_stage = false, complete;
	struct merged m;

	for (int s = first_stage(c->stage); s < after_stage(c->stage); s++)
		has_stage |= school_is_missing_from(school, facts->period, (enum stage)s);
	if (!has_stage || !filters_admit(c->filters, &facts->schools[root].school))
		return false;
	return !c->students_below || !merged_get(index, facts, root, &m) ||
	       merged_pupils(&m, &complete) < c->students_below;
}

/* --- figures ---------------------------------------------------------------------- */

static struct total figure(int64_t value, enum unit unit)
{
	if (value == MISSING)
		return unknown;
	return (struct total){ true, (int128)value * (unit == UNIT_COUNT ? DECIMAL_SCALE : 1) };
}

struct total stage_total(const struct merged *m, int stage, enum stage_field field)
{
	struct total sum = { true, 0 };

	for (int s = first_stage(stage); s < after_stage(stage); s++) {
		const struct total one = figure(m->report.stages[s].figure[field], UNIT_COUNT);

		if (!has_pupils(m, s))
			continue;
		sum.known = sum.known && one.known;
		if (field != STAGE_largest_class)
			sum.hundredths += one.hundredths;
		else if (one.hundredths > sum.hundredths)
			sum.hundredths = one.hundredths;
	}
	return sum;
}

static struct total item_figure(const struct term *t, const struct standard *standard,
				const struct county_report *report)
{
	const struct declared_field *field = &standard->items[t->item].fields[t->field];

	if (!report)
		return unknown;
	return figure(report->items[t->item].figure[t->field], field->unit);
}

static struct total school_figure(const struct term *t, const struct condition *c,
				  const struct standard *standard, const struct merged *m)
{
	switch (t->source) {
	case SOURCE_STAGE:
		return stage_total(m, c->stage, (enum stage_field)t->field);
	case SOURCE_SITE:
		return figure(m->report.site[t->field], site_fields[t->field].unit);
	case SOURCE_DECLARED:
		/* Hundredths already, whatever the unit. */
		return figure(report_declared(&m->report, standard->fields[t->field].name),
			      UNIT_MONEY);
	case SOURCE_ITEM:
		break;
	}
	return unknown;
}

static void add(struct total *sum, const struct term *t, struct total figure_of)
{
	sum->known = sum->known && figure_of.known;
	sum->hundredths += t->minus ? -figure_of.hundredths : figure_of.hundredths;
}

/* A sum without terms is 1. */
static struct total start(const struct sum *sum)
{
	return (struct total){ true, sum->n ? 0 : DECIMAL_SCALE };
}

struct total school_total(const struct sum *sum, const struct condition *c,
			  const struct standard *standard, const struct county_report *report,
			  const struct merged *m)
{
	struct total total = start(sum);

	for (int i = 0; i < sum->n; i++) {
		const struct term *t = &sum->terms[i];

		add(&total, t,
		    t->source == SOURCE_ITEM ? item_figure(t, standard, report)
					     : school_figure(t, c, standard, m));
	}
	return total;
}

/* --- of the county ---------------------------------------------------------------- */

static bool counts_schools(const struct sum *sum)
{
	for (int i = 0; i < sum->n; i++) {
		if (sum->terms[i].source != SOURCE_ITEM)
			return true;
	}
	return false;
}

/* A term's sum over schools: of their largest classes, again the largest. */
static void add_school(struct total *sum, const struct term *t, struct total one)
{
	const bool largest = t->source == SOURCE_STAGE && t->field == STAGE_largest_class;

	sum->known = sum->known && one.known;
	if (!largest)
		sum->hundredths += one.hundredths;
	else if (one.hundredths > sum->hundredths)
		sum->hundredths = one.hundredths;
}

/* The terms of both sums, side by side, over the schools. */
struct terms {
	int n;
	const struct term *term[2 * TERMS_MAX];
	struct total total[2 * TERMS_MAX];
	bool all; /* every school is known: to count or not, and its figures */
	bool any; /* some school counts */
};

static void list_terms(const struct sum *sum, struct terms *terms)
{
	for (int i = 0; i < sum->n; i++) {
		terms->term[terms->n] = &sum->terms[i];
		terms->total[terms->n++] = (struct total){ true, 0 };
	}
}

static void sum_schools(const struct county_facts *facts, const struct merge_index *index,
			const struct standard *standard, const struct condition *c,
			struct terms *terms)
{
	for (size_t i = 0; i < facts->n; i++) {
		enum scope scope = SCOPE_NO;
		struct merged m;

		if (merged_get(index, facts, i, &m))
			scope = condition_scope(c, standard, &m);
		if (scope == SCOPE_UNKNOWN || condition_may_miss(c, facts, index, i))
			terms->all = false;
		if (scope != SCOPE_YES)
			continue;
		terms->any = true;
		for (int t = 0; t < terms->n; t++)
			add_school(&terms->total[t], terms->term[t],
				   school_figure(terms->term[t], c, standard, &m));
	}
}

static struct total total_of(const struct sum *sum, const struct terms *terms, int from,
			     const struct standard *standard, const struct county_report *report)
{
	struct total total = start(sum);

	for (int i = 0; i < sum->n; i++) {
		const struct term *t = &sum->terms[i];
		struct total one = terms->total[from + i];

		one.known = one.known && terms->all;
		add(&total, t, t->source == SOURCE_ITEM ? item_figure(t, standard, report) : one);
	}
	return total;
}

void county_totals(const struct county_facts *facts, const struct merge_index *index,
		   const struct standard *standard, const struct condition *c,
		   const struct county_report *report, struct county_totals *out)
{
	const bool schools = counts_schools(&c->of) || counts_schools(&c->to);
	struct terms terms = { .all = true };

	list_terms(&c->of, &terms);
	list_terms(&c->to, &terms);
	if (schools)
		sum_schools(facts, index, standard, c, &terms);
	out->of = total_of(&c->of, &terms, 0, standard, report);
	out->to = total_of(&c->to, &terms, c->of.n, standard, report);
	out->concerns = !schools || terms.any || !terms.all;
}
