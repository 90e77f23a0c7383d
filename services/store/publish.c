/* SPDX-License-Identifier: Apache-2.0 */
/* A bulletin in the making. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/idempotency_rows.h"
#include "store/pool.h"
#include "store/publications_rows.h"
#include "store/row.h"

struct publishing {
	struct store *store;
	struct conn *conn; /* its transaction is open */
	struct bulletin bulletin;
};

static void forget(struct bulletin *b)
{
	free(b->counties);
	corrections_release(&b->corrections);
	PQclear(b->rows);
	*b = (struct bulletin){ .n = 0 };
}

void store_publication_abort(struct publishing *p)
{
	if (!p)
		return;
	forget(&p->bulletin);
	if (p->conn)
		store_give(p->store, p->conn); /* rolls back what was not committed */
	free(p);
}

static inline void auto_publishing_release(struct publishing **p)
{
	store_publication_abort(*p);
}
#define auto_publishing AUTO(auto_publishing_release)

struct begin {
	const struct actor *actor;
	const struct publication *wanted;
	bool allow_behind;
	struct bulletin *out;
};

static enum err unknown_region(struct err_info *info, const char *code)
{
	return err_at(info, ERR_INVALID, "/region", "unknown_region",
		      "没有登记的地区 %s / no such region: %s", code, code);
}

static enum err counties_behind(struct err_info *info, int64_t n, const char *codes)
{
	return err_set(info, ERR_CONFLICT,
		       "%lld 个县的数据尚未计算(%s) / %lld counties are behind: publish when they "
		       "are computed, or with allow_behind",
		       (long long)n, codes, (long long)n);
}

/* Takes the turn and the snapshot, and decides whether there is to be a bulletin. */
static enum err read_head(struct conn *c, const struct begin *bg, struct publication *head,
			  struct publication_ref *corrects, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	const char *codes;
	struct params p;
	struct row r;
	int64_t behind;
	bool has_data;
	enum err err;

	params_init(&p);
	params_text(&p, head->region);
	params_text(&p, head->period);
	batch_init(&b, c);
	batch_add(&b, QUERY_SNAPSHOT_BEGIN_WRITE, NULL);
	batch_add(&b, QUERY_PUBLICATION_LOCK, NULL);
	batch_add(&b, QUERY_PUBLICATION_HEAD, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 2)))
		return unknown_region(info, head->region);
	r = row_at(batch_result(&b, 2), 0);
	row_text(&r, head->name, sizeof(head->name));
	head->ref.id = row_int(&r);
	head->ref.number = row_int(&r);
	has_data = row_bool(&r);
	behind = row_int(&r);
	codes = row_borrow(&r);
	corrects->id = row_int_or(&r, 0);
	corrects->number = row_int_or(&r, 0);
	err = row_end(&r, info);
	if (!err && !has_data)
		return err_at(info, ERR_INVALID, "/period", "no_data",
			      "该地区各县该学年没有数据 / no county of the region has data of that "
			      "period");
	if (!err && behind && !bg->allow_behind)
		return counties_behind(info, behind, codes);
	return err;
}

static enum err read_county(const PGresult *result, int row, struct published_county *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);

	row_text(&r, out->code, sizeof(out->code));
	row_text(&r, out->name, sizeof(out->name));
	row_text(&r, out->prefecture, sizeof(out->prefecture));
	if (!county_state_parse(row_borrow(&r), &out->state))
		return err_set(info, ERR_DB, "a county that stands nowhere");
	out->behind = row_bool(&r);
	row_text_or(&r, out->standard, sizeof(out->standard), "");
	out->standard_version = row_int_or(&r, 0);
	out->version = row_int(&r);
	row_text_or(&r, out->computed_at, sizeof(out->computed_at), "");
	out->missing_schools = row_int(&r);
	out->failing = row_borrow(&r);
	out->missing = row_borrow(&r);
	out->stages = row_borrow(&r);
	out->items = row_borrow(&r);
	return row_end(&r, info);
}

static enum err read_counties(PGresult **result, struct bulletin *out, struct err_info *info)
{
	enum err err = ERR_OK;

	out->n = (size_t)PQntuples(*result);
	out->counties = calloc(out->n + 1, sizeof(out->counties[0]));
	if (!out->counties)
		return err_set(info, ERR_NOMEM, "no memory for %zu counties", out->n);
	for (size_t i = 0; i < out->n && !err; i++)
		err = read_county(*result, (int)i, &out->counties[i], info);
	out->rows = STEAL(*result);
	return err;
}

static void open_params(struct params *p, const struct begin *bg, const struct publication *head)
{
	params_init(p);
	params_int(p, head->ref.id);
	params_text(p, head->region);
	params_int(p, head->ref.number);
	params_text(p, head->name);
	params_text(p, head->period);
	params_text_or(p, head->title, "");
	params_text_or(p, head->note, "");
	params_int_or(p, bg->actor->key, 0);
}

enum { OPEN_HEAD, OPEN_PUT, OPEN_COUNTIES, OPEN_CORRECTIONS };

/* Writes all but the bytes, and reads from what is written what the bytes are to say. */
static enum err open_bulletin(struct conn *c, const struct begin *bg, struct bulletin *out,
			      struct err_info *info)
{
	struct params open, put, counties, corrections;
	struct batch auto_batch b = { .n = 0 };
	struct row r;
	enum err err;

	open_params(&open, bg, &out->head);
	params_init(&counties);
	params_int(&counties, out->head.ref.id);
	params_init(&put);
	params_int(&put, out->head.ref.id);
	params_text(&put, out->head.region);
	params_text(&put, out->head.period);
	params_init(&corrections);
	params_int(&corrections, out->corrects.id);
	params_int(&corrections, out->head.ref.id);
	batch_init(&b, c);
	batch_add(&b, QUERY_PUBLICATION_OPEN, &open);
	batch_add(&b, QUERY_PUBLICATION_COUNTIES_PUT, &put);
	batch_add(&b, QUERY_PUBLICATION_COUNTIES, &counties);
	batch_add(&b, QUERY_PUBLICATION_CORRECTIONS, &corrections);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, OPEN_HEAD), 0);
	row_text(&r, out->head.published_at, sizeof(out->head.published_at));
	err = row_end(&r, info);
	if (!err)
		err = read_counties(&b.result[OPEN_COUNTIES], out, info);
	if (!err)
		err = corrections_read(&b.result[OPEN_CORRECTIONS], &out->corrections, info);
	return err;
}

static enum err begin_work(struct conn *c, void *context, struct err_info *info)
{
	const struct begin *bg = context;
	struct bulletin *out = bg->out;
	enum err err;

	forget(out); /* of an attempt before */
	out->head = *bg->wanted;
	err = read_head(c, bg, &out->head, &out->corrects, info);
	return err ? err : open_bulletin(c, bg, out, info);
}

enum err store_publication_begin(struct store *store, const struct actor *actor,
				 const struct publication *wanted, bool allow_behind,
				 struct publishing **ret_p, const struct bulletin **ret_bulletin,
				 struct err_info *info)
{
	struct publishing *auto_publishing p = calloc(1, sizeof(*p));
	struct begin bg;
	enum err err;

	if (!p)
		return err_set(info, ERR_NOMEM, "no memory for a bulletin");
	p->store = store;
	bg = (struct begin){ actor, wanted, allow_behind, &p->bulletin };
	err = store_run_keep(store, begin_work, &bg, &p->conn, info);
	if (err)
		return err;
	*ret_bulletin = &p->bulletin;
	*ret_p = STEAL(p);
	return ERR_OK;
}

static enum err close_bulletin(const struct publishing *p, const char *body, const char *page,
			       const struct reservation *reservation,
			       const struct idempotent_answer *answer, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params params;
	enum err err;

	params_init(&params);
	params_int(&params, p->bulletin.head.ref.id);
	params_text(&params, body);
	params_text(&params, page);
	batch_init(&b, p->conn);
	batch_add(&b, QUERY_PUBLICATION_CLOSE, &params);
	if (reservation)
		idempotency_add(&b, reservation, answer);
	err = batch_run(&b, info);
	return err || !reservation ? err : idempotency_check(batch_result(&b, 1), info);
}

enum err store_publication_commit(struct publishing *owned, const char *body, const char *page,
				  const struct reservation *reservation,
				  const struct idempotent_answer *answer, struct err_info *info)
{
	struct publishing *auto_publishing p = owned;
	struct batch auto_batch b = { .n = 0 };
	const enum err err = close_bulletin(p, body, page, reservation, answer, info);

	return err ? err : store_query(p->conn, &b, QUERY_TXN_COMMIT, NULL, info);
}
