/* SPDX-License-Identifier: Apache-2.0 */
/* One transition of an alert, numbered: what the monitor records, and everybody is told. */
#ifndef DOMAIN_EVENT_H
#define DOMAIN_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/timeutil.h"
#include "domain/item.h"
#include "domain/level.h"
#include "domain/school.h"

#define EVENT_ID 37 /* a UUID, with its end */
/* Events of a county belong together as long as none comes later than this after the one before. */
#define EVENT_STORY_MINUTES 10
#define EVENT_BY            128
#define EVENT_COMMENT_CHARS 500
#define EVENT_NAME_CHARS    60
#define EVENT_SCHOOLS_MAX   20 /* named; there may be more */

/* The schools behind what an event tells, those that weigh most first. */
struct event_schools {
	size_t n;
	int64_t all; /* with those that are not named */
	char codes[EVENT_SCHOOLS_MAX][SCHOOL_CODE];
};

struct event {
	int64_t seq;
	char id[EVENT_ID];
	char type[24]; /* "alert.firing" */
	char time[TIME_TEXT];
	int64_t alert;
	int64_t story; /* the number of the first event that it belongs together with */
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
	char item[ITEM_NAME];
	char rule[16];
	char kind[16]; /* of the rule: domain/rule.h */
	char severity[12];
	bool has_value;
	bool has_limit;
	double value;
	double limit;
	int64_t version;
	char reason[16];                           /* why, in a word */
	enum alert_level level;                    /* that the alert has gone up to */
	char by[EVENT_BY];                         /* who: the label of a key; "": the data */
	char comment[4 * EVENT_COMMENT_CHARS + 1]; /* "" */
	char assignee[4 * EVENT_NAME_CHARS + 1];   /* "": nobody */
	char until[TIME_TEXT];                     /* of a snooze; "" */
	char held[32];                             /* why nobody is told; "": they are */
	struct event_schools schools;
	bool provisional; /* domain/alert.h */
};

#endif
