/* SPDX-License-Identifier: Apache-2.0 */
/* How often the crew is given what many changes at once have left. While something fresh waits it
 * is a lot every PACE_US at most: a single change does not wait for the nation; and no less often,
 * so that the nation comes to an end however long single changes go on. */
#ifndef MONITOR_PACE_H
#define MONITOR_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_US 100000

/* Of zeros: nothing was given yet. */
struct pace {
	int64_t next_us; /* time_monotonic_us */
};

/* Whether a lot may be given now, which is then counted as given. */
bool pace_takes(struct pace *p, bool fresh_waits, int64_t now_us);

#endif
