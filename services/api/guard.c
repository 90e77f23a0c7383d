/* SPDX-License-Identifier: Apache-2.0 */
#include "api/guard.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"
#include "base/timeutil.h"

#define TICK_S 1

struct guarded {
	bool used;
	bool busy;
	int fd;
	int64_t deadline_us; /* 0 none */
};

struct guard {
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t stop;
	bool stopping;
	int64_t timeout_us;
	int n;
	struct guarded connections[];
};

/* The lock is held: a socket in the table is open, for it is removed before it is closed. */
static void cut_late(struct guard *g)
{
	const int64_t now = time_monotonic_us();

	for (int i = 0; i < g->n; i++) {
		struct guarded *c = &g->connections[i];

		if (!c->used || !c->deadline_us || c->deadline_us > now)
			continue;
		c->deadline_us = 0;
		/* Its thread wakes up, sees the end of the stream and cleans up. */
		if (shutdown(c->fd, SHUT_RDWR) == 0)
			log_event(LOG_INFO, "slow connection cut");
	}
}

static void *watch(void *context)
{
	struct guard *g = context;

	pthread_mutex_lock(&g->lock);
	while (!g->stopping) {
		struct timespec until;

		cut_late(g);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += TICK_S;
		pthread_cond_timedwait(&g->stop, &g->lock, &until);
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
	g->timeout_us = timeout_s * 1000000LL;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->stop, NULL);
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

struct guarded *guard_add(struct guard *g, int fd)
{
	struct guarded *found = NULL;

	pthread_mutex_lock(&g->lock);
	for (int i = 0; i < g->n && !found; i++) {
		if (!g->connections[i].used)
			found = &g->connections[i];
	}
	if (found)
		*found = (struct guarded){ .used = true,
					   .fd = fd,
					   .deadline_us = time_monotonic_us() + g->timeout_us };
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
	pthread_mutex_unlock(&g->lock);
}

void guard_client(struct guard *g, struct guarded *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&g->lock);
	c->busy = false;
	c->deadline_us = time_monotonic_us() + g->timeout_us;
	pthread_mutex_unlock(&g->lock);
}

void guard_server(struct guard *g, struct guarded *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&g->lock);
	c->busy = true;
	c->deadline_us = 0;
	pthread_mutex_unlock(&g->lock);
}

void guard_answer(struct guard *g, struct guarded *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&g->lock);
	c->deadline_us = time_monotonic_us() + g->timeout_us;
	pthread_mutex_unlock(&g->lock);
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
