/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded pool of connections, and how a piece of work gets one.
 *
 *	work on a taken connection
 *	  succeeds            given back (rolled back first, when a transaction is open)
 *	  fails, broken       dropped; a new one is opened at the next use
 *	  a pooled one broke
 *	  before it answered  the work is done again on another one: after a restart of
 *	                      PostgreSQL the first call does not fail for that; but not when
 *	                      it was to commit, for then nobody knows what was done
 *	  lost a race         done again, a few times (deadlock, serialization)
 *
 * So work may run more than once: it sets its outputs only when it succeeds, and its
 * first batch may be repeated without harm, unless it commits. */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include <pthread.h>

#include "store/query.h"
#include "store/store.h"

#define STANDARDS_CACHED 32 /* versions that are kept in memory */

/* How to connect: libpq's keywords and values. */
struct conninfo;
enum err conninfo_new(const char *url, const char *application, int statement_timeout_ms,
		      int lock_timeout_ms, struct conninfo **ret_info,
		      struct err_info *info) MUST_CHECK;
void conninfo_free(struct conninfo *ci); /* accepts NULL */

/* Not yet in pipeline mode. ERR_DB_DOWN. */
enum err conninfo_connect(const struct conninfo *ci, PGconn **ret_pg,
			  struct err_info *info) MUST_CHECK;

struct store {
	struct conninfo *conninfo;
	int max;
	int wait_ms;
	int answer_ms;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t given;  /* a connection, or the room for one */
	struct conn **idle;    /* a stack: the one used last is the warmest */
	int idle_n;
	struct store_stats stats;
	const struct store_readers *readers;
	pthread_mutex_t standards_mutex; /* of what follows; see standards_cache.h */
	struct shared_standard *standards[STANDARDS_CACHED];
	int standards_n;
	pthread_mutex_t rules_mutex; /* of what follows; see rules_cache.h */
	struct shared_rules *rules;
};

typedef enum err store_work(struct conn *c, void *context, struct err_info *info);

enum err store_run(struct store *s, store_work *work, void *context,
		   struct err_info *info) MUST_CHECK;

/* The same, but on success the connection stays taken, its transaction open. */
enum err store_run_keep(struct store *s, store_work *work, void *context, struct conn **ret_conn,
			struct err_info *info) MUST_CHECK;
void store_give(struct store *s, struct conn *c);

/* The last statement of a transaction that is open, and its COMMIT. */
enum err store_finish(struct conn *c, enum query query, const struct params *params,
		      struct err_info *info) MUST_CHECK;

/* One statement that is a transaction of its own. */
enum err store_query(struct conn *c, struct batch *b, enum query query, const struct params *params,
		     struct err_info *info) MUST_CHECK;

#endif
