/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/idempotency_rows.h"
#include "store/pool.h"
#include "store/row.h"

#define HASH_TEXT (2 + 2 * IDEMPOTENCY_REQUEST + 1) /* \x and hexadecimal digits */

void kept_answer_release(struct kept_answer *a)
{
	free(a->content_type);
	free(a->etag);
	free(a->body);
	*a = (struct kept_answer){ .status = 0 };
}

struct reserve {
	struct reservation *reservation;
	const unsigned char *request;
	enum reserved *ret;
	struct kept_answer *out;
};

static void key_params(struct params *p, const struct reservation *r)
{
	params_init(p);
	params_int(p, r->api_key);
	params_text(p, r->key);
}

static enum err read_kept(struct row *r, struct kept_answer *out, struct err_info *info)
{
	struct kept_answer auto_kept kept = { .status = (int)row_int(r) };
	enum err err;

	kept.content_type = strdup(row_borrow(r));
	kept.etag = strdup(row_borrow(r));
	kept.body = strdup(row_borrow(r));
	if (!kept.content_type || !kept.etag || !kept.body)
		return err_set(info, ERR_NOMEM, "no memory for an answer");
	err = row_end(r, info);
	if (err)
		return err;
	*out = kept;
	kept = (struct kept_answer){ .status = 0 };
	return ERR_OK;
}

/* By whom it is taken. No row: whoever had it has just released it, which is as good as running. */
static enum err read_taken(const PGresult *result, const struct reserve *rs, struct err_info *info)
{
	struct row r = row_at(result, 0);

	*rs->ret = RESERVED_RUNNING;
	if (!PQntuples(result))
		return ERR_OK;
	if (!row_bool(&r))
		*rs->ret = RESERVED_OTHER;
	else if (!row_is_null(&r))
		*rs->ret = RESERVED_ANSWERED;
	return *rs->ret == RESERVED_ANSWERED ? read_kept(&r, rs->out, info) : ERR_OK;
}

enum { RESERVE_SWEEP, RESERVE_INSERT, RESERVE_GET };

/* Without BEGIN the statements are one transaction, which is committed when they are answered. */
static enum err reserve_work(struct conn *c, void *context, struct err_info *info)
{
	const struct reserve *rs = context;
	struct batch auto_batch b = { .n = 0 };
	char hash[HASH_TEXT] = "\\x";
	struct params p;
	struct row r;
	enum err err;

	sodium_bin2hex(hash + 2, sizeof(hash) - 2, rs->request, IDEMPOTENCY_REQUEST);
	key_params(&p, rs->reservation);
	params_text(&p, hash);
	batch_init(&b, c);
	batch_add(&b, QUERY_IDEMPOTENCY_SWEEP, NULL);
	batch_add(&b, QUERY_IDEMPOTENCY_RESERVE, &p);
	batch_add(&b, QUERY_IDEMPOTENCY_GET, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, RESERVE_INSERT)))
		return read_taken(batch_result(&b, RESERVE_GET), rs, info);
	r = row_at(batch_result(&b, RESERVE_INSERT), 0);
	row_text(&r, rs->reservation->holder, sizeof(rs->reservation->holder));
	*rs->ret = RESERVED_NOW;
	return row_end(&r, info);
}

enum err store_idempotency_reserve(struct store *store, struct reservation *r,
				   const unsigned char request[IDEMPOTENCY_REQUEST],
				   enum reserved *ret_reserved, struct kept_answer *out,
				   struct err_info *info)
{
	struct reserve rs = { r, request, ret_reserved, out };

	return store_run(store, reserve_work, &rs, info);
}

void idempotency_add(struct batch *b, const struct reservation *r,
		     const struct idempotent_answer *answer)
{
	struct params p;

	key_params(&p, r);
	params_text(&p, r->holder);
	params_int(&p, answer->status);
	params_text(&p, answer->content_type);
	params_text_or(&p, answer->etag, "");
	params_text(&p, answer->body);
	batch_add(b, QUERY_IDEMPOTENCY_ANSWER, &p);
}

enum err idempotency_check(const PGresult *result, struct err_info *info)
{
	if (PQntuples(result))
		return ERR_OK;
	return err_set(info, ERR_CONFLICT,
		       "带此 Idempotency-Key 的请求已由他处重做 / the request with this "
		       "Idempotency-Key has been taken over by a repeat");
}

struct finish {
	const struct reservation *reservation;
	const struct idempotent_answer *answer; /* NULL: release */
};

static enum err finish_work(struct conn *c, void *context, struct err_info *info)
{
	const struct finish *f = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	batch_init(&b, c);
	if (f->answer) {
		idempotency_add(&b, f->reservation, f->answer);
	} else {
		key_params(&p, f->reservation);
		params_text(&p, f->reservation->holder);
		batch_add(&b, QUERY_IDEMPOTENCY_RELEASE, &p);
	}
	err = batch_run(&b, info);
	return err || !f->answer ? err : idempotency_check(batch_result(&b, 0), info);
}

enum err store_idempotency_answer(struct store *store, const struct reservation *r,
				  const struct idempotent_answer *answer, struct err_info *info)
{
	struct finish f = { r, answer };

	return store_run(store, finish_work, &f, info);
}

enum err store_idempotency_release(struct store *store, const struct reservation *r,
				   struct err_info *info)
{
	struct finish f = { r, NULL };

	return store_run(store, finish_work, &f, info);
}
