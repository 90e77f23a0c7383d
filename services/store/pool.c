/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pool.h"

#include <poll.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/timeutil.h"
#include "base/wait.h"
#include "store/rules_cache.h"
#include "store/standards_cache.h"

#define REPEATS 4 /* of work that lost a race, or met a dead connection */

static void conn_free(struct conn *c)
{
	if (!c)
		return;
	PQfinish(c->pg);
	free(c);
}

static enum err conn_new(struct store *s, struct conn **ret_conn, struct err_info *info)
{
	struct conn *c = calloc(1, sizeof(*c));
	enum err err;

	if (!c)
		return err_set(info, ERR_NOMEM, "no memory for a connection");
	c->answer_ms = s->answer_ms;
	err = conninfo_connect(s->conninfo, &c->pg, info);
	if (!err && !PQenterPipelineMode(c->pg))
		err = err_set(info, ERR_DB_DOWN, "%s", PQerrorMessage(c->pg));
	if (err) {
		conn_free(c);
		return err;
	}
	*ret_conn = c;
	return ERR_OK;
}

/* An idle connection has nothing to say: what it says is that the server ends it. */
static bool is_alive(const struct conn *c)
{
	struct pollfd fd = { .fd = PQsocket(c->pg), .events = POLLIN };

	return PQstatus(c->pg) == CONNECTION_OK && poll(&fd, 1, 0) == 0;
}

/* The room of a connection that is gone is free for another. */
static void drop(struct store *s, struct conn *c, bool broken)
{
	conn_free(c);
	pthread_mutex_lock(&s->mutex);
	s->stats.open--;
	s->stats.in_use--;
	s->stats.broken += broken;
	pthread_cond_signal(&s->given);
	pthread_mutex_unlock(&s->mutex);
}

/* Waits for an idle connection (*ret_conn) or for room to open one (NULL), and counts
 * it as in use. */
static enum err reserve(struct store *s, struct conn **ret_conn, struct err_info *info)
{
	const int64_t until_us = time_monotonic_us() + (int64_t)s->wait_ms * 1000;
	enum err err = ERR_OK;

	pthread_mutex_lock(&s->mutex);
	if (!s->idle_n && s->stats.open == s->max)
		s->stats.waits++;
	while (!s->idle_n && s->stats.open == s->max && !err) {
		if (!wait_until(&s->given, &s->mutex, until_us))
			err = ERR_BUSY;
	}
	if (s->idle_n) {
		*ret_conn = s->idle[--s->idle_n];
		s->stats.in_use++;
		err = ERR_OK;
	} else if (s->stats.open < s->max) {
		*ret_conn = NULL;
		s->stats.open++;
		s->stats.in_use++;
		err = ERR_OK;
	} else {
		s->stats.timeouts++;
	}
	pthread_mutex_unlock(&s->mutex);
	if (err)
		return err_set(info, err, "no connection free within %d ms", s->wait_ms);
	return ERR_OK;
}

static enum err take(struct store *s, struct conn **ret_conn, struct err_info *info)
{
	struct conn *c = NULL;
	enum err err;

	for (;;) {
		err = reserve(s, &c, info);
		if (err)
			return err;
		if (!c || is_alive(c))
			break;
		drop(s, c, true);
	}
	if (c) {
		c->fresh = false;
	} else {
		err = conn_new(s, &c, info);
		if (err) {
			drop(s, NULL, false);
			return err;
		}
		c->fresh = true;
	}
	c->again = false;
	c->unsure = false;
	c->answered = 0;
	*ret_conn = c;
	return ERR_OK;
}

/* Ends what is left of a transaction; false when the connection is of no more use. */
static bool clean(struct conn *c)
{
	struct batch auto_batch b;

	batch_init(&b, c);
	if (c->broken)
		return false;
	switch (PQtransactionStatus(c->pg)) {
	case PQTRANS_IDLE:
		return true;
	case PQTRANS_INTRANS:
	case PQTRANS_INERROR:
		batch_add(&b, QUERY_TXN_ROLLBACK, NULL);
		return !batch_run(&b, NULL);
	case PQTRANS_ACTIVE:
	case PQTRANS_UNKNOWN:
	default:
		return false;
	}
}

void store_give(struct store *s, struct conn *c)
{
	if (!clean(c)) {
		drop(s, c, true);
		return;
	}
	pthread_mutex_lock(&s->mutex);
	s->idle[s->idle_n++] = c;
	s->stats.in_use--;
	pthread_cond_signal(&s->given);
	pthread_mutex_unlock(&s->mutex);
}

enum err store_run_keep(struct store *s, store_work *work, void *context, struct conn **ret_conn,
			struct err_info *info)
{
	for (int attempt = 1;; attempt++) {
		struct err_info failure = { .code = ERR_OK };
		struct conn *c = NULL;
		bool repeat;
		enum err err;

		err = take(s, &c, info);
		if (err)
			return err;
		err = work(c, context, &failure);
		if (!err) {
			*ret_conn = c;
			return ERR_OK;
		}
		repeat = c->again || (c->broken && !c->fresh && !c->answered && !c->unsure);
		store_give(s, c);
		if (!repeat || attempt == REPEATS) {
			if (info)
				*info = failure;
			return err;
		}
	}
}

enum err store_run(struct store *s, store_work *work, void *context, struct err_info *info)
{
	struct conn *c = NULL;
	const enum err err = store_run_keep(s, work, context, &c, info);

	if (!err)
		store_give(s, c);
	return err;
}

enum err store_finish(struct conn *c, enum query query, const struct params *params,
		      struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };

	batch_init(&b, c);
	batch_add(&b, query, params);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	return batch_run(&b, info);
}

enum err store_query(struct conn *c, struct batch *b, enum query query, const struct params *params,
		     struct err_info *info)
{
	batch_init(b, c);
	batch_add(b, query, params);
	return batch_run(b, info);
}

void store_stats(struct store *s, struct store_stats *out)
{
	pthread_mutex_lock(&s->mutex);
	*out = s->stats;
	pthread_mutex_unlock(&s->mutex);
}

static void init_locks(struct store *s)
{
	wait_init(&s->given);
	pthread_mutex_init(&s->mutex, NULL);
	pthread_mutex_init(&s->standards_mutex, NULL);
	pthread_mutex_init(&s->rules_mutex, NULL);
}

/* The server gives up on a lock before the statement's time is over, so that the
 * answer is "busy" rather than "down". */
static int lock_timeout_ms(int statement_timeout_ms)
{
	return statement_timeout_ms > 5000 ? 3000 : statement_timeout_ms * 3 / 5;
}

enum err store_new(const struct store_options *o, struct store **ret_store, struct err_info *info)
{
	struct store *s = NULL;
	enum err err;

	if (sodium_init() < 0)
		return err_set(info, ERR_IO, "no source of random numbers");
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_set(info, ERR_NOMEM, "no memory for the store");
	s->max = o->connections;
	s->readers = o->readers;
	s->wait_ms = o->pool_wait_ms;
	s->answer_ms = o->statement_timeout_ms + 5000;
	s->idle = calloc((size_t)o->connections, sizeof(struct conn *));
	if (!s->idle) {
		free(s);
		return err_set(info, ERR_NOMEM, "no memory for the store");
	}
	init_locks(s);
	err = conninfo_new(o->url, o->application, o->statement_timeout_ms,
			   lock_timeout_ms(o->statement_timeout_ms), &s->conninfo, info);
	if (err) {
		store_free(s);
		return err;
	}
	*ret_store = s;
	return ERR_OK;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	while (s->idle_n)
		conn_free(s->idle[--s->idle_n]);
	free(s->idle);
	standards_forget(s);
	rules_forget(s);
	conninfo_free(s->conninfo);
	pthread_cond_destroy(&s->given);
	pthread_mutex_destroy(&s->mutex);
	pthread_mutex_destroy(&s->standards_mutex);
	pthread_mutex_destroy(&s->rules_mutex);
	free(s);
}
