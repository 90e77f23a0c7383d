/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor's rounds, for what no hint announces: counties that are behind, figures that are
 * late, alerts that were held back, events that nobody told, and what was counted. A round is made
 * in steps of one look each, so that a fresh change waits for one at most. A failure is no more
 * than a delay: the next round finds the same. */
#ifndef MONITOR_SWEEP_H
#define MONITOR_SWEEP_H

#include "monitor/monitor.h"

void sweep_init(struct monitor *m);

/* Whether it is time, there is room again for more of what is behind, or a round goes on. */
bool sweep_is_due(const struct monitor *m);

/* The next step of a round. With the database away the round is over: the next begins when it is
 * back. */
void sweep_step(struct monitor *m);

/* Takes what was counted to the database: a part of each round, and of the end. */
void sweep_tallies(struct monitor *m);

#endif
