/* SPDX-License-Identifier: Apache-2.0 */
#include "store/standards.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/facts.h"
#include "store/row.h"
#include "store/standards_cache.h"

/* --- what they say ------------------------------------------------------------------------- */

struct want {
	struct store *store;
	enum query query; /* standard_for or standard_as_of */
	struct params params;
	const char *id; /* else by this one, and its version */
	int64_t version;
	const struct standard *standard;
};

static enum err want_work(struct conn *c, void *context, struct err_info *info)
{
	struct want *w = context;
	struct batch auto_batch b = { .n = 0 };
	enum err err;

	if (w->id)
		return standard_load(w->store, c, w->id, w->version, &w->standard, info);
	err = store_query(c, &b, w->query, &w->params, info);
	return err ? err : standard_chosen(w->store, c, batch_result(&b, 0), &w->standard, info);
}

static enum err want(struct want *w, const char *period, const struct standard **ret_standard,
		     struct err_info *info)
{
	const enum err err = store_run(w->store, want_work, w, info);

	if (err)
		return err;
	if (!w->standard)
		return no_standard(period, info);
	*ret_standard = w->standard;
	return ERR_OK;
}

enum err store_standard_for(struct store *store, const char *county, const char *period,
			    const struct standard **ret_standard, struct err_info *info)
{
	struct want w = { .store = store, .query = QUERY_STANDARD_FOR };

	params_init(&w.params);
	params_text(&w.params, county);
	params_text(&w.params, period);
	return want(&w, period, ret_standard, info);
}

enum err store_standard_as_of(struct store *store, const char *county, const char *period,
			      int64_t at_us, const struct standard **ret_standard,
			      struct err_info *info)
{
	struct want w = { .store = store, .query = QUERY_STANDARD_AS_OF };
	char at[TIME_TEXT];

	params_init(&w.params);
	params_text(&w.params, county);
	params_text(&w.params, period);
	params_text(&w.params, time_format(at_us, at));
	return want(&w, period, ret_standard, info);
}

enum err store_standard_get(struct store *store, const char *id, int64_t version,
			    const struct standard **ret_standard, struct err_info *info)
{
	struct want w = { .store = store, .id = id, .version = version };

	return want(&w, "", ret_standard, info);
}

/* --- documents -------------------------------------------------------------------------------- */

void standard_document_release(struct standard_document *d)
{
	free(d->document);
	free(d->resolved);
	*d = (struct standard_document){ .version = 0 };
}

void standard_documents_release(struct standard_documents *list)
{
	for (size_t i = 0; i < list->n; i++)
		standard_document_release(&list->items[i]);
	free(list->items);
	*list = (struct standard_documents){ .n = 0 };
}

static enum err read_document(const PGresult *result, int row, struct standard_document *out,
			      struct err_info *info)
{
	struct row r = row_at(result, row);
	enum err err;

	row_text(&r, out->id, sizeof(out->id));
	out->version = row_int(&r);
	row_text_or(&r, out->base, sizeof(out->base), "");
	row_text(&r, out->region, sizeof(out->region));
	row_text(&r, out->from, sizeof(out->from));
	row_text_or(&r, out->to, sizeof(out->to), "");
	row_text(&r, out->changed_at, sizeof(out->changed_at));
	out->document = strdup(row_borrow(&r));
	out->resolved = strdup(row_borrow(&r));
	err = row_end(&r, info);
	if (err)
		return err;
	if (!out->document || !out->resolved)
		return err_set(info, ERR_NOMEM, "no memory for the standard %s", out->id);
	return ERR_OK;
}

enum { LIST_BEGIN, LIST_EPOCH, LIST_ROWS };

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	struct standard_documents *out = context;
	struct standard_documents auto_documents list = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	size_t n;
	enum err err;

	params_init(&p);
	params_int(&p, STANDARDS_MAX);
	batch_init(&b, c);
	batch_add(&b, QUERY_SNAPSHOT_BEGIN, NULL);
	batch_add(&b, QUERY_STANDARD_EPOCH, NULL);
	batch_add(&b, QUERY_STANDARD_LIST, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, LIST_EPOCH), 0);
	list.epoch = row_int(&r);
	err = row_end(&r, info);
	n = (size_t)PQntuples(batch_result(&b, LIST_ROWS));
	list.items = calloc(n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu standards", n);
	for (; list.n < n && !err; list.n++)
		err = read_document(batch_result(&b, LIST_ROWS), (int)list.n, &list.items[list.n],
				    info);
	if (err)
		return err;
	*out = list;
	list = (struct standard_documents){ .n = 0 };
	return ERR_OK;
}

enum err store_standard_documents(struct store *store, struct standard_documents *out,
				  struct err_info *info)
{
	return store_run(store, list_work, out, info);
}

struct get {
	const char *id;
	int64_t version;
	struct standard_document *out;
};

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct standard_document auto_document document = { .version = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, g->id);
	params_int(&p, g->version);
	err = store_query(c, &b, QUERY_STANDARD_VERSION, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return err_set(info, ERR_NOT_FOUND,
			       "没有此标准或此版本 / no such standard or version");
	err = read_document(batch_result(&b, 0), 0, &document, info);
	if (err)
		return err;
	*g->out = document;
	document = (struct standard_document){ .version = 0 };
	return ERR_OK;
}

enum err store_standard_document(struct store *store, const char *id, int64_t version,
				 struct standard_document *out, struct err_info *info)
{
	struct get g = { id, version, out };

	return store_run(store, get_work, &g, info);
}
