/* SPDX-License-Identifier: Apache-2.0 */
/* The store: everything that is kept, in PostgreSQL.
 *
 * One struct store a process, shared by its threads. It owns a bounded pool of
 * connections; a function of this layer takes one, does one whole transaction and
 * gives it back, waiting at most pool_wait_ms for a free one (ERR_BUSY). Nothing
 * of libpq leaves this layer, and no SQL text is outside sql/.
 *
 * A connection that breaks, or that finds itself on a server that became
 * read-only (failover), is dropped and replaced at the next use; the failing call
 * answers ERR_DB_DOWN, and a write that was cut off may or may not be stored:
 * repeating it is safe, for all writes are keyed by what they write. One that had been
 * idle and turns out to be dead before it answered anything is replaced at once, and
 * nobody notices. Deadlocks and lost races are repeated a few times.
 *
 * Common errors: ERR_DB_DOWN (unreachable, shutting down, timed out), ERR_BUSY
 * (no connection free, or a lock not had, in time), ERR_DB (the database refused a statement: a
 * mistake of ours), ERR_NOMEM. Lists are owned by the caller, who releases them. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "domain/county_report.h"
#include "domain/rule.h"
#include "domain/standard.h"

struct store;
struct calendar_year; /* domain/calendar.h */

/* How documents that are kept as text become what is judged: the programs bring the readers of
 * the JSON layer, of which this layer knows nothing. They fail with ERR_MALFORMED, or for want of
 * memory. */
struct store_readers {
	enum err (*standard)(const char *text, size_t len, struct standard *out,
			     struct err_info *info);
	enum err (*county_report)(const char *text, size_t len, const struct standard *standard,
				  struct county_report *out, struct err_info *info);
	enum err (*plan)(const char *text, size_t len, const struct standard *standard,
			 struct plan *out, struct err_info *info);
	/* By when a region's targets want its counties recognised; 0: they do not say, or text is
	 * NULL. */
	int (*targets_year)(const char *text);
	enum err (*rule)(const char *text, size_t len, struct alert_rule *out,
			 struct err_info *info);
	/* Lays one over what is there of its year; known: it is the country's. ERR_DB. */
	enum err (*calendar)(const char *document, int year, bool known, struct calendar_year *io,
			     struct err_info *info);
};

struct store_options {
	const char *url;         /* libpq connection string; may name several hosts */
	const char *application; /* application_name, seen in pg_stat_activity */
	int connections;         /* at most; opened when first needed */
	int statement_timeout_ms;
	int pool_wait_ms;
	const struct store_readers *readers;
};

/* Does not connect yet: a store can be made while the database is down. */
enum err store_new(const struct store_options *options, struct store **ret_store,
		   struct err_info *info) MUST_CHECK;

/* No call may be under way. Accepts NULL. */
void store_free(struct store *store);

static inline void auto_store_release(struct store **s)
{
	store_free(*s);
}
#define auto_store AUTO(auto_store_release)

/* ERR_OK when the database answers and has the schema this program was built for;
 * ERR_CONFIG when it has another one ("run junhengctl migrate"). */
enum err store_ready(struct store *store, struct err_info *info) MUST_CHECK;

/* The time by the database's clock, microseconds since 1970: what comes due goes by it, so what
 * people say of instants is held against it, not against this host's. */
enum err store_now(struct store *store, int64_t *ret_us, struct err_info *info) MUST_CHECK;

struct store_stats {
	int open; /* connections open now */
	int in_use;
	int64_t waits;    /* calls that had to wait for a connection */
	int64_t timeouts; /* … and did not get one */
	int64_t broken;   /* connections dropped as broken */
};
void store_stats(struct store *store, struct store_stats *out);

/* Who does it: for the record of each change. */
struct actor {
	int64_t key;        /* api_key.id, 0: the command line */
	const char *region; /* of the key: a write of what is not below it, once it is locked, is
			       ERR_FORBIDDEN, whatever was true when the request came in */
};

/* What a write did. */
struct write_result {
	bool created;
	bool changed;    /* false: the same was stored already, nothing was written */
	int64_t version; /* of the county and period (reports), else of the resource */
	char county[7];  /* that the change counts for; "" for provinces */
	char period[5];  /* "" unless a report */
};

/* The version a caller last saw (If-Match); the write fails with ERR_PRECONDITION
 * when the stored one differs. */
#define MATCH_ANY    (-1) /* no precondition */
#define MATCH_EXISTS (-2) /* "*": it must exist */

#endif
