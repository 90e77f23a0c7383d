/* SPDX-License-Identifier: Apache-2.0 */
/* Tells committed events to the world, each at least once, in order of seq.
 *
 * An event is in the store's outbox from its commit until it is marked as told. Marks are
 * collected and written together, each a while after its event was sent: what a process that
 * dies has not put on the wire yet is not marked. Its events are left to any other monitor,
 * which finds them stale. Who listens drops what it has seen by seq.
 *
 * Right after the start nothing is told for a while (settle), until subscribers that had
 * been connected to a former process are back. What is due then is told from the outbox,
 * so that the events a former process left behind come before our own: our own wait until
 * the ones below them were told by their monitor or are stale. From then on an event is
 * told as soon as it is committed. */
#ifndef MONITOR_PUBLISHER_H
#define MONITOR_PUBLISHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "bus/bus.h"
#include "store/events.h"

#define PUBLISHER_STALE_MS  2000  /* untold for so long: its monitor is gone */
#define PUBLISHER_MARKS_MAX 8192  /* told, but not marked yet */
#define PUBLISHER_OWN_MAX   16384 /* of our own, waiting during the settling */

/* An event that was told. */
struct mark {
	int64_t seq;
	int64_t at_us;
};

struct publisher {
	struct store *store; /* borrowed, as pub */
	struct bus_pub *pub;
	int64_t open_us;  /* when the settling ends */
	int64_t retry_us; /* the next look at the outbox until caught_up */
	int64_t rest_us;  /* nothing is tried before: the outbox failed */
	bool caught_up;   /* events are told as they come */
	int64_t *own;     /* seqs that wait, ascending */
	size_t own_n;
	struct mark marks[PUBLISHER_MARKS_MAX]; /* the oldest first */
	size_t marks_n;
	struct buf text;
};

/* ERR_NOMEM. now_us: time_monotonic_us. */
enum err publisher_init(struct publisher *p, struct store *store, struct bus_pub *pub,
			int settle_ms, int64_t now_us) MUST_CHECK;
void publisher_release(struct publisher *p);

/* Events that this process just committed, in order. */
void publisher_take(struct publisher *p, const struct event_list *events);

/* Does what is due: marks, and the outbox after the settling. */
enum err publisher_tick(struct publisher *p, int64_t now_us, struct err_info *info) MUST_CHECK;

/* When that is next; INT64_MAX when nothing waits. */
int64_t publisher_due_us(const struct publisher *p);

/* Tells the events that other monitors left behind. */
enum err publisher_sweep(struct publisher *p, struct err_info *info) MUST_CHECK;

/* Writes all marks: before a stop. */
enum err publisher_flush(struct publisher *p, struct err_info *info) MUST_CHECK;

#endif
