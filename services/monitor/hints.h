/* SPDX-License-Identifier: Apache-2.0 */
/* Counties that wait to be recomputed: a queue in which each county and period is at most
 * once. Seventy reports of one county that arrive together are one recompute.
 *
 * Bounded: beyond HINTS_WAITING_MAX a hint is dropped, and the sweep finds its change. */
#ifndef MONITOR_HINTS_H
#define MONITOR_HINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/recompute.h"

#define HINTS_WAITING_MAX 4096
#define HINTS_SLOTS       8192 /* a power of two; half full at most */

struct hints {
	uint64_t queue[HINTS_WAITING_MAX]; /* a ring, oldest at head */
	uint64_t slots[HINTS_SLOTS];       /* the same as a set: open addressing, 0 is free */
	size_t head;
	size_t n;
	int64_t dropped; /* since start */
};

void hints_init(struct hints *h);

/* True when the county is waiting now, be it since before. Codes are digits. */
bool hints_add(struct hints *h, const struct county_key *key);

/* The one that waits longest; false when none does. */
bool hints_take(struct hints *h, struct county_key *out);

#endif
