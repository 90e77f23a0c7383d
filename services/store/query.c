/* SPDX-License-Identifier: Apache-2.0 */
#include "store/query.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"

const char *const query_texts[QUERY_COUNT] = {
#define QUERY(NAME, text) [QUERY_##NAME] = text,
#include "queries.inc"
#undef QUERY
};

const char *const query_names[QUERY_COUNT] = {
#define QUERY(NAME, text) [QUERY_##NAME] = #NAME,
#include "queries.inc"
#undef QUERY
};

enum outcome {
	OUTCOME_DB,
	OUTCOME_DOWN,
	OUTCOME_DOWN_BROKEN,
	OUTCOME_BUSY,
	OUTCOME_AGAIN,
	OUTCOME_DROP
};

/* By SQLSTATE, or its class; the first match counts. */
static const struct {
	const char *prefix;
	enum outcome outcome;
} outcomes[] = {
	{ "08", OUTCOME_DOWN_BROKEN },    /* connection */
	{ "57014", OUTCOME_DOWN },        /* statement timeout */
	{ "57P", OUTCOME_DOWN_BROKEN },   /* shutting down, starting up */
	{ "53", OUTCOME_DOWN },           /* out of disk, memory, connections */
	{ "58", OUTCOME_DOWN_BROKEN },    /* the server's system fails */
	{ "25006", OUTCOME_DOWN_BROKEN }, /* read-only: no longer the primary */
	{ "25P03", OUTCOME_DOWN_BROKEN }, /* idle in a transaction for too long */
	{ "40001", OUTCOME_AGAIN },       /* serialization */
	{ "40P01", OUTCOME_AGAIN },       /* deadlock */
	{ "55P03", OUTCOME_BUSY },        /* lock timeout */
	{ "0A000", OUTCOME_DROP },        /* cached plan of an older schema */
	{ "26000", OUTCOME_DROP },        /* a pooler lost our prepared statement */
};

static enum outcome outcome_of(const char *sqlstate)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (str_starts(sqlstate, outcomes[i].prefix))
			return outcomes[i].outcome;
	}
	return OUTCOME_DB;
}

/* A connection that broke: no SQLSTATE, and libpq's words have no secrets. */
static enum err lost(struct conn *c, const char *what, struct err_info *info)
{
	c->broken = true;
	return err_set(info, ERR_DB_DOWN, "%s: %s", what, PQerrorMessage(c->pg));
}

enum err query_failed(struct conn *c, const PGresult *result, const char *what,
		      struct err_info *info)
{
	const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	str_copy(c->sqlstate, sizeof(c->sqlstate), sqlstate ? sqlstate : "");
	if (!sqlstate || PQstatus(c->pg) != CONNECTION_OK)
		c->broken = true;
	if (!sqlstate)
		return lost(c, what, info);
	c->unsure = false; /* told that it failed, a transaction did nothing */
	switch (outcome_of(sqlstate)) {
	case OUTCOME_DOWN_BROKEN:
		c->broken = true;
		return err_set(info, ERR_DB_DOWN, "%s: %s %s", what, sqlstate, text);
	case OUTCOME_DOWN:
		return err_set(info, ERR_DB_DOWN, "%s: %s %s", what, sqlstate, text);
	case OUTCOME_AGAIN:
		c->again = true;
		return err_set(info, ERR_BUSY, "%s: %s %s", what, sqlstate, text);
	case OUTCOME_BUSY:
		return err_set(info, ERR_BUSY, "%s: %s %s", what, sqlstate, text);
	case OUTCOME_DROP:
		c->broken = true;
		break;
	case OUTCOME_DB:
		break;
	}
	return err_set(info, ERR_DB, "%s: %s %s", what, sqlstate, text ? text : "");
}

void batch_init(struct batch *b, struct conn *c)
{
	*b = (struct batch){ .conn = c, .sent = true };
}

void batch_release(struct batch *b)
{
	for (int i = 0; i < b->n; i++)
		PQclear(b->result[i]);
	if (b->n && !b->ran)
		b->conn->broken = true; /* half a conversation */
	b->n = 0;
}

/* Whether an earlier statement of the batch is the same: it prepares for both. */
static bool is_in_batch(const struct batch *b, enum query query)
{
	for (int i = 0; i < b->n; i++) {
		if (b->query[i] == query)
			return true;
	}
	return false;
}

/* Bytes that are many come as they are: as text they are twice as long, and taken apart again. */
static bool is_binary(enum query query)
{
	return query == QUERY_IMPORT_PART_GET;
}

void batch_add(struct batch *b, enum query query, const struct params *params)
{
	PGconn *pg = b->conn->pg;
	const bool prepare = !b->conn->prepared[query] && !is_in_batch(b, query);

	assert(b->n < BATCH_MAX);
	b->query[b->n] = query;
	b->prepares[b->n] = prepare;
	b->n++;
	if (prepare && b->sent)
		b->sent = PQsendPrepare(pg, query_names[query], query_texts[query], 0, NULL);
	if (b->sent)
		b->sent = PQsendQueryPrepared(pg, query_names[query], params ? params->n : 0,
					      params ? params->value : NULL, NULL, NULL,
					      is_binary(query));
}

/* Waits for libpq to have a result. The server ends what takes too long; this deadline
 * is for a server that says nothing at all. */
static bool wait_result(struct conn *c, int64_t deadline_us)
{
	while (PQisBusy(c->pg)) {
		struct pollfd fd = { .fd = PQsocket(c->pg), .events = POLLIN };
		const int64_t left_us = deadline_us - time_monotonic_us();
		int n;

		if (left_us <= 0)
			return false;
		n = poll(&fd, 1, (int)(left_us / 1000) + 1);
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && !PQconsumeInput(c->pg))
			return false;
	}
	return true;
}

/* The next result of the conversation: its status, and itself when keep is not NULL. */
static ExecStatusType next_result(struct conn *c, int64_t deadline_us, PGresult **keep)
{
	PGresult *result = NULL;
	ExecStatusType status;

	if (!wait_result(c, deadline_us) || !(result = PQgetResult(c->pg))) {
		c->broken = true;
		return PGRES_FATAL_ERROR;
	}
	status = PQresultStatus(result);
	*keep = result;
	return status;
}

/* One answer (of a preparation or of a statement) and the NULL behind it. */
static enum err take_answer(struct batch *b, int i, int64_t deadline_us, enum err before,
			    PGresult **ret_result, struct err_info *info)
{
	struct conn *c = b->conn;
	PGresult *auto_result result = NULL;
	const ExecStatusType status = next_result(c, deadline_us, &result);
	enum err err = before;

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && !before)
		err = query_failed(c, result, query_names[b->query[i]], info);
	if (!c->broken && (!wait_result(c, deadline_us) || PQgetResult(c->pg)))
		c->broken = true;
	if (!err)
		*ret_result = STEAL(result);
	return err;
}

/* COMMIT of a transaction that has failed is no error, but says what it did. */
static bool is_false_commit(const struct batch *b, int i)
{
	return b->query[i] == QUERY_TXN_COMMIT && !str_equal(PQcmdStatus(b->result[i]), "COMMIT");
}

static enum err take_statement(struct batch *b, int i, int64_t deadline_us, enum err before,
			       struct err_info *info)
{
	struct conn *c = b->conn;
	enum err err = before;

	if (b->prepares[i]) {
		PGresult *auto_result prepared = NULL;

		err = take_answer(b, i, deadline_us, err, &prepared, info);
		if (!err)
			c->prepared[b->query[i]] = true;
		if (c->broken)
			return err;
	}
	err = take_answer(b, i, deadline_us, err, &b->result[i], info);
	if (!err && is_false_commit(b, i))
		err = err_set(info, ERR_DB, "%s: rolled back", query_names[b->query[i]]);
	return err;
}

enum err batch_run(struct batch *b, struct err_info *info)
{
	struct conn *c = b->conn;
	PGresult *auto_result sync = NULL;
	int64_t deadline_us;
	enum err err = ERR_OK;

	b->ran = true;
	c->sqlstate[0] = '\0';
	c->unsure = is_in_batch(b, QUERY_TXN_COMMIT);
	if (!b->sent || !PQpipelineSync(c->pg))
		return lost(c, query_names[b->query[0]], info);
	deadline_us = time_monotonic_us() + (int64_t)c->answer_ms * 1000;
	for (int i = 0; i < b->n; i++) {
		err = take_statement(b, i, deadline_us, err, info);
		if (c->broken)
			return err ? err : lost(c, query_names[b->query[i]], info);
	}
	if (next_result(c, deadline_us, &sync) != PGRES_PIPELINE_SYNC)
		return err ? err : lost(c, "sync", info);
	c->answered++;
	return err;
}

PGresult *batch_result(const struct batch *b, int i)
{
	assert(i < b->n && b->result[i]);
	return b->result[i];
}
