/* SPDX-License-Identifier: Apache-2.0 */
/* Running the statements of sql/queries: prepared once a connection, when first
 * needed, and sent in batches of one round trip each.
 *
 *	struct batch auto_batch b;
 *	batch_init(&b, conn);
 *	batch_add(&b, QUERY_TXN_BEGIN, NULL);
 *	batch_add(&b, QUERY_REPORT_PUT, &params);
 *	err = batch_run(&b, info);              all of them, or the first that failed
 *	… batch_result(&b, 1) …
 *
 * When a statement fails those after it are not run, COMMIT among them. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "store/param.h"

enum query {
#define QUERY(NAME, text) QUERY_##NAME,
#include "queries.inc"
#undef QUERY
	QUERY_COUNT
};

extern const char *const query_texts[QUERY_COUNT];
extern const char *const query_names[QUERY_COUNT];

#define SQLSTATE 6 /* bytes, with their end */

/* A connection, used by one thread at a time. Always in pipeline mode. */
struct conn {
	PGconn *pg;
	int answer_ms; /* a batch that takes longer counts as a broken connection */
	bool prepared[QUERY_COUNT];
	bool fresh;              /* opened for this call: that it broke says something */
	bool broken;             /* not to be used again */
	bool again;              /* the transaction lost a race; repeating it will do */
	bool unsure;             /* COMMIT was sent and not answered: it may be done */
	int answered;            /* batches that came back in this call */
	char sqlstate[SQLSTATE]; /* of the latest failure, or "" */
};

#define BATCH_MAX 12

struct batch {
	struct conn *conn;
	int n;
	enum query query[BATCH_MAX];
	bool prepares[BATCH_MAX];
	PGresult *result[BATCH_MAX];
	bool sent; /* as far as we know */
	bool ran;
};

void batch_init(struct batch *b, struct conn *c);
void batch_release(struct batch *b);

/* Parameters may be NULL when there are none; they are copied. */
void batch_add(struct batch *b, enum query query, const struct params *params);

/* ERR_DB_DOWN, ERR_BUSY (lost a race or waited too long for a lock) or ERR_DB; details
 * for callers are in conn->sqlstate. */
enum err batch_run(struct batch *b, struct err_info *info) MUST_CHECK;

/* Of the i-th statement that was added; owned by the batch. */
PGresult *batch_result(const struct batch *b, int i);

static inline void auto_batch_release(struct batch *b)
{
	batch_release(b);
}
#define auto_batch AUTO(auto_batch_release)

/* What a failed result, or without one the connection, means. Fills c's flags. */
enum err query_failed(struct conn *c, const PGresult *result, const char *what,
		      struct err_info *info) MUST_CHECK;

static inline void auto_result_release(PGresult **r)
{
	PQclear(*r);
}
#define auto_result AUTO(auto_result_release)

#endif
