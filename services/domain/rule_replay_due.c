/* SPDX-License-Identifier: Apache-2.0 */
/* What depends on time alone, between two computations: the days of reports, also of a year of
 * which nothing was sent; the ends of holds; and that what was sent waits. */
#include <string.h>

#include "base/timeutil.h"
#include "domain/rule_replay_parts.h"

#define MINUTE_US (DAY_US / 1440)

/* --- a silent year ------------------------------------------------------------------------- */

void replay_take_silent(struct replay *r, int64_t until_us)
{
	const struct replay_past *past = r->past;

	for (; r->silent < past->silent_n && past->silent[r->silent].at_us <= until_us;
	     r->silent++) {
		const struct replay_silent *step = &past->silent[r->silent];
		const int year = replay_year(step->period);

		if (year < 0)
			continue;
		r->seen[year].silent = step;
		r->seen[year].awaited += step->awaited;
		r->seen[year].opened |= step->opened;
	}
}

/* Behind a computed year one of which nothing is sent. */
static bool is_silent(const struct replay *r, int year)
{
	return year > 0 && year < REPLAY_PERIODS_MAX && r->seen[year].silent &&
	       !r->seen[year].opened && !r->seen[year].look && r->seen[year - 1].look;
}

/* The silent year that schools are awaited of: behind the latest that they have reported; -1: none.
 */
static int silent_year(const struct replay *r)
{
	int year = REPLAY_PERIODS_MAX;

	while (year > 0 && !(r->seen[year - 1].look && r->seen[year - 1].look->reported))
		year--;
	return is_silent(r, year) ? year : -1;
}

static bool is_told_of(const struct replay *r, int year)
{
	return r->memory.state != ALERT_CLOSED && replay_year(r->memory.period) == year;
}

/* When the rule begins to look at the silent year; INT64_MAX never. */
static int64_t silent_us(struct replay *r, int year)
{
	bool provisional = false;
	int64_t due_us;

	if (year < 0 || r->seen[year].awaited <= 0 ||
	    !rule_due_us(&r->rule->due, r->past->calendar, REPLAY_FIRST_YEAR + year, &due_us,
			 &provisional))
		return INT64_MAX;
	r->provisional |= provisional && due_us <= r->past->now_us;
	return due_us;
}

/* As at a period of version 0 of which no school has reported. Once it lets go, the year before is
 * looked at again. */
static void look_silent(struct replay *r, int year, int64_t at_us)
{
	const struct replay_look *before = r->seen[year - 1].look;
	struct replay_look none = { .at_us = at_us, .missing = r->seen[year].awaited };
	const bool told = is_told_of(r, year);

	memcpy(none.period, r->seen[year].silent->period, sizeof(none.period));
	r->seen[year].look = &none;
	replay_look(r, none.period, none.version, at_us);
	r->seen[year].look = NULL;
	if (told && r->memory.state == ALERT_CLOSED)
		replay_look(r, before->period, before->version, at_us);
}

void replay_look_at(struct replay *r, const struct replay_look *l)
{
	const int next = replay_year(l->period) + 1;

	if (is_silent(r, next) &&
	    (is_told_of(r, next) || (silent_year(r) == next && silent_us(r, next) <= l->at_us)))
		look_silent(r, next, l->at_us);
	else
		replay_look(r, l->period, l->version, l->at_us);
}

/* --- what comes due ------------------------------------------------------------------------ */

/* The period whose reports are due next; -1: none. */
static int next_due(const struct replay *r)
{
	int next = -1;

	for (int i = 0; i < REPLAY_PERIODS_MAX; i++) {
		const struct seen *s = &r->seen[i];

		if (s->look && s->due_us != INT64_MAX &&
		    (next < 0 || s->due_us < r->seen[next].due_us))
			next = i;
	}
	return next;
}

/* When the period begins to be late that has waited for longest, unless that is told already;
 * INT64_MAX never. */
static int64_t next_late(const struct replay *r, const struct replay_version **ret_waiting)
{
	const struct replay_version *first = NULL;
	int64_t at_us;

	if (!replay_is_of(r, ALERT_ON_LATE) || r->memory.state != ALERT_CLOSED)
		return INT64_MAX;
	for (int i = 0; i < REPLAY_PERIODS_MAX; i++) {
		const size_t n = r->seen[i].waiting;

		if (n < r->past->versions_n &&
		    (!first || r->past->versions[n].at_us < first->at_us))
			first = &r->past->versions[n];
	}
	if (!first)
		return INT64_MAX;
	*ret_waiting = first;
	at_us = first->at_us + r->rule->minutes * MINUTE_US;
	return at_us > r->now_us ? at_us : r->now_us; /* another was told until now */
}

static void begin_late(struct replay *r, const struct replay_version *waiting, int64_t at_us)
{
	r->late_minutes = (at_us - waiting->at_us) / MINUTE_US;
	replay_look(r, waiting->period, waiting->version, at_us);
	r->late_minutes = 0;
}

static void look_again(struct replay *r, int year, int64_t at_us)
{
	const struct replay_look *l = r->seen[year].look;

	r->seen[year].due_us = INT64_MAX;
	replay_look(r, l->period, l->version, at_us);
}

/* What the alert itself waits for; of a silent year of which something was sent by then, that is
 * for its first computation to say. */
static void look_in_time(struct replay *r, int64_t at_us)
{
	const int year = replay_year(r->memory.period);
	char period[PERIOD_CODE];

	r->due_us = 0;
	if (r->seen[year].silent && !r->seen[year].look) {
		if (is_silent(r, year))
			look_silent(r, year, at_us);
		return;
	}
	memcpy(period, r->memory.period, sizeof(period));
	replay_look(r, period, r->memory.counted, at_us);
}

/* When the silent year, of which nothing is told yet, is looked at without any data. */
static int64_t next_silent(struct replay *r)
{
	const int year = silent_year(r);
	const int64_t at_us = year < 0 || is_told_of(r, year) ? INT64_MAX : silent_us(r, year);

	return at_us > r->now_us ? at_us : INT64_MAX; /* else it was, by the last computation */
}

/* What comes due first, at at_us; period_us: when the reports of a year are, INT64_MAX none. */
static void take_next(struct replay *r, int64_t at_us, int64_t period_us, int year)
{
	replay_take_silent(r, at_us);
	if (at_us == period_us)
		look_again(r, year, at_us);
	else if (at_us == r->due_us && r->memory.state != ALERT_CLOSED)
		look_in_time(r, at_us);
	else if (at_us == next_silent(r)) /* nothing was sent of it by then */
		look_silent(r, silent_year(r), at_us);
}

static int64_t sooner(int64_t a_us, int64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

void replay_come_due(struct replay *r, int64_t until_us)
{
	for (;;) {
		const struct replay_version *waiting = NULL;
		const int year = next_due(r);
		const int64_t period_us = year < 0 ? INT64_MAX : r->seen[year].due_us;
		const int64_t late_us = next_late(r, &waiting);
		const int64_t alert_us =
			r->due_us && r->memory.state != ALERT_CLOSED ? r->due_us : INT64_MAX;
		const int64_t at_us = sooner(sooner(period_us, alert_us), next_silent(r));

		if (sooner(at_us, late_us) > until_us)
			return;
		if (late_us <= until_us && waiting)
			begin_late(r, waiting, late_us);
		else
			take_next(r, at_us, period_us, year);
	}
}
