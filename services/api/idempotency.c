/* SPDX-License-Identifier: Apache-2.0 */
#include "api/idempotency.h"

#include <sodium.h>
#include <string.h>

#include "api/routes.h"
#include "base/str.h"

/* Method, path, query, what the body is, and the body, each with its end: two requests that differ
 * are different. The same bytes as another type, or packed, say something else. */
static void hash_request(const struct request *rq, unsigned char out[IDEMPOTENCY_REQUEST])
{
	const char *const parts[] = { rq->method, rq->path, rq->query,
				      rq->content_type ? rq->content_type : "",
				      rq->content_encoding ? rq->content_encoding : "" };
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, IDEMPOTENCY_REQUEST);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		crypto_generichash_update(&state, (const unsigned char *)parts[i],
					  strlen(parts[i]) + 1);
	crypto_generichash_update(&state, (const unsigned char *)rq->body, rq->body_len);
	crypto_generichash_final(&state, out, IDEMPOTENCY_REQUEST);
}

static bool is_key(const char *s)
{
	const size_t len = strlen(s);

	if (len < 1 || len >= IDEMPOTENCY_KEY)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '!' || s[i] > '~')
			return false;
	}
	return true;
}

static void replay(struct call *c, const struct kept_answer *kept)
{
	struct reply *rp = c->rp;

	rp->status = kept->status;
	str_copy(rp->type_text, sizeof(rp->type_text), kept->content_type);
	rp->content_type = rp->type_text;
	str_copy(rp->etag, sizeof(rp->etag), kept->etag);
	buf_str(&rp->body, kept->body);
	c->replayed = true;
}

enum err idempotency_begin(struct call *c)
{
	struct kept_answer auto_kept kept = { .status = 0 };
	unsigned char request[IDEMPOTENCY_REQUEST];
	enum reserved reserved = RESERVED_RUNNING;
	const char *key = c->rq->idempotency_key;
	enum err e;

	if (!key || !c->key.id || !str_equal(c->route->method, "POST"))
		return ERR_OK;
	if (!is_key(key))
		return err_set(&c->info, ERR_PARAMETER,
			       "Idempotency-Key 须为 1 到 128 个可见 ASCII 字符 / Idempotency-Key "
			       "must be 1 to 128 visible ASCII characters");
	c->reservation.api_key = c->key.id;
	str_copy(c->reservation.key, sizeof(c->reservation.key), key);
	hash_request(c->rq, request);
	e = store_idempotency_reserve(c->api->store, &c->reservation, request, &reserved, &kept,
				      &c->info);
	if (e != ERR_OK)
		return e;
	switch (reserved) {
	case RESERVED_NOW:
		return ERR_OK;
	case RESERVED_ANSWERED:
		replay(c, &kept);
		return ERR_OK;
	case RESERVED_OTHER:
		return err_set(
			&c->info, ERR_INVALID,
			"此 Idempotency-Key 已用于另一请求 / this Idempotency-Key belongs to "
			"another request");
	case RESERVED_RUNNING:
		break;
	}
	return err_set(&c->info, ERR_CONFLICT,
		       "带此 Idempotency-Key 的请求仍在处理,请稍后重试 / the request with this "
		       "Idempotency-Key is still being handled, retry shortly");
}

/* What a document says wrong, it says wrong again. That there is no data of it yet, or that its
 * bytes were damaged on their way, is over when the cause is, and the repeat is to do it then. */
static bool is_kept(const struct call *c)
{
	const int status = c->rp->status;

	return (status >= 200 && status < 300) || status == 400 || (status == 422 && c->problems.n);
}

enum err idempotency_end(struct call *c, struct err_info *info)
{
	const struct reply *rp = c->rp;
	const struct idempotent_answer answer = { rp->status, rp->content_type, rp->etag,
						  rp->body.data };

	if (!c->reservation.holder[0] || c->kept)
		return ERR_OK;
	if (is_kept(c))
		return store_idempotency_answer(c->api->store, &c->reservation, &answer, info);
	return store_idempotency_release(c->api->store, &c->reservation, info);
}
