/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that recompute many counties, a lot at a time, while the monitor's own thread goes on
 * with what is fresh. That thread gives lots and collects them; it alone decides, logs and
 * publishes. Nothing else is shared but the store. */
#ifndef MONITOR_CREW_H
#define MONITOR_CREW_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "monitor/evaluate.h"

#define CREW_HANDS 2 /* one judges while the other waits for PostgreSQL */

/* Counties that are computed together, in one transaction, and what came of it. */
struct lot {
	struct county_key keys[RECOMPUTE_MAX];
	size_t n;
	int64_t began_us; /* time_monotonic_us */
	enum err err;     /* then nothing was computed */
	struct err_info info;
	struct evaluation evaluation;
};

/* Computes it: began_us and what is behind it are set. hurry: see evaluate_counties(). */
void lot_evaluate(struct lot *lot, struct evaluator *ev, bool hurry);

enum hand_state { HAND_IDLE, HAND_GIVEN, HAND_DONE };

struct hand {
	struct crew *crew;
	pthread_t thread;
	struct evaluator evaluator;
	enum hand_state state; /* under crew's lock */
	struct lot lot;        /* the thread's while GIVEN, else the monitor's */
};

struct crew {
	struct hand hands[CREW_HANDS];
	int hands_n;
	pthread_mutex_t lock; /* of states and stopping */
	pthread_cond_t given;
	pthread_cond_t done;
	int done_fd; /* readable when a lot was done since it was read */
	bool stopping;
};

/* ERR_NOMEM, ERR_IO. telling is borrowed. */
enum err crew_init(struct crew *crew, struct store *store, struct telling *telling) MUST_CHECK;
/* What is given is finished, and may be collected: then crew_release(). */
void crew_stop(struct crew *crew);
void crew_release(struct crew *crew);

/* A lot to be filled and given; NULL when every hand is busy. */
struct lot *crew_idle(struct crew *crew);
void crew_give(struct crew *crew, struct lot *lot);

/* Whether a lot that was given and not yet put back has the county, in whatever period. */
bool crew_holds(const struct crew *crew, const struct county_key *key);

/* A lot that is done, with no ticket or this one; NULL when there is none. It is put back when it
 * was looked at. */
struct lot *crew_collect(struct crew *crew, int64_t ticket);
void crew_put_back(struct crew *crew, struct lot *lot);

/* Until such a lot is done: of a ticket that was taken already, so it is no long wait. */
struct lot *crew_await(struct crew *crew, int64_t ticket);

#endif
