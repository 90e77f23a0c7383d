/* SPDX-License-Identifier: Apache-2.0 */
/* One school against one condition: sizes, classes, rates, rooms. */
#include <string.h>

#include "base/decimal.h"
#include "domain/items.h"
#include "domain/measure.h"
#include "domain/sums.h"

/* Relief large_school: founded up to this year … */
#define LARGE_SCHOOL_FOUNDED 2010

bool condition_is_of_schools(const struct condition *c)
{
	return c->rule == RULE_ROOMS || (c->rule == RULE_RATIO && c->each_school);
}

/* --- ratios ----------------------------------------------------------------------- */

/* … or with more than half of its pupils migrants' children. A county claims that by
 * reporting their number: what is missing adds none. */
static bool is_large_by_right(const struct merged *m)
{
	const int128 migrants = stage_total(m, -1, STAGE_migrant_students).hundredths;
	const struct total pupils = stage_total(m, -1, STAGE_students);
	const int founded = m->info->founded;

	return (founded > 0 && founded <= LARGE_SCHOOL_FOUNDED) ||
	       (pupils.known && migrants * 2 > pupils.hundredths);
}

static bool relief_applies(const struct standard *standard, int relief, const struct merged *m)
{
	return relief == RELIEF_large_school && standard->reliefs[relief] && is_large_by_right(m);
}

/* A ratio of a school, as it is judged. */
struct ratio {
	const struct condition *c;
	int64_t threshold;
	bool judge_rounded;
	int128 of;
	int128 to;
};

static void ratio_judge(const struct ratio *r, int128 more_of, int128 more_to,
			struct condition_judgement *out)
{
	measure_judge(r->c, r->threshold, r->judge_rounded, r->of + more_of, r->to + more_to, out);
}

/* How often a figure is in a sum, less how often it is taken off. */
static int times(const struct sum *sum, const struct term *t)
{
	int n = 0;

	for (int i = 0; i < sum->n; i++) {
		const struct term *u = &sum->terms[i];

		if (u->source == t->source && u->item == t->item && u->field == t->field)
			n += u->minus ? -1 : 1;
	}
	return n;
}

static bool met_with(const struct ratio *r, const struct term *t, int128 change)
{
	struct condition_judgement j;

	ratio_judge(r, change * times(&r->c->of, t), change * times(&r->c->to, t), &j);
	return j.status == STATUS_MET;
}

/* The least number of steps, at most `most`, that meets; MISSING when that many do not. */
static int64_t least_steps(const struct ratio *r, const struct term *t, int64_t step, int64_t most)
{
	int64_t low = 0, high = most;

	if (!met_with(r, t, (int128)step * most))
		return MISSING;
	while (high - low > 1) {
		const int64_t middle = low + (high - low) / 2;

		if (met_with(r, t, (int128)step * middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

static bool is_count(const struct standard *standard, const struct term *t)
{
	switch (t->source) {
	case SOURCE_ITEM:
		return standard->items[t->item].fields[t->field].unit == UNIT_COUNT;
	case SOURCE_SITE:
		return site_fields[t->field].unit == UNIT_COUNT;
	case SOURCE_DECLARED:
		return standard->fields[t->field].unit == UNIT_COUNT;
	case SOURCE_STAGE:
		break;
	}
	return true;
}

/* Tries to grow the first figure of `of`, then to shrink it. */
static int64_t ratio_lack(const struct ratio *r, const struct standard *standard,
			  const struct county_report *report, const struct merged *m)
{
	const struct term *t = &r->c->of.terms[0];
	struct sum first = { 1, { *t } };
	int64_t step, steps, have;

	if (r->c->of.n == 0)
		return MISSING;
	first.terms[0].minus = false;
	step = is_count(standard, t) ? DECIMAL_SCALE : 1;
	have = wide_saturated(school_total(&first, r->c, standard, report, m).hundredths);
	steps = least_steps(r, t, step, AMOUNT_SUM_MAX / step);
	return steps != MISSING ? steps : least_steps(r, t, -step, have / step);
}

static void judge_ratio(const struct county_facts *facts, const struct standard *standard,
			const struct condition *c, const struct merged *m, struct school_item *out)
{
	const struct total of = school_total(&c->of, c, standard, facts->report, m);
	const struct total to = school_total(&c->to, c, standard, facts->report, m);
	struct ratio r = { c, c->threshold, standard->judge_rounded, of.hundredths, to.hundredths };
	struct condition_judgement j, without;

	out->status = STATUS_NO_DATA;
	if (!of.known || !to.known)
		return;
	ratio_judge(&r, 0, 0, &without);
	j = without;
	if (relief_applies(standard, c->relief, m)) {
		out->relief = c->relief;
		out->threshold = r.threshold = c->relief_threshold;
		ratio_judge(&r, 0, 0, &j);
	}
	out->status = j.status;
	out->has_value = j.has_value;
	out->value = (struct exact_value){ j.rounded, j.value };
	out->rounding_sensitive = j.rounding_sensitive;
	out->relief_decisive = j.status == STATUS_MET && without.status != STATUS_MET;
}

/* Of a ratio that is not met. */
static int64_t lack_of(const struct county_facts *facts, const struct standard *standard,
		       const struct condition *c, const struct merged *m, int64_t threshold)
{
	const struct total of = school_total(&c->of, c, standard, facts->report, m);
	const struct total to = school_total(&c->to, c, standard, facts->report, m);
	const struct ratio r = { c, threshold, standard->judge_rounded, of.hundredths,
				 to.hundredths };

	return ratio_lack(&r, standard, facts->report, m);
}

/* --- rooms ------------------------------------------------------------------------ */

/* Lowers areas to those of a relief; false when none is lowered. */
static bool lower(int64_t area[ROOM_LIST_COUNT], const int64_t to[ROOM_LIST_COUNT])
{
	bool lowered = false;

	for (int l = 0; l < ROOM_LIST_COUNT; l++) {
		if (to[l] >= area[l])
			continue;
		area[l] = to[l];
		lowered = true;
	}
	return lowered;
}

static bool is_older(const struct rooms_rule *rule, const struct merged *m)
{
	return m->info->founded > 0 && m->info->founded <= rule->older_founded;
}

/* Unknown while a missing number of pupils may decide. */
static enum scope is_small_rural(const struct rooms_rule *rule, const struct merged *m)
{
	const struct total pupils = stage_total(m, -1, STAGE_students);
	const struct total largest = stage_total(m, -1, STAGE_largest_class);

	if (!locale_is_rural(m->info->locale) ||
	    pupils.hundredths >= (int128)rule->small_students * DECIMAL_SCALE ||
	    largest.hundredths >= (int128)rule->small_largest_class * DECIMAL_SCALE)
		return SCOPE_NO;
	return pupils.known && largest.known ? SCOPE_YES : SCOPE_UNKNOWN;
}

/* Of either list; the larger where the school has both stages. */
static void small_areas(const struct rooms_rule *rule, const struct merged *m,
			int64_t out[ROOM_LIST_COUNT])
{
	int64_t area = 0;

	for (int s = 0; s < JUDGED_STAGES; s++) {
		if (has_pupils(m, s) && rule->small_area[s] > area)
			area = rule->small_area[s];
	}
	for (int l = 0; l < ROOM_LIST_COUNT; l++)
		out[l] = area;
}

/* The rooms that reach the area; -1 when the list is missing. */
static int rooms_that_reach(const struct rooms *rooms, int64_t area)
{
	int n = 0;

	for (int i = 0; i < rooms->n; i++)
		n += rooms->area[i] >= area;
	return rooms->n < 0 ? -1 : n;
}

/* The rooms that a school needs for the classes it is known to have. */
struct need {
	bool known; /* there are no other classes */
	int rooms;
};

static struct need rooms_needed(const struct rooms_rule *rule, const struct merged *m)
{
	const struct total classes = stage_total(m, -1, STAGE_classes);
	const int64_t n = wide_saturated(classes.hundredths / DECIMAL_SCALE);

	return (struct need){ classes.known, (int)((n + rule->classes - 1) / rule->classes) };
}

static enum status judge_lists(const struct merged *m, const struct need *need,
			       const int64_t area[ROOM_LIST_COUNT], int have[ROOM_LIST_COUNT])
{
	bool unknown = !need->known, failed = false;

	for (int l = 0; l < ROOM_LIST_COUNT; l++) {
		have[l] = rooms_that_reach(&m->report.rooms[l], area[l]);
		unknown |= have[l] < 0;
		failed |= have[l] >= 0 && have[l] < need->rooms;
	}
	return status_of_all(1, failed, unknown);
}

static void judge_rooms(const struct standard *standard, const struct rooms_rule *rule,
			const struct merged *m, struct school_item *out)
{
	const struct need need = rooms_needed(rule, m);
	enum scope small = SCOPE_NO;
	int64_t small_area[ROOM_LIST_COUNT];
	int have[ROOM_LIST_COUNT];
	enum status without;

	memcpy(out->rooms_area, rule->area, sizeof(out->rooms_area));
	out->rooms_needed = need.rooms;
	without = judge_lists(m, &need, rule->area, have);
	if (standard->reliefs[RELIEF_older_rooms] && is_older(rule, m) &&
	    lower(out->rooms_area, rule->older_area))
		out->relief = RELIEF_older_rooms;
	if (standard->reliefs[RELIEF_small_rural_rooms])
		small = is_small_rural(rule, m);
	small_areas(rule, m, small_area);
	if (small == SCOPE_YES && lower(out->rooms_area, small_area))
		out->relief = RELIEF_small_rural_rooms;
	out->status = judge_lists(m, &need, out->rooms_area, out->rooms_have);
	out->relief_decisive = out->status == STATUS_MET && without != STATUS_MET;
	if (small != SCOPE_UNKNOWN || out->status != STATUS_NOT_MET)
		return;
	/* Would the relief save it? */
	(void)lower(small_area, out->rooms_area);
	if (judge_lists(m, &need, small_area, have) != STATUS_NOT_MET)
		out->status = STATUS_NO_DATA;
}

/* ---------------------------------------------------------------------------------- */

void school_item_stand(const struct county_facts *facts, const struct standard *standard,
		       size_t item, int condition, const struct merged *merged,
		       struct school_item *out)
{
	const struct condition *c = &standard->items[item].conditions[condition];
	const enum scope scope = condition_scope(c, standard, merged);

	*out = (struct school_item){ .status = STATUS_NOT_APPLICABLE,
				     .threshold = c->threshold,
				     .relief = -1,
				     .lack = MISSING };
	if (scope == SCOPE_NO)
		return;
	if (c->rule == RULE_ROOMS)
		judge_rooms(standard, &c->rooms, merged, out);
	else
		judge_ratio(facts, standard, c, merged, out);
	if (out->status == STATUS_MET) {
		out->lack = 0;
	} else if (scope == SCOPE_UNKNOWN) {
		/* Perhaps it is not about the school. */
		out->status = STATUS_NO_DATA;
	}
}

void school_item_judge(const struct county_facts *facts, const struct standard *standard,
		       size_t item, int condition, const struct merged *merged,
		       struct school_item *out)
{
	const struct condition *c = &standard->items[item].conditions[condition];

	school_item_stand(facts, standard, item, condition, merged, out);
	if (c->rule != RULE_ROOMS && out->status == STATUS_NOT_MET)
		out->lack = lack_of(facts, standard, c, merged, out->threshold);
}
