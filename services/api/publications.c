/* SPDX-License-Identifier: Apache-2.0 */
/* Bulletins: a region publishes where its counties stand; whoever wants to reads it. */
#include <stdio.h>
#include <stdlib.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/html.h"
#include "api/page.h"
#include "api/publication_view.h"
#include "api/region_view.h"
#include "base/metrics.h"
#include "base/str.h"
#include "json/documents.h"
#include "json/write.h"

/* --- publishing --------------------------------------------------------------------------- */

static void write_answer(struct buf *out, const struct bulletin *b)
{
	buf_str(out, "{");
	publication_view_head(out, &b->head);
	publication_view_ref(out, "corrects", &b->corrects);
	json_member_int(out, "corrections", (int64_t)b->corrections.n);
	buf_str(out, "}");
}

/* p is given away. With an Idempotency-Key, the bulletin and the answer are one transaction. */
static enum err keep(struct call *c, struct publishing *p, const char *body, const char *page)
{
	const struct reply *rp = c->rp;
	const struct idempotent_answer answer = { 201, rp->content_type, "", rp->body.data };
	const bool reserved = c->reservation.holder[0] != '\0';
	const enum err e = store_publication_commit(
		p, body, page, reserved ? &c->reservation : NULL, &answer, &c->info);

	c->kept = e == ERR_OK && reserved;
	return e;
}

static enum err publish(struct call *c, const struct publication *wanted, bool allow_behind)
{
	const struct actor actor = call_actor(c);
	const struct bulletin *bulletin = NULL;
	struct publishing *p = NULL;
	auto_buf struct buf body;
	auto_buf struct buf page;
	enum err e;

	buf_init(&body, REPLY_BYTES_MAX);
	buf_init(&page, REPLY_BYTES_MAX);
	e = store_publication_begin(c->api->store, &actor, wanted, allow_behind, &p, &bulletin,
				    &c->info);
	if (e != ERR_OK)
		return e;
	publication_view_bulletin(&body, bulletin);
	publication_view_page(&page, bulletin);
	write_answer(&c->rp->body, bulletin);
	if (buf_failed(&body) || buf_failed(&page) || buf_failed(&c->rp->body)) {
		store_publication_abort(p);
		return err_set(&c->info, ERR_NOMEM, "no room for a bulletin");
	}
	return keep(c, p, body.data, page.data);
}

enum err publication_post(struct call *c)
{
	auto_free struct publication *wanted = calloc(1, sizeof(*wanted));
	struct publication_document document;
	enum err e;

	if (!wanted)
		return ERR_NOMEM;
	e = json_read_publication(c->rq->body, c->rq->body_len, &document, &c->problems, &c->info);
	if (e == ERR_OK)
		e = access_region(&c->key, document.region, "", &c->info);
	if (e != ERR_OK)
		return e;
	str_copy(wanted->region, sizeof(wanted->region), document.region);
	str_copy(wanted->period, sizeof(wanted->period), document.period);
	str_copy(wanted->title, sizeof(wanted->title), document.title);
	str_copy(wanted->note, sizeof(wanted->note), document.note);
	e = publish(c, wanted, document.allow_behind);
	if (e != ERR_OK)
		return e;
	c->rp->status = 201;
	metric_add(METRIC_WRITES, 1);
	return ERR_OK;
}

/* --- reading ------------------------------------------------------------------------------ */

static int64_t path_id(const struct call *c)
{
	int64_t id = 0;

	/* The dispatcher has seen that it is a number. */
	return str_to_int64(call_path(c, "id"), &id) ? id : 0;
}

/* The bytes never change: whoever has them need not ask again. */
static void answer_bytes(struct call *c, const char *bytes)
{
	buf_str(&c->rp->body, bytes);
	c->rp->cache_control = "public, max-age=31536000, immutable";
	reply_etag_body(c->rp);
}

enum err publication_body(struct call *c)
{
	auto_free char *body = NULL;
	const enum err e = store_publication_body(c->api->store, path_id(c), &body, &c->info);

	if (e == ERR_OK)
		answer_bytes(c, body);
	return e;
}

enum err publication_page(struct call *c)
{
	auto_free char *page = NULL;
	const enum err e = store_publication_page(c->api->store, path_id(c), &page, &c->info);

	if (e != ERR_OK)
		return e;
	c->rp->content_type = "text/html; charset=utf-8";
	c->rp->policy = HTML_POLICY;
	answer_bytes(c, page);
	return ERR_OK;
}

/* What has been published since, which anyone may know; pending: and what has not been yet. */
static enum err corrections(struct call *c, bool with_pending)
{
	auto_free struct publication *publication = calloc(1, sizeof(*publication));
	auto_corrections struct corrections corrected = { .n = 0 };
	auto_corrections struct corrections pending = { .n = 0 };
	struct buf *out = &c->rp->body;
	struct publication_ref latest;
	enum err e;

	if (!publication)
		return ERR_NOMEM;
	e = store_publication_corrections(c->api->store, path_id(c), publication, &latest,
					  &corrected, with_pending ? &pending : NULL, &c->info);
	if (e == ERR_OK && with_pending)
		e = access_region(&c->key, publication->region, "", &c->info);
	if (e != ERR_OK)
		return e;
	buf_str(out, "{");
	publication_view_head(out, publication);
	publication_view_ref(out, "latest", &latest);
	publication_view_corrections(out, "corrected", &corrected);
	if (with_pending)
		publication_view_corrections(out, "pending", &pending);
	buf_str(out, "}");
	reply_etag_body(c->rp);
	return ERR_OK;
}

enum err publication_corrections(struct call *c)
{
	return corrections(c, false);
}

enum err publication_get(struct call *c)
{
	return corrections(c, true);
}

static enum err read_query(struct call *c, struct publication_query *q)
{
	enum err e = call_period(c, &q->period);

	q->region = query_get(&c->query, "region");
	if (e == ERR_OK && q->region[0] && !str_is_digits(q->region, 2) &&
	    !str_is_digits(q->region, 4))
		e = err_set(&c->info, ERR_PARAMETER,
			    "region 须为 2 或 4 位数字 / region must be 2 or 4 digits");
	if (e == ERR_OK)
		e = page_limit(c, &q->limit);
	return e == ERR_OK ? page_cursor_number(c, &q->before) : e;
}

enum err publications_list(struct call *c)
{
	auto_publications struct publication_list list = { .n = 0 };
	struct publication_query q = { .before = 0 };
	struct buf *out = &c->rp->body;
	enum err e = read_query(c, &q);
	size_t n;

	if (e != ERR_OK)
		return e;
	/* One more than asked for tells whether there is a next page. */
	q.limit++;
	e = store_publications_list(c->api->store, &q, &list, &c->info);
	if (e != ERR_OK)
		return e;
	n = list.n < (size_t)q.limit ? list.n : (size_t)q.limit - 1;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		buf_str(out, i ? ",{" : "{");
		publication_view_head(out, &list.items[i]);
		buf_str(out, "}");
	}
	page_end_number(c, n < list.n && n, n ? list.items[n - 1].ref.id : 0);
	reply_etag_body(c->rp);
	return ERR_OK;
}
