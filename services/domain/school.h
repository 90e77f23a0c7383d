/* SPDX-License-Identifier: Apache-2.0 */
/* A school, its kind, and which stages of it are judged. */
#ifndef DOMAIN_SCHOOL_H
#define DOMAIN_SCHOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/report.h"

#define COUNTY_CODE 7   /* GB/T 2260, six digits, with its end */
#define SCHOOL_CODE 11  /* 学校标识码, ten digits, with its end */
#define PERIOD_CODE 5   /* "2025" is the school year 2025/26, with its end */
#define SCHOOL_NAME 121 /* bytes of UTF-8, with their end: 40 Chinese characters */

struct school {
	char code[SCHOOL_CODE];
	char county[COUNTY_CODE];
	char parent[SCHOOL_CODE]; /* of a campus: the school its numbers are added to; or "" */
	char name[SCHOOL_NAME];
	char kind[4];   /* 办学类型, see kinds.def */
	char locale[4]; /* 城乡分类 */
	int sponsor;    /* 举办者: 1–8 public, 9 enterprise, 10 private */
	int founded;    /* year, 0 when unknown */
	bool boarding;
	bool dense_centre;
	bool closed;
};

/* A row of kinds.def. 'x' in a code stands for any digit (36x, 51x). */
struct kind {
	const char *code;
	const char *zh;
	unsigned stages;     /* bits 1 << enum stage: what a school of this kind may report */
	bool judged;         /* in scope of the seven indicators */
	bool teaching_point; /* out of scope below the standard's number of pupils */
};

/* NULL when there is no such kind. */
const struct kind *kind_find(const char *code);

bool kind_has_stage(const struct kind *kind, enum stage stage);

bool locale_is_known(const char *locale); /* 111 112 121 122 123 210 220 */
bool locale_is_rural(const char *locale); /* 210 220 */

bool school_is_public(const struct school *s);

/* Whether a key's region ("" the country, a code prefix, or a school's own code) covers a
 * county or region, or, being a school's own, this school. */
bool region_covers(const char *region, const char *county, const char *school);

bool school_equal(const struct school *a, const struct school *b);

#endif
