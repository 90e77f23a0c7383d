/* SPDX-License-Identifier: Apache-2.0 */
/* A year of which a county has sent nothing, though it has of the year before. It has no period
 * that could be computed; yet a rule of kind stale asks of it whether its reports are there. So
 * whenever the year before is computed, these rules look at the silent one, too: as at a period of
 * version 0 of which no school has reported. That makes no period, and nobody's figures.
 *
 * A rule looks at the silent year when its day is over, and then no more at the year before: of a
 * condition one alert is open. It goes on as long as nothing comes, with its reminders and its
 * steps; with the first report the year has a period of its own, whose computations take it over.
 * Where no standard judges it any more nobody is awaited, and that is over. Of several silent years
 * it is told of the first. */
#ifndef MONITOR_SILENT_H
#define MONITOR_SILENT_H

#include "monitor/schools.h"
#include "store/recompute.h"

/* Large: one is owned by who computes, cleared. */
struct silent_year {
	struct recompute_input rest; /* of the year before, without what is here */
	struct recompute_input in;   /* of the silent one */
	bool any;                    /* there is something to be looked at */
	struct county_judgement judged;
	struct entry_standing entries[ITEMS_MAX]; /* none */
	struct transition transitions[TRANSITIONS_MAX];
	size_t n;
	struct school_lists schools;
};

/* Takes what the silent year is looked at by from a county's input, if there is one behind its
 * period. Returns what is left: in itself where nothing was taken. *ret_due_us: when a silent year
 * is late that is not yet; 0 never. */
const struct recompute_input *silent_take(struct silent_year *s, const struct recompute_input *in,
					  int64_t *ret_due_us);

/* Steps the alerts of what was taken into s->transitions, s->n of them. records: room as for
 * county_judge() of the county. Makes *io_due_us sooner, if that comes due sooner. ERR_NOMEM. */
enum err silent_step(struct silent_year *s, struct record *records, size_t cap, int64_t *io_due_us,
		     struct err_info *info) MUST_CHECK;

#endif
