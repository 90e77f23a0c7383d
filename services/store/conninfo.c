/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "store/pool.h"

#define KEYWORDS_MAX 64
#define IDLE_TXN_MS  10000 /* longer than any pause inside a transaction of ours */
#define OPTIONS_MAX  4096

/* Plans are made once a statement: what they would gain from the values (a county, a
 * handful of rows) is less than what planning costs. A plan lives on while its tables grow:
 * where an index can serve, it does, however few the rows were when the plan was made. */
#define SESSION_FORMAT                                              \
	"-c statement_timeout=%d -c lock_timeout=%d "               \
	"-c idle_in_transaction_session_timeout=%d "                \
	"-c TimeZone=UTC -c extra_float_digits=1 -c DateStyle=ISO " \
	"-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off"

struct conninfo {
	PQconninfoOption *options; /* owns the values */
	char *session;             /* the keyword `options`: settings without a round trip */
	char *application;
	const char *keywords[KEYWORDS_MAX + 1];
	const char *values[KEYWORDS_MAX + 1];
	int n;
};

/* What a URL does not say. Without them a silent network cut holds a query for minutes;
 * with them it fails after some 4 s, a query that waits for its answer after 9 s. */
static const struct {
	const char *keyword;
	const char *value;
} defaults[] = {
	{ "connect_timeout", "2" },    { "tcp_user_timeout", "4000" },
	{ "keepalives_idle", "5" },    { "keepalives_interval", "2" },
	{ "keepalives_count", "2" },   { "target_session_attrs", "read-write" },
	{ "client_encoding", "UTF8" },
};

static void add(struct conninfo *ci, const char *keyword, const char *value)
{
	if (ci->n == KEYWORDS_MAX)
		return;
	ci->keywords[ci->n] = keyword;
	ci->values[ci->n] = value;
	ci->n++;
}

static const char *given(const struct conninfo *ci, const char *keyword)
{
	for (const PQconninfoOption *o = ci->options; o->keyword; o++) {
		if (str_equal(o->keyword, keyword))
			return o->val;
	}
	return NULL;
}

static void add_all(struct conninfo *ci)
{
	for (const PQconninfoOption *o = ci->options; o->keyword; o++) {
		if (o->val && *o->val && !str_equal(o->keyword, "options"))
			add(ci, o->keyword, o->val);
	}
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		if (!given(ci, defaults[i].keyword))
			add(ci, defaults[i].keyword, defaults[i].value);
	}
	if (!given(ci, "application_name"))
		add(ci, "application_name", ci->application);
	add(ci, "options", ci->session);
}

static enum err parse(struct conninfo *ci, const char *url, struct err_info *info)
{
	char *message = NULL;
	enum err err;

	ci->options = PQconninfoParse(url, &message);
	if (ci->options)
		return ERR_OK;
	/* libpq quotes the part it does not understand, which may hold the password. */
	err = message ? err_set(info, ERR_CONFIG, "the database URL is not one that libpq knows")
		      : err_set(info, ERR_NOMEM, "no memory for the database URL");
	PQfreemem(message);
	return err;
}

enum err conninfo_new(const char *url, const char *application, int statement_timeout_ms,
		      int lock_timeout, struct conninfo **ret_info, struct err_info *info)
{
	struct conninfo *ci = calloc(1, sizeof(*ci));
	struct buf auto_buf session;
	enum err err;

	buf_init(&session, OPTIONS_MAX);
	if (!ci)
		return err_set(info, ERR_NOMEM, "no memory for the database URL");
	err = parse(ci, url, info);
	if (err) {
		conninfo_free(ci);
		return err;
	}
	/* The URL's own settings come later: they win. */
	buf_printf(&session, SESSION_FORMAT, statement_timeout_ms, lock_timeout, IDLE_TXN_MS);
	if (given(ci, "options"))
		buf_printf(&session, " %s", given(ci, "options"));
	ci->session = buf_detach(&session, NULL);
	ci->application = strdup(application);
	if (!ci->session || !ci->application) {
		conninfo_free(ci);
		return err_set(info, ERR_NOMEM, "no memory for the database URL");
	}
	add_all(ci);
	*ret_info = ci;
	return ERR_OK;
}

void conninfo_free(struct conninfo *ci)
{
	if (!ci)
		return;
	PQconninfoFree(ci->options);
	free(ci->session);
	free(ci->application);
	free(ci);
}

/* libpq prints notices to standard error, which is the log's. */
static void no_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

enum err conninfo_connect(const struct conninfo *ci, PGconn **ret_pg, struct err_info *info)
{
	PGconn *pg = PQconnectdbParams(ci->keywords, ci->values, 0);

	if (!pg)
		return err_set(info, ERR_NOMEM, "no memory for a connection");
	if (PQstatus(pg) != CONNECTION_OK) {
		const enum err err = err_set(info, ERR_DB_DOWN, "%s", PQerrorMessage(pg));

		PQfinish(pg);
		return err;
	}
	PQsetNoticeReceiver(pg, no_notice, NULL);
	*ret_pg = pg;
	return ERR_OK;
}
