/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of standards: a standard with those that are based on it, as one. */
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/patch.h"
#include "api/standard_resolve.h"
#include "base/str.h"
#include "json/documents.h"
#include "json/write.h"

#define EPOCH_TRIES 5 /* against others who change standards between our read and write */

/* A standard as it is to be written, and room to work. */
struct draft {
	struct standard_documents list; /* in force; then, as it would be */
	struct standard_document *item; /* in the list, once it is placed there */
	struct standard says;
	struct problems problems; /* of a standard that is based on it */
};

static void draft_free(struct draft **d)
{
	if (*d)
		standard_documents_release(&(*d)->list);
	free(*d);
}
#define auto_draft AUTO(draft_free)

/* An open standard gives way to a later one of its region; others may not share a period. */
static bool overlap(const struct standard_document *a, const struct standard_document *b)
{
	const int order = strcmp(a->from, b->from);
	const struct standard_document *first = order < 0 ? a : b;
	const struct standard_document *second = order < 0 ? b : a;

	return order == 0 || (first->to[0] && strcmp(second->from, first->to) <= 0);
}

static enum err check_dates(const struct standard_documents *list,
			    const struct standard_document *item, struct problems *problems)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct standard_document *other = &list->items[i];

		if (str_equal(other->id, item->id) || !str_equal(other->region, item->region) ||
		    !overlap(other, item))
			continue;
		problems_add(problems, "/valid_from", "overlaps",
			     "与同一地区的标准 %s(%s 至 %s)重叠 / overlaps %s of the same region "
			     "(%s to %s)",
			     other->id, other->from, other->to[0] ? other->to : "…", other->id,
			     other->from, other->to[0] ? other->to : "…");
		return ERR_INVALID;
	}
	return ERR_OK;
}

/* The list takes over what the item owns. */
static enum err place(struct draft *d, struct standard_document *item)
{
	struct standard_document *place = standard_listed(&d->list, item->id);

	if (!place) {
		struct standard_document *more =
			realloc(d->list.items, (d->list.n + 1) * sizeof(*more));

		if (!more)
			return ERR_NOMEM;
		d->list.items = more;
		place = &more[d->list.n++];
		*place = (struct standard_document){ .version = 0 };
	}
	standard_document_release(place);
	*place = *item;
	*item = (struct standard_document){ .version = 0 };
	d->item = place;
	return ERR_OK;
}

/* Resolves what the client sent, and puts it where it would be. */
static enum err resolve(struct call *c, struct draft *d)
{
	auto_document struct standard_document item = { .version = 0 };
	auto_buf struct buf document, resolved;
	enum err e;

	buf_init(&document, STANDARD_BYTES);
	buf_init(&resolved, STANDARD_BYTES);
	buf_add(&document, c->rq->body, c->rq->body_len);
	e = standard_resolve(&d->list, call_path(c, "id"), c->rq->body, c->rq->body_len, &resolved,
			     &d->says, &c->problems, &c->info);
	if (e == ERR_OK)
		e = access_region(&c->key, d->says.region, "", &c->info);
	if (e != ERR_OK)
		return e;
	str_copy(item.id, sizeof(item.id), d->says.id);
	str_copy(item.base, sizeof(item.base), d->says.base);
	str_copy(item.region, sizeof(item.region), d->says.region);
	str_copy(item.from, sizeof(item.from), d->says.from);
	str_copy(item.to, sizeof(item.to), d->says.to);
	item.document = buf_detach(&document, NULL);
	item.resolved = buf_detach(&resolved, NULL);
	if (!item.document || !item.resolved)
		return ERR_NOMEM;
	e = check_dates(&d->list, &item, &c->problems);
	return e == ERR_OK ? place(d, &item) : e;
}

/* One that is based on what has changed, over its base as it would be. */
static enum err resolve_again(struct call *c, struct draft *d, struct standard_document *item)
{
	const struct problem *first = &d->problems.items[0];
	auto_buf struct buf resolved;
	enum err e;

	buf_init(&resolved, STANDARD_BYTES);
	e = standard_resolve(&d->list, item->id, item->document, strlen(item->document), &resolved,
			     &d->says, &d->problems, &c->info);
	if (e == ERR_INVALID && d->problems.n)
		return err_set(&c->info, ERR_CONFLICT,
			       "标准 %s 以它为基础,将不再成立 / %s is based on it and would be "
			       "invalid: %s: %s",
			       item->id, item->id, first->pointer, first->detail);
	if (e != ERR_OK)
		return e == ERR_MALFORMED ? ERR_DB : e;
	free(item->resolved);
	item->resolved = buf_detach(&resolved, NULL);
	return item->resolved ? ERR_OK : ERR_NOMEM;
}

/* out: d->item and then all that are based on it, bases before what is based on them; borrowed
 * from the list. */
static enum err resolve_all(struct call *c, struct draft *d, struct standard_document *out,
			    size_t *ret_n)
{
	size_t n = 1;

	out[0] = *d->item;
	for (size_t done = 0; done < n; done++) {
		for (size_t i = 0; i < d->list.n; i++) {
			struct standard_document *item = &d->list.items[i];
			enum err e;

			if (!str_equal(item->base, out[done].id))
				continue;
			e = resolve_again(c, d, item);
			if (e != ERR_OK)
				return e;
			out[n++] = *item;
		}
	}
	*ret_n = n;
	return ERR_OK;
}

static void answer(struct call *c, const struct standard_write *w)
{
	struct buf *out = &c->rp->body;
	const struct write_result result = { .created = w->created,
					     .changed = w->changed,
					     .version = w->version };

	c->rp->status = w->created ? 201 : 200;
	buf_str(out, "{");
	json_member_text(out, "id", call_path(c, "id"));
	json_member_int(out, "version", w->version);
	json_member_bool(out, "changed", w->changed);
	json_member_int(out, "counties", w->counties);
	buf_str(out, "}");
	call_written(c, &result);
}

static enum err put_once(struct call *c)
{
	auto_draft struct draft *d = calloc(1, sizeof(*d));
	auto_free struct standard_document *items = NULL;
	const struct actor actor = call_actor(c);
	const struct standard_document *was;
	struct standard_write written;
	size_t n = 0;
	enum err e;

	if (!d)
		return ERR_NOMEM;
	e = store_standard_documents(c->api->store, &d->list, &c->info);
	if (e != ERR_OK)
		return e;
	was = standard_listed(&d->list, call_path(c, "id"));
	if (was)
		e = access_region(&c->key, was->region, "", &c->info);
	if (e == ERR_OK)
		e = resolve(c, d);
	if (e != ERR_OK)
		return e;
	items = calloc(d->list.n, sizeof(*items));
	if (!items)
		return ERR_NOMEM;
	e = resolve_all(c, d, items, &n);
	if (e == ERR_OK)
		e = store_standard_put(c->api->store, &actor, items, n, d->list.epoch, c->match,
				       &written, &c->info);
	if (e == ERR_OK)
		answer(c, &written);
	return e;
}

static enum err check_unused(struct call *c, const struct standard_documents *list,
			     const struct standard_document *item)
{
	bool national = false;

	for (size_t i = 0; i < list->n; i++) {
		const struct standard_document *other = &list->items[i];

		if (str_equal(other->base, item->id))
			return err_set(&c->info, ERR_CONFLICT,
				       "标准 %s 以它为基础 / standard %s is based on it", other->id,
				       other->id);
		national |= !other->region[0] && other != item;
	}
	if (item->region[0] || national)
		return ERR_OK;
	return err_set(&c->info, ERR_CONFLICT,
		       "这是唯一的全国标准 / it is the only standard of the country");
}

static enum err delete_once(struct call *c)
{
	auto_documents struct standard_documents list = { .items = NULL };
	const char *id = call_path(c, "id");
	const struct actor actor = call_actor(c);
	const struct standard_document *was;
	struct standard_document gone;
	struct standard_write written;
	enum err e = store_standard_documents(c->api->store, &list, &c->info);

	if (e != ERR_OK)
		return e;
	was = standard_listed(&list, id);
	if (!was)
		return err_set(&c->info, ERR_NOT_FOUND, "没有标准 %s / no standard %s", id, id);
	e = access_region(&c->key, was->region, "", &c->info);
	if (e == ERR_OK)
		e = check_unused(c, &list, was);
	if (e != ERR_OK)
		return e;
	gone = *was;
	gone.document = NULL;
	gone.resolved = NULL;
	e = store_standard_put(c->api->store, &actor, &gone, 1, list.epoch, c->match, &written,
			       &c->info);
	if (e == ERR_OK)
		answer(c, &written);
	return e;
}

/* Standards rest on one another: a change is made against all of them as they were read. */
static enum err change(struct call *c, handler *once)
{
	enum err e = ERR_BUSY;

	for (uint32_t i = 0; i < EPOCH_TRIES; i++) {
		if (i)
			patch_back_off(i);
		e = once(c);
		if (e != ERR_BUSY || !str_equal(c->info.reason, "epoch"))
			break;
	}
	return e;
}

enum err standard_put(struct call *c)
{
	return change(c, put_once);
}

enum err standard_delete(struct call *c)
{
	const enum err e = change(c, delete_once);

	c->rp->etag[0] = '\0'; /* there is no such standard any more */
	return e;
}
