/* SPDX-License-Identifier: Apache-2.0 */
/* Standards, as they are in force or once were. Whoever has a key may read them. */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/page.h"
#include "base/str.h"
#include "store/standards.h"
#include "json/documents.h"
#include "json/write.h"

/* says: what the document says, for its title and source. */
static void write_head(struct buf *out, const struct standard_document *d,
		       const struct standard *says)
{
	buf_str(out, "{");
	json_member_text(out, "id", d->id);
	json_member_int(out, "version", d->version);
	json_member_text_or_null(out, "base", d->base);
	json_member_text(out, "region", d->region);
	json_member_text(out, "valid_from", d->from);
	json_member_text_or_null(out, "valid_to", d->to);
	json_member_text(out, "title", says->title);
	json_member_text(out, "source", says->source);
	json_member_text(out, "changed_at", d->changed_at);
}

/* What is stored was checked when it came in. */
static enum err parse(struct call *c, const struct standard_document *d, struct standard *out)
{
	const enum err e = json_parse_standard(d->resolved, strlen(d->resolved), out, &c->info);

	return e == ERR_MALFORMED ? ERR_DB : e;
}

static enum err write_list(struct call *c, const struct standard_documents *list, const char *after,
			   int limit)
{
	auto_free struct standard *says = calloc(1, sizeof(*says));
	struct buf *out = &c->rp->body;
	char cursor[CURSOR_BYTES];
	int written = 0;

	if (!says)
		return ERR_NOMEM;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < list->n; i++) {
		enum err e;

		if (strcmp(list->items[i].id, after) <= 0)
			continue;
		if (written == limit) {
			cursor_write(list->items[i - 1].id, cursor);
			page_end(c, "cursor", cursor);
			return ERR_OK;
		}
		if ((e = parse(c, &list->items[i], says)) != ERR_OK)
			return e;
		if (written++)
			buf_str(out, ",");
		write_head(out, &list->items[i], says);
		buf_str(out, "}");
	}
	page_end(c, "cursor", NULL);
	return ERR_OK;
}

enum err standards_list(struct call *c)
{
	auto_documents struct standard_documents list = { .items = NULL };
	char after[CURSOR_KEY];
	int limit = 0;
	enum err e = page_limit(c, &limit);

	if (e == ERR_OK)
		e = page_cursor(c, after);
	if (e == ERR_OK)
		e = store_standard_documents(c->api->store, &list, &c->info);
	return e == ERR_OK ? write_list(c, &list, after, limit) : e;
}

/* 0: the one in force. */
static enum err read_version(struct call *c, int64_t *ret_version)
{
	const char *text = query_get(&c->query, "version");

	*ret_version = 0;
	if (text[0] && (!str_to_int64(text, ret_version) || *ret_version < 1))
		return err_set(&c->info, ERR_PARAMETER,
			       "version 须为正整数 / version must be a positive whole number");
	return ERR_OK;
}

enum err standard_get(struct call *c)
{
	auto_document struct standard_document d = { .document = NULL };
	auto_free struct standard *says = calloc(1, sizeof(*says));
	const char *id = call_path(c, "id");
	struct buf *out = &c->rp->body;
	int64_t version = 0;
	enum err e = read_version(c, &version);

	if (!says)
		return ERR_NOMEM;
	if (e == ERR_OK)
		e = store_standard_document(c->api->store, id, version, &d, &c->info);
	if (e == ERR_NOT_FOUND)
		return err_set(&c->info, e,
			       "没有标准 %s 或其版本 / no standard %s, or no such version", id, id);
	if (e == ERR_OK)
		e = parse(c, &d, says);
	if (e != ERR_OK)
		return e;
	write_head(out, &d, says);
	json_name(out, "document");
	buf_str(out, d.document);
	json_name(out, "resolved");
	buf_str(out, d.resolved);
	buf_str(out, "}");
	reply_etag_version(c->rp, d.version);
	return ERR_OK;
}
