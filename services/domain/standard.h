/* SPDX-License-Identifier: Apache-2.0 */
/* A standard: the numbers that the rules are judged by. All of them are data
 * (rows of the database); nothing here has a default in code. */
#ifndef DOMAIN_STANDARD_H
#define DOMAIN_STANDARD_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/report.h"

#define STANDARD_ID   32  /* bytes, with their end */
#define STANDARD_TEXT 256 /* of a title and a source */
#define INDICATORS    7

/* Thresholds and limits are thousandths: 4.2 per hundred pupils is 4200, 2500
 * yuan is 2500000, a CV limit of 0.45 is 450. */
#define STANDARD_SCALE 1000

/* Weights of integrated schools that share a site, hundredths: 1.1 is 110. */
struct weight_row {
	char kind[4];
	int weight[STAGE_COUNT]; /* 0: the kind has no such stage */
};
#define WEIGHT_ROWS_MAX 8
#define WEIGHT_ONE      100
#define WEIGHT_MAX      1000 /* 10.00: keeps amount × weight within 64 bits */

struct standard {
	char id[STANDARD_ID];
	char title[STANDARD_TEXT];  /* of the document, in the language of its issuer … */
	char source[STANDARD_TEXT]; /* … and where it is found: cited, never judged by */
	int64_t threshold[JUDGED_STAGES][INDICATORS]; /* at least */
	int64_t cv_limit[JUDGED_STAGES];              /* at most */
	int indicators_needed;                        /* 6: of the seven, the rest at the floor */
	int floor_percent;                            /* 85: of the threshold */
	int teaching_point_students; /* 50: smaller teaching points are not judged */
	struct weight_row weights[WEIGHT_ROWS_MAX];
	int weight_rows;
	bool judge_rounded;          /* judge the figure as displayed, not the exact one */
	bool relief_visiting_pe_art; /* rural, 50–99 pupils: visiting PE/art teachers count in R3 */
	bool relief_extra_sports_area; /* dense_centre: extra_sports_area counts in R5 */
};

/* The weight of a stage in the split of a kind's shared site, hundredths. Where
 * the standard says nothing (no row of the kind, or 0) every pupil counts alike:
 * WEIGHT_ONE. */
int standard_weight(const struct standard *s, const char *kind, enum stage stage);

#endif
