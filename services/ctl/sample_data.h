/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of deploy/sample, as read. */
#ifndef CTL_SAMPLE_DATA_H
#define CTL_SAMPLE_DATA_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/report.h"
#include "domain/school.h"
#include "domain/standard.h"

#define SAMPLE_INDICATORS 7 /* R1..R7 */
#define SAMPLE_MICRO      1000000
#define SAMPLE_REGIONS    160
#define SAMPLE_SHAPES     12
#define SAMPLE_CASES      32
#define SAMPLE_TARGETS    16
#define SAMPLE_PUBLISHED  64
#define SAMPLE_CHANGES    128
#define SAMPLE_STANDARDS  8
#define SAMPLE_BULLETINS  8
#define SAMPLE_PLAN_ROWS  64
#define SAMPLE_FIGURE     40 /* bytes of a figure's name, with their end */

struct sample_region {
	char code[COUNTY_CODE];
	char name[64];
	char recognised[PERIOD_CODE]; /* of a county: in that year; "": it is not */
};

/* One indicator of one stage, in millionths of its unit (teachers or rooms per
 * hundred pupils, m² or yuan per pupil). */
struct sample_spread {
	int64_t mean;
	int64_t sd;
	int64_t low; /* no school is below */
};

struct sample_shape {
	char name[16];
	struct sample_spread of[JUDGED_STAGES][SAMPLE_INDICATORS];
	unsigned known[JUDGED_STAGES]; /* bit i: indicator i was in the table */
};

/* What a special county shows; the names are those of cases.csv. */
enum sample_case {
	SAMPLE_ORDINARY,
	SAMPLE_ALL_MET,
	SAMPLE_PUBLISHED_TABLE,
	SAMPLE_R2_CV,
	SAMPLE_WORKED_EXAMPLE,
	SAMPLE_MISSING_REPORTS,
	SAMPLE_UNDEFINED,
	SAMPLE_MISSING_FIGURE,
	SAMPLE_RECOVERING,
	SAMPLE_ONE_SHORT,
	SAMPLE_WIDE,
	SAMPLE_CASE_COUNT
};

struct sample_special {
	char county[COUNTY_CODE];
	enum sample_case what;
	size_t shape; /* index into shapes */
};

struct sample_target {
	char region[COUNTY_CODE];
	char kind[8]; /* ensure, strive */
	char year[PERIOD_CODE];
	char share[8]; /* a decimal from 0 to 1, as text */
};

/* A school of the county whose figures reproduce a published table. */
struct sample_published {
	struct school school;
	struct report figures; /* only what the table gives; the rest is MISSING */
};

/* What a county's own report, or a school's, says instead of what it would. */
struct sample_change {
	char county[COUNTY_CODE];
	int from; /* first and last year */
	int to;
	int64_t school;             /* the county's n-th, from 1; 0: the county itself */
	char figure[SAMPLE_FIGURE]; /* "G8.teacher", "site.training_budget" */
	int64_t value;              /* millionths, a flag 0 or 1; MISSING: left out */
};

/* A province's standard, as a file of its own. */
struct sample_standard {
	char id[STANDARD_ID];
	char file[96]; /* from the tables' directory */
};

struct sample_bulletin {
	char region[COUNTY_CODE];
	char period[PERIOD_CODE];
	char title[128];
};

/* A row of a county's plan; those of one county are together. */
struct sample_plan_row {
	char county[COUNTY_CODE];
	int64_t in; /* years from the one in which the sample is made; MISSING of safeguards */
	char what[ITEM_NAME]; /* "recognition", "task", "safeguard", or the item of a milestone */
	char text[128];       /* of a milestone its target: a number, or "met" */
};

struct sample_data {
	struct sample_region regions[SAMPLE_REGIONS];
	size_t n_regions;
	struct sample_shape shapes[SAMPLE_SHAPES];
	size_t n_shapes;
	struct sample_special cases[SAMPLE_CASES];
	size_t n_cases;
	struct sample_target targets[SAMPLE_TARGETS];
	size_t n_targets;
	struct sample_published published[SAMPLE_PUBLISHED];
	size_t n_published;
	struct sample_change changes[SAMPLE_CHANGES];
	size_t n_changes;
	struct sample_standard standards[SAMPLE_STANDARDS];
	size_t n_standards;
	struct sample_bulletin bulletins[SAMPLE_BULLETINS];
	size_t n_bulletins;
	struct sample_plan_row plans[SAMPLE_PLAN_ROWS];
	size_t n_plans;
};

/* Reads the tables of dir, those of sample_data.c.
 * ERR_IO, ERR_INVALID as in sample.h; *out is then not to be used. */
enum err sample_data_read(const char *dir, struct sample_data *out,
			  struct err_info *info) MUST_CHECK;

/* The index of the shape of that name, or out->n_shapes when there is none. */
size_t sample_shape_find(const struct sample_data *d, const char *name);

#endif
