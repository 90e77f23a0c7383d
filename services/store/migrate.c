/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/str.h"
#include "store/pool.h"
#include "store/row.h"

static const struct migration {
	int version;
	const char *name;
	const char *text;
} migrations[] = {
#define MIGRATION(version, name, text) { version, name, text },
#include "migrations.inc"
#undef MIGRATION
};

#define SHA_HEX         (2 * crypto_hash_sha256_BYTES + 1)
#define LOCK_TIMEOUT_MS 60000 /* for another migration to end, or a table to be free */

int store_schema_version(void)
{
	return migrations[ARRAY_LEN(migrations) - 1].version;
}

static void checksum(const struct migration *m, char out[SHA_HEX])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)m->text, strlen(m->text));
	sodium_bin2hex(out, SHA_HEX, hash, sizeof(hash));
}

/* Several statements may be in one text: the simple protocol, outside the pool. */
static enum err run(struct conn *c, const char *what, const char *text, PGresult **ret_result,
		    struct err_info *info)
{
	PGresult *auto_result result = PQexec(c->pg, text);
	const ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		return query_failed(c, result, what, info);
	if (ret_result)
		*ret_result = STEAL(result);
	return ERR_OK;
}

static enum err run_query(struct conn *c, enum query query, PGresult **ret_result,
			  struct err_info *info)
{
	return run(c, query_names[query], query_texts[query], ret_result, info);
}

static enum err record(struct conn *c, const struct migration *m, struct err_info *info)
{
	PGresult *auto_result result = NULL;
	char sha[2 + SHA_HEX] = "\\x";
	struct params p;

	checksum(m, sha + 2);
	params_init(&p);
	params_int(&p, m->version);
	params_text(&p, m->name);
	params_text(&p, sha);
	result = PQexecParams(c->pg, query_texts[QUERY_SCHEMA_RECORD], p.n, NULL, p.value, NULL,
			      NULL, 0);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return query_failed(c, result, query_names[QUERY_SCHEMA_RECORD], info);
	return ERR_OK;
}

/* A failure leaves the transaction to the end of the connection. */
static enum err apply(struct conn *c, const struct migration *m, struct err_info *info)
{
	enum err err = run_query(c, QUERY_TXN_BEGIN, NULL, info);

	if (!err)
		err = run(c, m->name, m->text, NULL, info);
	if (!err)
		err = record(c, m, info);
	if (!err)
		err = run_query(c, QUERY_TXN_COMMIT, NULL, info);
	return err;
}

static const struct migration *find(int64_t version)
{
	for (size_t i = 0; i < ARRAY_LEN(migrations); i++) {
		if (migrations[i].version == version)
			return &migrations[i];
	}
	return NULL;
}

/* Every migration that was applied is one of ours, unchanged. */
static enum err compare(const PGresult *applied, bool done[], struct err_info *info)
{
	for (int i = 0; i < PQntuples(applied); i++) {
		struct row r = row_at(applied, i);
		const int64_t version = row_int(&r);
		const struct migration *m = find(version);
		char ours[SHA_HEX];
		const char *name = row_borrow(&r);

		if (!m)
			return err_set(info, ERR_CONFLICT,
				       "the database has migration %" PRId64 " (%s), newer than "
				       "this program's %d",
				       version, name, store_schema_version());
		checksum(m, ours);
		if (!str_equal(ours, row_borrow(&r)))
			return err_set(info, ERR_CONFLICT,
				       "migration %" PRId64 " (%s) was applied in another form",
				       version, name);
		done[m - migrations] = true;
	}
	return ERR_OK;
}

static enum err migrate(struct conn *c, migrate_report *report, void *context,
			struct err_info *info)
{
	PGresult *auto_result applied = NULL;
	bool done[ARRAY_LEN(migrations)] = { false };
	enum err err;

	/* The lock first: two that create the table at once would collide. It ends with the
	 * connection. */
	err = run_query(c, QUERY_SCHEMA_LOCK, NULL, info);
	if (!err)
		err = run_query(c, QUERY_SCHEMA_CREATE, NULL, info);
	if (!err)
		err = run_query(c, QUERY_SCHEMA_LIST, &applied, info);
	if (!err)
		err = compare(applied, done, info);
	for (size_t i = 0; i < ARRAY_LEN(migrations) && !err; i++) {
		if (done[i])
			continue;
		err = apply(c, &migrations[i], info);
		if (!err && report)
			report(migrations[i].version, migrations[i].name, context);
	}
	return err;
}

enum err store_migrate(const char *url, migrate_report *report, void *context,
		       struct err_info *info)
{
	struct conninfo *ci = NULL;
	struct conn c = { .pg = NULL };
	enum err err;

	/* 0: building an index takes as long as it takes. */
	err = conninfo_new(url, "junhengctl migrate", 0, LOCK_TIMEOUT_MS, &ci, info);
	if (!err)
		err = conninfo_connect(ci, &c.pg, info);
	if (!err)
		err = migrate(&c, report, context, info);
	PQfinish(c.pg);
	conninfo_free(ci);
	return err;
}

static enum err ready_work(struct conn *c, void *context, struct err_info *info)
{
	int64_t *ret_version = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err err = store_query(c, &b, QUERY_SCHEMA_VERSION, NULL, info);
	struct row r;

	*ret_version = 0;
	if (err && str_equal(c->sqlstate, "42P01"))
		return ERR_OK; /* no such table: nothing was ever applied */
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	*ret_version = row_int(&r);
	return row_end(&r, info);
}

enum err store_ready(struct store *store, struct err_info *info)
{
	int64_t version = 0;
	const enum err err = store_run(store, ready_work, &version, info);

	if (err)
		return err;
	if (version != store_schema_version())
		return err_set(info, ERR_CONFIG,
			       "the database has schema version %" PRId64 ", not %d: run "
			       "junhengctl migrate",
			       version, store_schema_version());
	return ERR_OK;
}
