/* SPDX-License-Identifier: Apache-2.0 */
/* What an item of a standard asks for: conditions, all of which must be met. The national
 * items and those that a province adds are made of the same few rules; only the numbers,
 * fields and filters differ, and those are data of the standard.
 *
 *	confirmed   a flag that the county reports is true
 *	veto        … is not true: it did not happen
 *	ratio       a sum of figures over another (or over 1), against a threshold;
 *	            per pupil is a ratio to "students"
 *	growth      the part by which such a sum or ratio of the county's own report has grown
 *	            since the period before: 103 after 100 is 3 %
 *	rooms       every school has a music and an art room for each 12 classes (G3)
 *	subjects    national quality monitoring, subject by subject (Q9)
 *	groups      satisfied among valid answers, by group and in total (S1)
 *
 * Thresholds are thousandths of the measure: 95 % is 95000, 2000 pupils 2000000. */
#ifndef DOMAIN_CONDITION_H
#define DOMAIN_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/report.h"

#define CONDITIONS_MAX  4
#define TERMS_MAX       4
#define ITEM_FIELDS_MAX 8
#define FIELD_NAME      DECLARED_NAME
#define FIELD_ZH        64

enum relief {
#define RELIEF(name, zh) RELIEF_##name,
#include "domain/reliefs.def"
#undef RELIEF
	RELIEF_COUNT
};

enum filter {
#define FILTER(name, zh) FILTER_##name,
#include "domain/filters.def"
#undef FILTER
	FILTER_COUNT
};

enum rule {
	RULE_CONFIRMED,
	RULE_VETO,
	RULE_RATIO,
	RULE_GROWTH,
	RULE_ROOMS,
	RULE_SUBJECTS,
	RULE_GROUPS,
	RULE_COUNT
};

enum compare { AT_LEAST, MORE_THAN, AT_MOST, LESS_THAN, COMPARE_COUNT };

/* In what a value is told. A percentage is 100 times its ratio, and is shown with one
 * decimal; all others are shown with two. */
enum measure {
	MEASURE_PERCENT,
	MEASURE_PERSONS,
	MEASURE_YUAN,
	MEASURE_AREA, /* m² */
	MEASURE_ROOMS,
	MEASURE_NUMBER,
	MEASURE_COUNT
};

/* Named in standards' documents. */
extern const char *const relief_names[RELIEF_COUNT];
extern const char *const relief_zh[RELIEF_COUNT];
extern const char *const filter_names[FILTER_COUNT];
extern const char *const filter_zh[FILTER_COUNT];
extern const char *const rule_names[RULE_COUNT];       /* "confirmed", "veto", … */
extern const char *const compare_names[COMPARE_COUNT]; /* "at_least", … */
extern const char *const compare_signs[COMPARE_COUNT]; /* "≥", ">", "≤", "<" */
extern const char *const measure_names[MEASURE_COUNT]; /* "percent", "persons", … */
extern const char *const measure_signs[MEASURE_COUNT]; /* "%", "人", "元", "m²", "间", "" */

/* A figure that a condition counts. */
enum source {
	SOURCE_ITEM,    /* a field of an item of the county's own report: "moved", "G11.moved" */
	SOURCE_STAGE,   /* enum stage_field of a school, of the condition's stage or of its
			   compulsory stages together */
	SOURCE_SITE,    /* enum site_field */
	SOURCE_DECLARED /* a field of schools that the standard declares */
};

struct term {
	bool minus;
	enum source source;
	int item;  /* SOURCE_ITEM: index into standard.items */
	int field; /* index into the source's fields */
};

/* No terms: 1. */
struct sum {
	int n;
	struct term terms[TERMS_MAX];
};

/* G3: for each so many classes (of the compulsory stages together), one room of each list
 * that reaches the area. Areas are hundredths of m². */
struct rooms_rule {
	int classes;                         /* 12 */
	int64_t area[ROOM_LIST_COUNT];       /* 96, 90 m² */
	int older_founded;                   /* 2016: relief older_rooms up to this year */
	int64_t older_area[ROOM_LIST_COUNT]; /* 73, 67 */
	int small_students;                  /* 100: relief small_rural_rooms below it … */
	int small_largest_class;             /* … and with every class below 30 pupils */
	int64_t small_area[JUDGED_STAGES];   /* 54, 61 of either list; the larger where a
						school has both stages */
};

struct condition {
	enum rule rule;
	int flag; /* confirmed and veto: the item's field */

	/* ratio and growth: sum `of` over sum `to`. */
	struct sum of;
	struct sum to;
	enum measure measure; /* of the threshold */
	enum compare compare;
	int64_t threshold;
	bool share; /* `of` is a part of `to`: reports where it is not within 0 … `to` are refused
		     */

	/* ratio: of every school by itself, or once for the county, where figures of schools
	 * are summed over those that the filters admit. */
	bool each_school;
	int stage;              /* enum stage; -1: the compulsory stages together */
	unsigned filters;       /* bits 1 << enum filter */
	int64_t students_below; /* only schools with fewer pupils; 0: all */
	bool teaching_points;   /* also those too small to be judged by section 4 */
	int relief;             /* enum relief that puts relief_threshold in place; -1: none */
	int64_t relief_threshold;

	struct rooms_rule rooms;

	int level;                /* subjects: at least this one, 3 for Ⅲ … */
	int64_t difference_below; /* … and a difference between schools below this, millionths */

	bool each_group; /* groups: each group that has answers, not only the total */
};

/* A field of a county's item, or of schools as a standard declares it. */
struct declared_field {
	char name[FIELD_NAME];
	char zh[FIELD_ZH];
	bool flag;      /* true or false; of items only */
	enum unit unit; /* unless flag */
};

#endif
