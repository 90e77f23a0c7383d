/* SPDX-License-Identifier: Apache-2.0 */
/* Counties whose recompute failed, and when each is tried again: one county that cannot be
 * computed must not hold up the others, nor be tried in a tight loop.
 *
 * The first failure, if it was a quick one, only asks for another try (a connection that
 * broke, a deadlock); then the wait doubles from a second to a minute, and is at least four
 * times what the try took. A success forgets the county.
 * Bounded: when full, the county that is due soonest is forgotten for the new one. */
#ifndef MONITOR_DELAYS_H
#define MONITOR_DELAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/recompute.h"

#define DELAYS_MAX       256
#define DELAY_FIRST_US   1000000
#define DELAY_LONGEST_US 60000000

struct delay {
	uint64_t id;
	int64_t due_us; /* time_monotonic_us */
	int64_t wait_us;
};

struct delays {
	struct delay items[DELAYS_MAX];
	size_t n;
};

void delays_init(struct delays *d);

/* The recompute that began then has failed now. True: try again at once. */
bool delays_failed(struct delays *d, const struct county_key *key, int64_t began_us,
		   int64_t now_us);
void delays_succeeded(struct delays *d, const struct county_key *key);
bool delays_holds(const struct delays *d, const struct county_key *key, int64_t now_us);

#endif
