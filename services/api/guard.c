/* SPDX-License-Identifier: Apache-2.0 */
#include "api/guard.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/timeutil.h"
#include "base/wait.h"

#define TICK_US        1000000
#define GRACE_US       300000 /* nobody is closed for another one before, */
#define GRACE_PAUSE_US 5000   /* unless more than 200 a second come in */
#define CROWD_US       1000   /* for each place that is missing */
#define CROWD_PAUSE_US 20000
#define LOOKS_MAX      16 /* for one that has sent nothing */

enum debt {
	DEBT_NONE, /* ours to bound */
	DEBT_REQUEST,
	DEBT_REST,
	DEBT_ANSWER
};

struct guarded {
	bool used;
	bool busy;
	bool cut; /* its thread is about to end */
	enum debt debt;
	int fd;
	int64_t since_us;  /* from when the client has owed us this */
	int64_t active_us; /* when it last did something */
};

struct guard {
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t stop;
	bool stopping;
	int64_t timeout_us;
	int used;
	int n;
	int reserve; /* of n, kept free */
	struct guarded connections[];
};

static void count(struct guard *g, int change)
{
	g->used += change;
	metric_set(METRIC_CONNECTIONS, g->used);
}

/* The lock is held: a socket in the table is open, for it is removed before it is closed. Its
 * thread wakes up, sees the end of the stream and cleans up. */
static void cut(struct guarded *c, enum metric counter)
{
	c->cut = true;
	if (shutdown(c->fd, SHUT_RDWR) == 0)
		metric_add(counter, 1);
}

static void cut_late(struct guard *g)
{
	const int64_t late = time_monotonic_us() - g->timeout_us;

	for (int i = 0; i < g->n; i++) {
		struct guarded *c = &g->connections[i];

		if (!c->used || c->cut || c->debt == DEBT_NONE || c->since_us > late)
			continue;
		cut(c, METRIC_CONNECTIONS_LATE);
		log_event(LOG_INFO, "slow connection cut");
	}
}

/* The one that has done nothing for longest. Whoever has just come is the last one to go, so a
 * flood of connections meets its own. */
static struct guarded *find_idlest(struct guard *g)
{
	struct guarded *idlest = NULL;

	for (int i = 0; i < g->n; i++) {
		struct guarded *c = &g->connections[i];

		if (c->used && !c->cut && c->debt != DEBT_NONE &&
		    (!idlest || c->active_us < idlest->active_us))
			idlest = c;
	}
	return idlest;
}

/* Whether something has come that its thread had no time to read. */
static bool has_sent(const struct guarded *c)
{
	int bytes = 0;

	return ioctl(c->fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

static void make_room(struct guard *g)
{
	struct guarded *idlest;

	pthread_mutex_lock(&g->lock);
	idlest = find_idlest(g);
	for (int i = 0; idlest && i < LOOKS_MAX && has_sent(idlest); i++) {
		idlest->active_us = time_monotonic_us();
		idlest = find_idlest(g);
	}
	if (idlest)
		cut(idlest, METRIC_CONNECTIONS_EVICTED);
	pthread_mutex_unlock(&g->lock);
}

static int64_t at_most(int64_t value, int64_t max)
{
	return value < max ? value : max;
}

/* How long to wait before the next one comes in: until the idlest has had its time, and for the
 * threads of those that were closed, for who accepts is also who clears them away. */
static int64_t pause_us(const struct guard *g, const struct guarded *idlest, int left)
{
	const int64_t rest = idlest ? idlest->active_us + GRACE_US - time_monotonic_us() : 0;
	const int64_t crowd = (int64_t)(g->reserve / 2 - left + 1) * CROWD_US;

	return at_most(rest, GRACE_PAUSE_US) > at_most(crowd, CROWD_PAUSE_US)
		       ? at_most(rest, GRACE_PAUSE_US)
		       : at_most(crowd, CROWD_PAUSE_US);
}

static void *watch(void *context)
{
	struct guard *g = context;

	pthread_mutex_lock(&g->lock);
	while (!g->stopping) {
		cut_late(g);
		(void)wait_until(&g->stop, &g->lock, time_monotonic_us() + TICK_US);
	}
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

enum err guard_new(int connections_max, int timeout_s, struct guard **ret_guard)
{
	struct guard *g =
		calloc(1, sizeof(*g) + (size_t)connections_max * sizeof(g->connections[0]));

	if (!g)
		return ERR_NOMEM;
	g->n = connections_max;
	g->reserve = (connections_max + 7) / 8;
	g->timeout_us = timeout_s * 1000000LL;
	pthread_mutex_init(&g->lock, NULL);
	wait_init(&g->stop);
	if (pthread_create(&g->thread, NULL, watch, g) != 0) {
		free(g);
		return ERR_NOMEM;
	}
	*ret_guard = g;
	return ERR_OK;
}

void guard_free(struct guard *g)
{
	if (!g)
		return;
	pthread_mutex_lock(&g->lock);
	g->stopping = true;
	pthread_cond_signal(&g->stop);
	pthread_mutex_unlock(&g->lock);
	pthread_join(g->thread, NULL);
	pthread_cond_destroy(&g->stop);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

bool guard_accept(struct guard *g)
{
	int64_t pause = 0;
	int left;

	pthread_mutex_lock(&g->lock);
	left = g->n - g->used;
	if (left <= g->reserve)
		pause = pause_us(g, find_idlest(g), left);
	pthread_mutex_unlock(&g->lock);
	if (left > g->reserve)
		return true;
	if (pause > 0)
		nanosleep(&(struct timespec){ .tv_nsec = (long)pause * 1000 }, NULL);
	make_room(g);
	if (left <= 0)
		metric_add(METRIC_CONNECTIONS_REFUSED, 1);
	return left > 0;
}

struct guarded *guard_add(struct guard *g, int fd)
{
	struct guarded *found = NULL;

	pthread_mutex_lock(&g->lock);
	for (int i = 0; i < g->n && !found; i++) {
		if (!g->connections[i].used)
			found = &g->connections[i];
	}
	if (found) {
		const int64_t now = time_monotonic_us();

		*found = (struct guarded){ .used = true,
					   .debt = DEBT_REQUEST,
					   .fd = fd,
					   .since_us = now,
					   .active_us = now };
		count(g, 1);
	}
	pthread_mutex_unlock(&g->lock);
	return found;
}

void guard_remove(struct guard *g, struct guarded *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&g->lock);
	c->used = false;
	c->busy = false;
	count(g, -1);
	pthread_mutex_unlock(&g->lock);
}

static void set(struct guard *g, struct guarded *c, enum debt debt, bool busy)
{
	if (!c)
		return;
	pthread_mutex_lock(&g->lock);
	c->busy = busy;
	c->debt = debt;
	c->since_us = c->active_us = time_monotonic_us();
	pthread_mutex_unlock(&g->lock);
}

void guard_idle(struct guard *g, struct guarded *c)
{
	set(g, c, DEBT_REQUEST, false);
}

void guard_receiving(struct guard *g, struct guarded *c)
{
	set(g, c, DEBT_REST, false);
}

void guard_server(struct guard *g, struct guarded *c)
{
	set(g, c, DEBT_NONE, true);
}

void guard_answer(struct guard *g, struct guarded *c)
{
	set(g, c, DEBT_ANSWER, true);
}

void guard_active(struct guard *g, struct guarded *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&g->lock);
	c->active_us = time_monotonic_us();
	pthread_mutex_unlock(&g->lock);
}

int guard_socket(const struct guarded *c)
{
	return c ? c->fd : -1;
}

int guard_busy(struct guard *g)
{
	int busy = 0;

	pthread_mutex_lock(&g->lock);
	for (int i = 0; i < g->n; i++)
		busy += g->connections[i].used && g->connections[i].busy;
	pthread_mutex_unlock(&g->lock);
	return busy;
}
