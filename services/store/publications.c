/* SPDX-License-Identifier: Apache-2.0 */
/* Bulletins that were published. */
#include "store/publications.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/pool.h"
#include "store/publications_rows.h"
#include "store/row.h"

void corrections_release(struct corrections *list)
{
	free(list->items);
	PQclear(list->rows);
	*list = (struct corrections){ .n = 0 };
}

static enum err read_correction(const PGresult *result, int row, struct correction *out,
				struct err_info *info)
{
	struct row r = row_at(result, row);

	row_text(&r, out->code, sizeof(out->code));
	row_text(&r, out->name, sizeof(out->name));
	row_text_or(&r, out->from, sizeof(out->from), "");
	row_text_or(&r, out->to, sizeof(out->to), "");
	out->from_version = row_int_or(&r, 0);
	out->to_version = row_int_or(&r, 0);
	out->items = row_borrow(&r);
	out->number = row_int_or(&r, 0);
	return row_end(&r, info);
}

enum err corrections_read(PGresult **result, struct corrections *out, struct err_info *info)
{
	struct corrections auto_corrections list = { .n = (size_t)PQntuples(*result) };
	enum err err = ERR_OK;

	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu corrections", list.n);
	for (size_t i = 0; i < list.n && !err; i++)
		err = read_correction(*result, (int)i, &list.items[i], info);
	if (err)
		return err;
	list.rows = STEAL(*result);
	*out = list;
	list = (struct corrections){ .n = 0 };
	return ERR_OK;
}

static void read_publication(struct row *r, struct publication *out)
{
	out->ref.id = row_int(r);
	out->ref.number = row_int(r);
	row_text(r, out->region, sizeof(out->region));
	row_text(r, out->name, sizeof(out->name));
	row_text(r, out->period, sizeof(out->period));
	row_text_or(r, out->title, sizeof(out->title), "");
	row_text_or(r, out->note, sizeof(out->note), "");
	row_text(r, out->published_at, sizeof(out->published_at));
}

static enum err not_found(struct err_info *info)
{
	return err_set(info, ERR_NOT_FOUND, "没有此公报 / no such bulletin");
}

struct bytes {
	enum query query; /* of which of them */
	int64_t id;
	char *text;
};

static enum err bytes_work(struct conn *c, void *context, struct err_info *info)
{
	struct bytes *bytes = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_int(&p, bytes->id);
	err = store_query(c, &b, bytes->query, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return not_found(info);
	r = row_at(batch_result(&b, 0), 0);
	bytes->text = strdup(row_borrow(&r));
	return bytes->text ? ERR_OK : err_set(info, ERR_NOMEM, "no memory for a bulletin");
}

static enum err get_bytes(struct store *store, enum query query, int64_t id, char **ret_text,
			  struct err_info *info)
{
	struct bytes bytes = { query, id, NULL };
	const enum err err = store_run(store, bytes_work, &bytes, info);

	if (!err)
		*ret_text = bytes.text;
	return err;
}

enum err store_publication_body(struct store *store, int64_t id, char **ret_body,
				struct err_info *info)
{
	return get_bytes(store, QUERY_PUBLICATION_BODY, id, ret_body, info);
}

enum err store_publication_page(struct store *store, int64_t id, char **ret_page,
				struct err_info *info)
{
	return get_bytes(store, QUERY_PUBLICATION_PAGE, id, ret_page, info);
}

struct get {
	int64_t id;
	struct publication *publication;
	struct publication_ref *latest;
	struct corrections *corrected;
	struct corrections *pending; /* NULL: not asked for */
};

static enum err get_head(struct conn *c, const struct get *g, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_int(&p, g->id);
	batch_init(&b, c);
	batch_add(&b, QUERY_SNAPSHOT_BEGIN, NULL);
	batch_add(&b, QUERY_PUBLICATION_GET, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 1)))
		return not_found(info);
	r = row_at(batch_result(&b, 1), 0);
	read_publication(&r, g->publication);
	g->latest->id = row_int(&r);
	g->latest->number = row_int(&r);
	return row_end(&r, info);
}

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct corrections auto_corrections corrected = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p, now;
	enum err err = get_head(c, g, info);

	if (err)
		return err;
	params_init(&p);
	params_int(&p, g->id);
	params_int(&p, g->latest->id);
	params_init(&now);
	params_int(&now, g->latest->id);
	params_text(&now, g->publication->region);
	params_text(&now, g->publication->period);
	batch_init(&b, c);
	batch_add(&b, QUERY_PUBLICATION_CORRECTIONS, &p);
	if (g->pending)
		batch_add(&b, QUERY_PUBLICATION_PENDING, &now);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (!err)
		err = corrections_read(&b.result[0], &corrected, info);
	if (!err && g->pending)
		err = corrections_read(&b.result[1], g->pending, info);
	if (err)
		return err;
	*g->corrected = corrected;
	corrected = (struct corrections){ .n = 0 };
	return ERR_OK;
}

enum err store_publication_corrections(struct store *store, int64_t id, struct publication *out,
				       struct publication_ref *ret_latest,
				       struct corrections *ret_corrected,
				       struct corrections *ret_pending, struct err_info *info)
{
	struct publication publication;
	struct publication_ref latest;
	struct get g = { id, &publication, &latest, ret_corrected, ret_pending };
	const enum err err = store_run(store, get_work, &g, info);

	if (err)
		return err;
	*out = publication;
	*ret_latest = latest;
	return ERR_OK;
}

struct list {
	const struct publication_query *query;
	struct publication_list *out;
};

void publication_list_release(struct publication_list *list)
{
	free(list->items);
	*list = (struct publication_list){ .n = 0 };
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct list *l = context;
	struct publication_list auto_publications list = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, l->query->region);
	params_text(&p, l->query->period);
	params_int(&p, l->query->before);
	params_int(&p, l->query->limit);
	err = store_query(c, &b, QUERY_PUBLICATIONS_LIST, &p, info);
	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu bulletins", list.n);
	for (size_t i = 0; i < list.n && !err; i++) {
		struct row r = row_at(batch_result(&b, 0), (int)i);

		read_publication(&r, &list.items[i]);
		err = row_end(&r, info);
	}
	if (err)
		return err;
	*l->out = list;
	list = (struct publication_list){ .n = 0 };
	return ERR_OK;
}

enum err store_publications_list(struct store *store, const struct publication_query *query,
				 struct publication_list *out, struct err_info *info)
{
	struct list l = { query, out };

	return store_run(store, list_work, &l, info);
}
