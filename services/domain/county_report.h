/* SPDX-License-Identifier: Apache-2.0 */
/* What a county itself reports of one period, by the items of a standard: the figures of
 * domain rules 5 to 7 that no school reports. Evidence is kept with the document, not here:
 * nothing is judged by it. */
#ifndef DOMAIN_COUNTY_REPORT_H
#define DOMAIN_COUNTY_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/standard.h"

#define SUBJECTS_MAX 16
#define SUBJECT_NAME 64
#define LEVEL_MAX    6                               /* Ⅵ */
extern const char *const level_signs[LEVEL_MAX + 1]; /* by level: "Ⅰ" … "Ⅵ"; of 0 "" */
#define DIFFERENCE_ONE 1000000 /* a difference between schools is kept in millionths */

/* One subject of the national quality monitoring. */
struct subject {
	char name[SUBJECT_NAME];
	int level;          /* 1 for Ⅰ …; the higher the better */
	int64_t difference; /* between schools, millionths */
};

enum answer_group {
	ANSWERS_students,
	ANSWERS_parents,
	ANSWERS_teachers,
	ANSWERS_heads,
	ANSWERS_deputies, /* 人大代表、政协委员 */
	ANSWERS_others,
	ANSWER_GROUPS
};
extern const char *const answer_group_names[ANSWER_GROUPS]; /* "students", … */
extern const char *const answer_group_zh[ANSWER_GROUPS];

struct answers {
	int64_t valid; /* MISSING: the group was not reported, nor was satisfied */
	int64_t satisfied;
};

struct item_report {
	bool reported;                   /* the item is in the report */
	int64_t figure[ITEM_FIELDS_MAX]; /* by the item's fields: counts, hundredths, 0 or 1 of
					    a flag; MISSING */
};

/* Some 7 KB. */
struct county_report {
	struct item_report
		items[STANDARD_ITEMS_MAX]; /* by the items of the standard it was read by */
	int subjects_n;                    /* -1: not reported */
	struct subject subjects[SUBJECTS_MAX];
	struct answers answers[ANSWER_GROUPS];
};

/* Nothing reported. */
void county_report_init(struct county_report *r);

#endif
