/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/merged.h"

#include <string.h>

#include "base/str.h"

#define PARENTS_MAX 8 /* levels of campuses; deeper is a circle or as good as one */

static bool is_judged(const struct school *s)
{
	const struct kind *kind = kind_find(s->kind);

	return kind && kind->judged;
}

/* A school founded in 2026 did not exist in the school year that began in 2025. */
static bool is_founded(const struct school *s, const char *period)
{
	int64_t year = 0;

	return s->founded == 0 || !str_to_int64(period, &year) || s->founded <= year;
}

bool school_is_missing(const struct school_facts *s, const char *period)
{
	return !s->reported && !s->school.closed && is_judged(&s->school) &&
	       is_founded(&s->school, period);
}

bool school_is_missing_from(const struct school_facts *s, const char *period, enum stage stage)
{
	return school_is_missing(s, period) && kind_has_stage(kind_find(s->school.kind), stage);
}

/* The index of a judged school, or MERGE_END. */
static size_t find_judged(const struct county_facts *facts, const char *code)
{
	size_t low = 0, high = facts->n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(facts->schools[middle].school.code, code);

		if (order == 0)
			return is_judged(&facts->schools[middle].school) ? middle : MERGE_END;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return MERGE_END;
}

static size_t find_root(const struct county_facts *facts, size_t i)
{
	size_t at = i;

	for (int level = 0; level < PARENTS_MAX; level++) {
		const char *parent = facts->schools[at].school.parent;
		const size_t up = *parent ? find_judged(facts, parent) : MERGE_END;

		if (up == MERGE_END)
			return at;
		at = up;
	}
	return i;
}

void merge_index_init(struct merge_index *x, const struct county_facts *facts)
{
	for (size_t i = 0; i < facts->n; i++) {
		const bool judged = is_judged(&facts->schools[i].school);

		x->root[i] = (uint16_t)(judged ? find_root(facts, i) : i);
		x->next[i] = MERGE_END;
	}
	/* From the last to the first, each put in front: the chain is ordered. */
	for (size_t i = facts->n; i-- > 0;) {
		const uint16_t root = x->root[i];

		if (root == i)
			continue;
		x->next[i] = x->next[root];
		x->next[root] = (uint16_t)i;
	}
}

/* What a school that has not reported would have reported, as far as known. */
static void unknown_report(const struct school *s, struct report *out)
{
	const struct kind *kind = kind_find(s->kind);

	report_init(out);
	for (int stage = 0; stage < STAGE_COUNT; stage++)
		out->stages[stage].present = kind_has_stage(kind, (enum stage)stage);
}

/* Adds a part to the sum. */
static void add_part(const struct school_facts *part, bool first, struct report *sum)
{
	struct report unknown;

	if (!part->reported)
		unknown_report(&part->school, &unknown);
	if (first)
		*sum = part->reported ? part->report : unknown;
	else
		report_add(sum, part->reported ? &part->report : &unknown);
}

/* A stage is there when a part reports it: a part that is missing may have it,
 * but lists no record. */
static bool add_seen(const struct school_facts *part, bool seen[STAGE_COUNT])
{
	if (!part->reported)
		return false;
	for (int s = 0; s < STAGE_COUNT; s++)
		seen[s] = seen[s] || part->report.stages[s].present;
	return true;
}

/* A parent with its campuses; false when none of them has reported. */
static bool sum_parts(const struct merge_index *x, const struct county_facts *facts, size_t i,
		      struct report *out)
{
	bool seen[STAGE_COUNT] = { false };
	bool reported = false, first = true;
	struct report sum;

	report_init(&sum);
	for (size_t at = i; at != MERGE_END; at = x->next[at]) {
		const struct school_facts *part = &facts->schools[at];

		if (!part->reported && !school_is_missing(part, facts->period))
			continue;
		reported |= add_seen(part, seen);
		add_part(part, first, &sum);
		first = false;
	}
	if (!reported)
		return false;
	for (int s = 0; s < STAGE_COUNT; s++)
		sum.stages[s].present = seen[s];
	*out = sum;
	return true;
}

bool merged_get(const struct merge_index *x, const struct county_facts *facts, size_t i,
		struct merged *out)
{
	const struct school_facts *school = &facts->schools[i];

	if (x->root[i] != i || !is_judged(&school->school))
		return false;
	/* Nearly every school has no campus: nothing to add up. */
	if (x->next[i] == MERGE_END) {
		if (!school->reported)
			return false;
		out->report = school->report;
	} else if (!sum_parts(x, facts, i, &out->report)) {
		return false;
	}
	out->school = i;
	out->info = &school->school;
	return true;
}

int64_t merged_pupils(const struct merged *m, bool *ret_complete)
{
	int64_t pupils = 0;

	*ret_complete = true;
	for (int s = 0; s < JUDGED_STAGES; s++) {
		const struct stage_report *stage = &m->report.stages[s];

		if (!stage->present)
			continue;
		if (stage->figure[STAGE_students] == MISSING)
			*ret_complete = false;
		else
			pupils += stage->figure[STAGE_students];
	}
	return pupils;
}

bool merged_has_record(const struct merged *m, const struct standard *s, enum stage stage)
{
	const struct stage_report *r = &m->report.stages[stage];
	bool complete;

	if (!r->present || r->figure[STAGE_students] == 0)
		return false;
	if (!kind_find(m->info->kind)->teaching_point)
		return true;
	return merged_pupils(m, &complete) >= s->teaching_point_students || !complete;
}
