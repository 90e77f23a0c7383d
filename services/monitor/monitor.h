/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of the monitor: one thread that decides everything.
 *
 *	wait for a hint, or until something is due
 *	recompute each hinted county, and publish its events
 *	every sweep_ms: recompute what no hint announced, tell what no monitor told
 *
 * During a sweep hints go first, so that a fresh change does not wait behind a national
 * import. Nothing ends the loop but the stop flag: a database that is away is waited for,
 * and a county that cannot be computed is tried again later, less and less often. */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include <signal.h>

#include "bus/bus.h"
#include "monitor/delays.h"
#include "monitor/evaluate.h"
#include "monitor/hints.h"
#include "monitor/publisher.h"

struct monitor {
	struct store *store; /* borrowed, as pull and stop */
	struct bus_pull *pull;
	const volatile sig_atomic_t *stop;
	int sweep_ms;
	int64_t next_sweep_us;
	int64_t bad_hints; /* that were none, since the last sweep */
	int64_t dropped_told;
	bool down; /* the database failed: wait for it before anything else */
	struct hints hints;
	struct delays delays;
	struct evaluator evaluator;
	struct publisher publisher;
};

struct monitor_options {
	struct store *store;
	struct bus_pull *pull;
	struct bus_pub *pub;
	int sweep_ms;
	int settle_ms;
	const volatile sig_atomic_t *stop; /* set by a signal handler */
};

enum err monitor_init(struct monitor *m, const struct monitor_options *options) MUST_CHECK;
void monitor_release(struct monitor *m);

/* Until *stop. The county in hand is finished, and what was told is marked. */
void monitor_run(struct monitor *m);

#endif
