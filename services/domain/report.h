/* SPDX-License-Identifier: Apache-2.0 */
/* One school's report of one period, as exact integers.
 *
 * Counts are whole numbers; areas and money are hundredths (base/decimal.h). A
 * figure that was not reported is MISSING, which is not zero: what needs it has
 * no data. Source: national statistics of basic education (domain terms). */
#ifndef DOMAIN_REPORT_H
#define DOMAIN_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MISSING INT64_MIN

/* Bounds that a report keeps, so that products of its figures stay within their
 * types: readers refuse what is beyond them. Sums of campuses stop at
 * AMOUNT_SUM_MAX; counts need no such stop, being so much smaller. */
#define COUNT_MAX      10000000         /* no school has ten million of anything */
#define AMOUNT_MAX     900000000000000  /* hundredths: DECIMAL_MAX m² or yuan */
#define AMOUNT_SUM_MAX 3000000000000000 /* hundredths */
#define ROOMS_MAX      64

/* STAGE_SENIOR is reported for the split of shared sites only: it is never judged. */
enum stage { STAGE_PRIMARY, STAGE_JUNIOR, STAGE_SENIOR, STAGE_COUNT };
#define JUDGED_STAGES 2

enum stage_field {
#define STAGE_FIELD(name, zh, sign) STAGE_##name,
#include "domain/fields.def"
#undef STAGE_FIELD
	STAGE_FIELD_COUNT
};

enum site_field {
#define SITE_FIELD(name, unit, zh, sign) SITE_##name,
#include "domain/fields.def"
#undef SITE_FIELD
	SITE_FIELD_COUNT
};

enum room_list {
#define ROOM_LIST(name, zh, sign) ROOMS_##name,
#include "domain/fields.def"
#undef ROOM_LIST
	ROOM_LIST_COUNT
};

enum unit { UNIT_COUNT, UNIT_AREA, UNIT_MONEY };

struct field {
	const char *name; /* on the wire and in SQL */
	const char *zh;   /* statistics name */
	enum unit unit;
	const char *sign; /* what the office's forms count it in: 人, 班, 间, ㎡, 元 or 万元 */
};

extern const struct field stage_fields[STAGE_FIELD_COUNT];
extern const struct field site_fields[SITE_FIELD_COUNT];
extern const struct field room_lists[ROOM_LIST_COUNT];
extern const char *const stage_names[STAGE_COUNT]; /* "primary", "junior", "senior" */
extern const char *const stage_zh[STAGE_COUNT];    /* 小学, 初中, 高中 */

/* A part and the whole it may not exceed; both are indices into the fields. */
struct part {
	int part;
	int whole;
};

#define STAGE_PARTS 9
#define SITE_PARTS  1
extern const struct part stage_parts[STAGE_PARTS];
extern const struct part site_parts[SITE_PARTS];

struct stage_report {
	bool present; /* the stage was reported at all; then some figure is not MISSING */
	int64_t figure[STAGE_FIELD_COUNT];
};

struct rooms {
	int n;                   /* -1: the list is missing */
	int64_t area[ROOMS_MAX]; /* hundredths of m² */
};

/* A figure that the standard of the school's province declares (standard.fields), by name: it
 * stays as it was reported when the standard changes. The unit is the declaration's. */
#define DECLARED_MAX  16
#define DECLARED_NAME 32 /* bytes, with their end */

struct declared_figure {
	char name[DECLARED_NAME];
	int64_t value; /* hundredths of what was sent, whatever the unit: 480 pupils are 48000 */
};

struct report {
	struct stage_report stages[STAGE_COUNT];
	int64_t site[SITE_FIELD_COUNT];
	struct rooms rooms[ROOM_LIST_COUNT];
	int declared_n;
	struct declared_figure declared[DECLARED_MAX]; /* ordered by name, none twice */
};

/* Hundredths of a declared figure, MISSING when it was not reported. */
int64_t report_declared(const struct report *r, const char *name);

/* No stage present, every figure missing. */
void report_init(struct report *r);

bool report_equal(const struct report *a, const struct report *b);

/* Adds a campus to its parent's report: figures are summed (the larger counts
 * for largest_class), room lists are joined (cut at ROOMS_MAX), and a figure
 * that is missing on either side of a stage that both report is missing in the
 * sum. A stage that only one of them reports is that one's. The site belongs to
 * both: a site figure that either misses is missing, and so is a declared one. */
void report_add(struct report *into, const struct report *campus);

#endif
