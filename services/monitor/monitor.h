/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of the monitor: one thread that decides everything.
 *
 *	wait for a hint, for the crew, or until something is due
 *	recompute what was freshly hinted, the counties that wait together in one transaction, and
 *	publish their events
 *	give the crew what many changes at once have left, a lot at a time (crew.h)
 *	every sweep_ms, a look at a time: what no hint announced, what no monitor told
 *
 * So a fresh change does not wait behind a national import. Nothing but the stop flag ends the
 * loop: a database that is away is waited for, and a county that cannot be computed is tried again
 * later, less and less often. When that lasts, it is an alert (store/late.h). */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <signal.h>

#include "bus/bus.h"
#include "monitor/crew.h"
#include "monitor/delays.h"
#include "monitor/evaluate.h"
#include "monitor/hints.h"
#include "monitor/pace.h"
#include "monitor/publisher.h"

struct monitor {
	struct store *store; /* borrowed, as pull and stop */
	struct bus_pull *pull;
	const volatile sig_atomic_t *stop;
	int sweep_ms;
	int late_s;
	int64_t next_sweep_us;
	size_t sweep_step;    /* of a round that is being made; 0 between rounds */
	int64_t next_late_us; /* when to look for figures that are late */
	int64_t bad_hints;    /* that were none, since the last sweep */
	int64_t dropped_told;
	bool down;          /* the database failed: wait for it before anything else */
	int passed_over;    /* sweeps that did not look for counties */
	bool more;          /* the last sweep found more than there was room for */
	bool held;          /* all that is fresh is of counties that the crew is at */
	struct hints fresh; /* each is somebody's change: first come, first served */
	struct hints rest;  /* of imports, and what a sweep found: for the crew */
	struct hints alone; /* of a lot that failed: for the crew, one by one */
	struct pace pace;   /* of the rest */
	struct delays delays;
	struct telling telling;
	int64_t told; /* ticket of the events that were published last */
	struct evaluator evaluator;
	struct lot own; /* of fresh counties, that we are at */
	struct crew crew;
	struct publisher publisher;
};

struct monitor_options {
	struct store *store;
	struct bus_pull *pull;
	struct bus_pub *pub;
	int sweep_ms;
	int late_s; /* a computation that takes in a change later than that is counted as late */
	int settle_ms;
	const volatile sig_atomic_t *stop; /* set by a signal handler */
};

enum err monitor_init(struct monitor *m, const struct monitor_options *options) MUST_CHECK;
void monitor_release(struct monitor *m);

/* Until *stop. The counties in hand are finished, and what was told is marked. */
void monitor_run(struct monitor *m);

/* What a failure of the store means for the loop: true when the database is away. */
bool monitor_database_is_down(struct monitor *m, enum err e);

#endif
