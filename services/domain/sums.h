/* SPDX-License-Identifier: Apache-2.0 */
/* The sums that conditions compare. Whatever its unit, a figure counts in hundredths here, so
 * that sums of counts and of money divide by one another as they are. */
#ifndef DOMAIN_SUMS_H
#define DOMAIN_SUMS_H

#include "domain/judge.h"
#include "domain/merged.h"
#include "domain/wide.h"

struct total {
	bool known; /* no figure of it is missing */
	int128 hundredths;
};

/* Whether a condition is about a school; unknown where a missing number of pupils decides. */
enum scope { SCOPE_NO, SCOPE_UNKNOWN, SCOPE_YES };
enum scope condition_scope(const struct condition *c, const struct standard *standard,
			   const struct merged *m);

/* … or may be about school i, which has not reported (or is no campus of one that has). */
bool condition_may_miss(const struct condition *c, const struct county_facts *facts,
			const struct merge_index *index, size_t i);

/* Whether a record of the stage has pupils: reported, and not as none. */
bool has_pupils(const struct merged *m, int stage);

/* A figure of a school's compulsory stages, or of the one that is not -1: their sum, of
 * largest_class the largest. Not known while one of them misses it; then the others' sum. */
struct total stage_total(const struct merged *m, int stage, enum stage_field field);

/* A sum of a school's figures and those of the county's own report, which may be NULL. */
struct total school_total(const struct sum *sum, const struct condition *c,
			  const struct standard *standard, const struct county_report *report,
			  const struct merged *m);

/* The sums of a condition of the county. */
struct county_totals {
	struct total of;
	struct total to;
	bool concerns; /* false when it counts figures of schools, but of none at all */
};
void county_totals(const struct county_facts *facts, const struct merge_index *index,
		   const struct standard *standard, const struct condition *c,
		   const struct county_report *report, struct county_totals *out);

#endif
