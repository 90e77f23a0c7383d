/* SPDX-License-Identifier: Apache-2.0 */
/* A standard: the numbers that the rules are judged by. All of them are data
 * (documents in the database); nothing here has a default in code. The national standard
 * names a whole set; a province's names what differs from the one it is based on.
 *
 * Some 150 KB: never a local. */
#ifndef DOMAIN_STANDARD_H
#define DOMAIN_STANDARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/condition.h"
#include "domain/report.h"
#include "domain/school.h"

#define STANDARD_ID        32  /* bytes, with their end: a-z 0-9 and '-' */
#define STANDARD_TEXT      256 /* of a title and a source */
#define STANDARD_ITEMS_MAX 64
#define ITEM_NAME          32 /* bytes, with their end */
#define ITEM_TITLE         160
#define INDICATORS         7

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

/* Which table of the application form an item belongs to: by the first letter of its name. */
enum item_group {
	GROUP_GUARANTEE,   /* G1 … G15: Ⅳ */
	GROUP_QUALITY,     /* Q1 … Q9: Ⅴ */
	GROUP_RECOGNITION, /* S1: Ⅵ */
	GROUP_VETO,        /* V1 … V7 */
	GROUP_OWN,         /* a province's own */
	GROUP_COUNT
};
extern const char *const group_names[GROUP_COUNT]; /* "guarantee", "quality", … */

/* One item besides section 4: what the county reports for it, and what it must meet. */
struct item_rule {
	char name[ITEM_NAME];
	char zh[ITEM_TITLE];
	char en[ITEM_TITLE];
	enum item_group group;
	int fields_n;
	struct declared_field fields[ITEM_FIELDS_MAX];
	int n;
	struct condition conditions[CONDITIONS_MAX];
};

struct standard {
	char id[STANDARD_ID];
	int64_t version;            /* of this id; 0: a draft */
	char base[STANDARD_ID];     /* that it was based on; "" for one that names everything */
	char region[COUNTY_CODE];   /* whose counties it judges, a code prefix; "": the country */
	char from[PERIOD_CODE];     /* first and last period that it judges */
	char to[PERIOD_CODE];       /* "": until a later one of the region */
	char title[STANDARD_TEXT];  /* of the document, in the language of its issuer … */
	char source[STANDARD_TEXT]; /* … and where it is found: cited, never judged by */

	int64_t threshold[JUDGED_STAGES][INDICATORS]; /* at least */
	int64_t cv_limit[JUDGED_STAGES];              /* at most */
	int indicators_needed;                        /* 6: of the seven, the rest at the floor */
	int floor_percent;                            /* 85: of the threshold */
	int teaching_point_students; /* 50: smaller teaching points are not judged */
	struct weight_row weights[WEIGHT_ROWS_MAX];
	int weight_rows;
	bool judge_rounded; /* judge the figure as displayed, not the exact one */
	bool reliefs[RELIEF_COUNT];

	/* What schools report besides the fields of fields.def. */
	int fields_n;
	struct declared_field fields[DECLARED_MAX];

	int items_n;
	struct item_rule items[STANDARD_ITEMS_MAX]; /* G1 …, Q, S, V, then the province's own, in
						       the document's order */
};

/* The weight of a stage in the split of a kind's shared site, hundredths. Where
 * the standard says nothing (no row of the kind, or 0) every pupil counts alike:
 * WEIGHT_ONE. */
int standard_weight(const struct standard *s, const char *kind, enum stage stage);

/* The place of an item in s->items, or -1. */
int standard_item(const struct standard *s, const char *name);

/* The group that an item's name puts it in: "G3" is GROUP_GUARANTEE, "AH1" GROUP_OWN. */
enum item_group item_group_of(const char *name);

/* The place of a field, or -1. */
int declared_field_find(const struct declared_field *fields, int n, const char *name);

/* What follows is for who writes standards: what a document of the right shape may still get
 * wrong. A finding names the place by JSON pointer. */
struct standard_finding {
	char pointer[96];
	const char *code;
	char text[200]; /* zh / en */
};

/* A province's standard may ask for more than the one it is based on, never for less: no
 * threshold, limit, share or item of the base is weakened or left out. (Weights, reliefs,
 * rounding and what it adds are its own.) True when it is at least as strict; else *out names the
 * first place that is not, with the code "weaker". */
bool standard_is_stricter(const struct standard *s, const struct standard *base,
			  struct standard_finding *out) MUST_CHECK;

#endif
