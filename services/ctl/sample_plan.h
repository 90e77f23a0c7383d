/* SPDX-License-Identifier: Apache-2.0 */
/* Which schools a county of the sample province has. */
#ifndef CTL_SAMPLE_PLAN_H
#define CTL_SAMPLE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/sample_data.h"

#define SAMPLE_SCHOOLS 56 /* of one county: more than any has */
#define SAMPLE_FIRST   2023
#define SAMPLE_LAST    2025
#define SAMPLE_OVERLAY 2025 /* the first year that the province's own standard judges */

/* A deterministic sequence (splitmix64), the same on every machine. */
struct sample_random {
	uint64_t state;
};

/* Sequences of different codes or purposes have nothing to do with each other. */
void sample_random_init(struct sample_random *r, const char *code, unsigned purpose);

/* Uniform from low to high, both included; low <= high. */
int64_t sample_random_in(struct sample_random *r, int64_t low, int64_t high);

/* About normal (a sum of twelve uniforms), in thousandths of a deviation. */
int64_t sample_random_normal(struct sample_random *r);

struct sample_school {
	struct school school;
	int64_t students[STAGE_COUNT];               /* of 2025; 0: no such stage */
	const struct sample_published *published;    /* borrowed from the data, or NULL */
	int64_t z[JUDGED_STAGES][SAMPLE_INDICATORS]; /* where it stands, thousandths of sd */
};

struct sample_county {
	const struct sample_region *region;
	const struct sample_shape *shape;
	enum sample_case what;
	int drift;  /* of the means, per mille a year up to 2025 */
	int growth; /* of the pupils, per mille a year */
	struct sample_school schools[SAMPLE_SCHOOLS];
	size_t n;
};

/* The schools of d->regions[at], which must be a county. Campuses come last, the
 * same whenever it is called. *out borrows from d. */
void sample_county_plan(const struct sample_data *d, size_t at, struct sample_county *out);

#endif
