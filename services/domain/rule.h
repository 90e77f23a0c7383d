/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of alerts: what a province wants to be told of. They are data. Of the same id the rule of
 * the nearest region counts, so a province changes, or switches off, what ships, also for a single
 * county; who is watched by them (prefectures, counties) sets none (api/access.h).
 *
 *	kind        an item of a county and period trips it when
 *	threshold   it is not met (items that are not vetoes)
 *	veto        it is not met (items that are nothing but vetoes)
 *	near        it is met, its figure is within `margin` of the limit, and nearer to it than the
 *	            figure of the period before
 *	plan        its figure is behind the plan's line by more than `margin`; or the plan wants it
 *	            met and it is not; also of the records that reach a threshold, where they are
 *	            planned (domain/plan.h)
 *	forecast    the trend does not have it at its limit in the planned year, by more than one of
 *	            the forecast's lines (domain/forecast.h: "unlikely", "no"), before that year
 *	            is known
 *	stale       schools have not reported when the day `due` is over; of the county as a whole:
 *	            the item is RULE_REPORTS
 *	jump        its figure differs from that of the period before by more than `margin` of it;
 *	            or, of schools, a figure of a school's report does (domain/jump.h): the item is
 *	            then RULE_SCHOOLS, and its figure how many schools these are
 *	overdue     its entry of the rectification ledger is open or returned, and the day that
 *	            people set as its deadline is over, in China
 *	late        the county's figures do not take in, for `minutes` now, what it has sent: of the
 *	            county as a whole, the item is RULE_FIGURES. Nothing can be computed then, so it
 *	            is seen from outside, and over with the next computation of the period
 *
 * Margins are shares of the limit (near, threshold), of the wanted figure (plan), of the figure
 * before (jump). An alert that is open goes on until the figure is on the right side by `clear`
 * more: so a figure that wavers about a limit raises one alert, not ten. Of nothing (no school may
 * fail, the plan wants none) whatever is beyond it is so by any share, and what is not is over:
 * levels by schools say there how severe it is.
 *
 * Of an item that lacks data a figure is only that of those who have reported: all that compare it
 * say nothing then, and no later period is held against it.
 *
 * What decides is the exact status, where a rule asks for it; margins are shares of figures as they
 * are shown, reckoned in double precision and taken to nine decimals: an alert is no verdict. */
#ifndef DOMAIN_RULE_H
#define DOMAIN_RULE_H

#include "domain/forecast.h"
#include "domain/item.h"
#include "domain/level.h"

#define RULE_ID             16 /* [a-z][a-z0-9-]*, with its end */
#define RULE_TITLE_CHARS    60
#define RULE_ITEMS_MAX      16
#define RULE_LEVELS_MAX     4
#define RULE_STEPS_MAX      (ALERT_LEVELS - 1)
#define RULES_OF_REGION_MAX 16
#define RULES_OF_COUNTY_MAX (4 * RULES_OF_REGION_MAX) /* nation, province, prefecture, county */
#define RULES_MAX           1024                      /* in all */
#define RULE_ONE            1000000                   /* of shares */
#define RULE_SHARE_MAX      (INT64_C(10) * RULE_ONE)
#define RULE_HOLD_DAYS_MAX  366
#define RULE_HOLD_TERMS_MAX 6 /* three school years */
#define RULE_MINUTES_MAX    10080
#define RULE_COUNT_MAX      10
#define RULE_DUE            6 /* "12-31" */
#define RULE_DUE_DAYS_MAX   120

#define RULE_REPORTS       "reports" /* the item of stale alerts */
#define RULE_SCHOOLS       "schools" /* … of jumps of schools */
#define RULE_FIGURES       "figures" /* … of late ones */
#define RULE_ITEMS_BESIDES 3         /* of a county, besides those of its standard */

struct calendar; /* domain/calendar.h */

enum rule_kind {
	ALERT_ON_THRESHOLD,
	ALERT_ON_VETO,
	ALERT_ON_NEAR,
	ALERT_ON_PLAN,
	ALERT_ON_FORECAST,
	ALERT_ON_STALE,
	ALERT_ON_JUMP,
	ALERT_ON_OVERDUE,
	ALERT_ON_LATE,
	ALERT_ON_KINDS
};
extern const char *const rule_kind_names[ALERT_ON_KINDS];

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL, SEVERITIES };
extern const char *const severity_names[SEVERITIES];

/* An alert has the highest severity of the levels that it reaches. */
struct rule_level {
	enum severity severity;
	int64_t beyond;  /* at least so far beyond, as a share: of what, see above; 0: always */
	int64_t schools; /* at least so many schools behind it, where they are known; 0: any */
};

/* For so long a condition must go on: computations from newer data that say so, and days of 24
 * hours; or working days (domain/calendar.h), until the same time of the last of them, in China; or
 * until terms have ended.
 *
 * A term counts when its last day is the day on which the condition was first seen, in China, or
 * one behind it: what is seen in the holidays waits for the next term to end. The hold has lasted
 * when the last day of the terms-th is over, in China.
 *
 * Where the county's calendar does not know the terms of a school year on the way, that of the
 * first day to begin with, nobody knows when that is: the hold is not kept, nothing comes due, and
 * what waits so is provisional. A calendar that says them later has the county looked at again. */
struct rule_hold {
	int confirmations; /* ≥ 1 */
	int days;
	int terms; /* > 0: instead of days; RULE_HOLD_TERMS_MAX */
	bool working;
};

/* So many working days after it fired, an alert that stays goes up: domain/alert.h. */
struct rule_step {
	enum alert_level to;
	int working_days; /* 1 to RULE_HOLD_DAYS_MAX */
	bool unresolved;  /* also when somebody has acknowledged it */
};

/* When the reports of a period are due: on a day of the year that names it; or so many working days
 * behind the first day of a term of its school year, as the county's calendar says. */
struct rule_due {
	char day[RULE_DUE]; /* "" where it is by a term */
	int term;           /* 0 the first, 1 the second */
	int working_days;   /* 0 … RULE_DUE_DAYS_MAX */
};

struct alert_rule {
	char id[RULE_ID];
	char region[COUNTY_CODE]; /* "": the nation */
	int64_t version;
	char title[4 * RULE_TITLE_CHARS + 1]; /* "" */
	enum rule_kind kind;
	bool enabled;
	char items[RULE_ITEMS_MAX][ITEM_NAME]; /* names, with '*' for any characters */
	size_t items_n;                        /* 0: all that the kind is about */
	int64_t margin, clear;
	bool of_schools;     /* jump: of schools' figures, not of items' */
	struct rule_due due; /* of stale */
	struct rule_hold hold, clear_hold;
	int minutes;     /* of late, 1 to RULE_MINUTES_MAX */
	int repeat_days; /* told again while it is neither acknowledged nor over; 0: never */
	struct rule_level levels[RULE_LEVELS_MAX];
	size_t levels_n; /* > 0; the first has neither beyond nor schools */
	struct rule_step steps[RULE_STEPS_MAX];
	size_t steps_n; /* 0: it goes nowhere; levels and days ascend */
};

/* Whether a rule is about an item of domain/plan.h: its kind and its patterns are. What is planned
 * but no item by itself, R2.primary.schools, is for kind plan alone. */
bool rule_covers(const struct alert_rule *rule, const struct standard *s, size_t item);
bool rule_name_matches(const char *pattern, const char *name);

/* Of rules ordered by the length of their region, the longest first: those that are in force for a
 * county; of the same id the nearest. Disabled ones are left out, and hide farther ones. Returns
 * how many; more than RULES_OF_COUNTY_MAX there cannot be. */
size_t rules_in_force(const struct alert_rule *rules, size_t n, const char *county,
		      const struct alert_rule *out[RULES_OF_COUNTY_MAX]);

/* What is known of an item, or of the reports. */
struct rule_facts {
	struct item item;
	bool rising; /* more is better */
	bool has_before;
	double before; /* of the period before */
	bool has_plan; /* the county has one, whatever it wants of the item */
	enum plan_wanted wanted;
	double wanted_value; /* of PLAN_WANTED_VALUE, in the item's unit */
	bool foretold;       /* there are figures enough, and a planned year */
	bool arrived;        /* the item is known of the planned year, or of a later one */
	enum forecast_chance chance;
	int64_t schools; /* behind it; -1: not counted */
	bool overdue; /* stale: the day is over; overdue: it is, and the entry not done; late: they
			 are */
	bool undated; /* stale: nobody knows the day */
	bool in_ledger; /* overdue: the period judged decides about an entry, not withdrawn */
};

/* When the day is over, in China, on which reports of the period of a year are due: microseconds
 * since the epoch. calendar: NULL knows nothing. provisional: as in domain/calendar.h. False where
 * the calendar does not know the term. */
bool rule_due_us(const struct rule_due *due, const struct calendar *calendar, int year,
		 int64_t *ret_us, bool *provisional) MUST_CHECK;

enum trip {
	TRIP_NO,
	TRIP_YES,
	TRIP_UNKNOWN, /* the figures do not say */
	TRIP_GONE     /* the item is not about the county: not_applicable */
};

struct rule_reading {
	enum trip trip;
	enum severity severity; /* of TRIP_YES */
	bool has_limit;
	double limit; /* that the figure is held against: the item's, the plan's, the one before */
};

/* Whether what a later period than an alert's says ends it. Of the county as a whole (stale, jump
 * of schools) it does so only when it knows an item, or its own reports are due: of the first
 * report of a school year, for which nobody is late yet, what there was in the year before is no
 * better. That an item is gone ends nothing before another is known. */
bool rule_is_answered(const struct alert_rule *rule, const struct rule_facts *later,
		      bool knows_any);

/* Whether a later period that settles the item (domain/alert.h) settles it for the rule: an entry
 * that is late stays so until it is done, whatever a later year says; it is of its own period
 * alone. */
bool rule_is_settled(const struct alert_rule *rule, const struct rule_facts *facts, bool settled);

/* open: an alert of it is, so that `clear` counts. */
void rule_read(const struct alert_rule *rule, const struct rule_facts *facts, bool open,
	       struct rule_reading *out);

#endif
