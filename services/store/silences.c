/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/alert_actions.h"
#include "store/pool.h"
#include "store/row.h"

static void silence_release(struct silence *s)
{
	free(s->items);
	free(s->rules);
	free(s->reason);
}

void silence_list_release(struct silence_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		silence_release(&list->items[i]);
	free(list->items);
	*list = (struct silence_list){ .n = 0 };
}

/* --- making one ----------------------------------------------------------------------------- */

/* A pattern as LIKE has it. */
static void like_of(const char *pattern, char *out, size_t size)
{
	size_t n = 0;

	for (; *pattern && n + 3 < size; pattern++) {
		if (*pattern == '_')
			out[n++] = '\\';
		out[n++] = *pattern == '*' ? '%' : *pattern;
	}
	out[n] = '\0';
}

struct making {
	const struct silence_put *put;
	int64_t *ret_id;
};

enum { PUT_BEGIN, PUT_TURN, PUT_WRITE, PUT_COMMIT };

/* *ret_id is 0 where there was no room. */
static enum err read_made(const PGresult *result, int64_t *ret_id, struct err_info *info)
{
	struct row r = row_at(result, 0);
	const int64_t id = row_int_or(&r, 0);
	const int64_t open = row_int(&r);
	const enum err err = row_end(&r, info);

	*ret_id = id;
	if (err || id)
		return err;
	if (open >= SILENCES_MAX)
		return err_set(info, ERR_CONFLICT,
			       "生效中的静默最多 %d 条 / at most %d silences are open",
			       SILENCES_MAX, SILENCES_MAX);
	return err_set(
		info, ERR_CONFLICT,
		"同一地区生效中的静默最多 %d 条 / at most %d silences of one region are open",
		SILENCES_REGION_MAX, SILENCES_REGION_MAX);
}

static enum err put_work(struct conn *c, void *context, struct err_info *info)
{
	const struct making *m = context;
	const struct silence_put *put = m->put;
	struct array auto_array items, auto_array likes, auto_array rules;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	array_init(&items);
	array_init(&likes);
	array_init(&rules);
	for (size_t i = 0; i < put->items_n; i++) {
		char like[2 * ITEM_NAME + 4];

		like_of(put->items[i], like, sizeof(like));
		array_quoted(&items, put->items[i]);
		array_quoted(&likes, like);
	}
	for (size_t i = 0; i < put->rules_n; i++)
		array_quoted(&rules, put->rules[i]);
	params_init(&p);
	params_text(&p, put->region);
	params_text(&p, array_end(&items));
	params_text(&p, array_end(&likes));
	params_text(&p, array_end(&rules));
	params_text(&p, put->reason);
	params_text(&p, put->author);
	params_text_or(&p, put->until, "");
	params_text(&p, put->author_region);
	params_int(&p, SILENCES_MAX);
	params_int(&p, SILENCES_REGION_MAX);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_SILENCE_TURN, NULL);
	batch_add(&b, QUERY_SILENCE_PUT, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	return err ? err : read_made(batch_result(&b, PUT_WRITE), m->ret_id, info);
}

enum err store_silence_put(struct store *store, const struct silence_put *put, int64_t *ret_id,
			   struct err_info *info)
{
	struct making m = { put, ret_id };

	return store_run(store, put_work, &m, info);
}

/* --- reading -------------------------------------------------------------------------------- */

static enum err read_silence(const PGresult *result, int row, struct silence *out,
			     struct err_info *info)
{
	struct row r = row_at(result, row);
	enum err err;

	out->id = row_int(&r);
	row_text(&r, out->region, sizeof(out->region));
	out->items = strdup(row_borrow(&r));
	out->rules = strdup(row_borrow(&r));
	out->reason = strdup(row_borrow(&r));
	row_text(&r, out->author, sizeof(out->author));
	row_text(&r, out->author_region, sizeof(out->author_region));
	row_text(&r, out->created_at, sizeof(out->created_at));
	row_text_or(&r, out->until, sizeof(out->until), "");
	row_text_or(&r, out->ended_at, sizeof(out->ended_at), "");
	out->active = row_bool(&r);
	err = row_end(&r, info);
	if (!err && (!out->items || !out->rules || !out->reason))
		return err_set(info, ERR_NOMEM, "no memory for a silence");
	return err;
}

struct listing {
	enum query query;
	struct params params;
	struct silence_list *out;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	struct listing *l = context;
	struct silence_list auto_silences list = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	enum err err = store_query(c, &b, l->query, &l->params, info);

	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items) {
		list.n = 0;
		return err_set(info, ERR_NOMEM, "no memory for silences");
	}
	for (size_t i = 0; i < list.n && !err; i++)
		err = read_silence(batch_result(&b, 0), (int)i, &list.items[i], info);
	if (err)
		return err;
	*l->out = list;
	list = (struct silence_list){ .n = 0 };
	return ERR_OK;
}

enum err store_silence_list(struct store *store, const char *region, bool active, int64_t after,
			    int limit, struct silence_list *out, struct err_info *info)
{
	struct listing l = { .query = QUERY_SILENCE_LIST, .out = out };

	params_init(&l.params);
	params_text(&l.params, region);
	params_bool(&l.params, active);
	params_int(&l.params, after);
	params_int(&l.params, limit);
	return store_run(store, list_work, &l, info);
}

enum err store_silence_get(struct store *store, int64_t id, struct silence_list *out,
			   struct err_info *info)
{
	struct listing l = { .query = QUERY_SILENCE_GET, .out = out };
	enum err err;

	params_init(&l.params);
	params_int(&l.params, id);
	err = store_run(store, list_work, &l, info);
	if (!err && !out->n)
		return err_set(info, ERR_NOT_FOUND, "没有该静默 / no such silence");
	return err;
}

static enum err end_work(struct conn *c, void *context, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };

	return store_query(c, &b, QUERY_SILENCE_END, context, info);
}

enum err store_silence_end(struct store *store, int64_t id, struct err_info *info)
{
	struct params p;

	params_init(&p);
	params_int(&p, id);
	return store_run(store, end_work, &p, info);
}
