/* SPDX-License-Identifier: Apache-2.0 */
/* A school as it is judged: with its campuses merged in.
 *
 * A campus names its parent, and its numbers are added to the parent's before
 * anything is computed. The merged school has the parent's code, kind and
 * locale; it has the stages that any of its parts reports. In detail:
 *
 *	- A campus of a campus is its topmost parent's. A campus whose parent is
 *	  not among the county's facts, or is of a kind that is not judged (attached
 *	  classes of a vocational school), or only leads in a circle, stands for
 *	  itself. A school of a kind that is not judged (special education) is no
 *	  part of any.
 *	- A part is missing when school_is_missing(). Where some parts reported
 *	  and another is missing, the sums are unknown: the site figures, and the
 *	  figures of each stage that the missing part's kind has. Where no part
 *	  reported there is nothing to judge; all are counted as missing.
 *	- A closed part without a report had no share in the period: left out. */
#ifndef DOMAIN_MERGED_H
#define DOMAIN_MERGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/judge.h"

struct merged {
	size_t school; /* index into county_facts.schools */
	const struct school *info;
	struct report report; /* of all parts together */
};

/* Which schools belong together: a chain of indices from each parent. */
struct merge_index {
	uint16_t root[COUNTY_SCHOOLS_MAX]; /* the school itself, when it is no campus */
	uint16_t next[COUNTY_SCHOOLS_MAX]; /* next part in order of code, or MERGE_END */
};
#define MERGE_END UINT16_MAX

/* facts->n is at most COUNTY_SCHOOLS_MAX, and the schools are ordered by code. */
void merge_index_init(struct merge_index *x, const struct county_facts *facts);

/* The merged school whose parent is school i. False, and *out untouched, where there is
 * none: a campus, a kind that is not judged, nothing reported. */
bool merged_get(const struct merge_index *x, const struct county_facts *facts, size_t i,
		struct merged *out) MUST_CHECK;

/* Pupils of compulsory stages that are reported; *ret_complete is false when
 * there are others whose number is missing. */
int64_t merged_pupils(const struct merged *m, bool *ret_complete);

/* Whether the school has a record of the stage: pupils, or an unknown number of
 * them; not a teaching point that is too small to be judged. */
bool merged_has_record(const struct merged *m, const struct standard *s, enum stage stage);

#endif
