/* SPDX-License-Identifier: Apache-2.0 */
#include "store/import_list.h"

#include <stdlib.h>

#include "store/pool.h"
#include "store/row.h"

void import_list_release(struct import_list *list)
{
	free(list->items);
	*list = (struct import_list){ .items = NULL };
}

static enum err read_entry(const PGresult *result, int i, struct import_entry *out,
			   struct err_info *info)
{
	struct import_job *job = &out->job;
	struct row r = row_at(result, i);

	job->id = row_int(&r);
	job->key = row_int_or(&r, 0);
	row_text(&r, job->region, sizeof(job->region));
	row_text(&r, job->format, sizeof(job->format));
	job->atomic = row_bool(&r);
	job->dry_run = row_bool(&r);
	row_text(&r, job->state, sizeof(job->state));
	job->bytes = row_int(&r);
	job->bytes_done = row_int(&r);
	job->counts.rows = row_int(&r);
	job->counts.created = row_int(&r);
	job->counts.updated = row_int(&r);
	job->counts.unchanged = row_int(&r);
	job->counts.rejected = row_int(&r);
	row_text(&r, job->failure, sizeof(job->failure));
	row_text(&r, out->made_at, sizeof(out->made_at));
	row_text_or(&r, out->ended_at, sizeof(out->ended_at), "");
	return row_end(&r, info);
}

struct list {
	struct params params;
	struct import_list *out;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct list *l = context;
	struct batch auto_batch b = { .n = 0 };
	auto_import_list struct import_list list = { .items = NULL };
	enum err e = store_query(c, &b, QUERY_IMPORT_LIST, &l->params, info);

	if (e != ERR_OK)
		return e;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu imports", list.n);
	for (size_t i = 0; i < list.n; i++) {
		e = read_entry(batch_result(&b, 0), (int)i, &list.items[i], info);
		if (e != ERR_OK)
			return e;
	}
	*l->out = list;
	list.items = NULL;
	return ERR_OK;
}

enum err store_import_list(struct store *store, const struct import_query *query,
			   struct import_list *out, struct err_info *info)
{
	struct list l = { .out = out };

	params_init(&l.params);
	params_int(&l.params, query->before);
	params_int(&l.params, query->limit);
	params_text(&l.params, query->region);
	params_text(&l.params, query->state);
	params_int_or(&l.params, query->key, 0);
	return store_run(store, list_work, &l, info);
}

static enum err run_sweep(struct conn *c, enum query query, const struct params *params,
			  struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };

	return store_query(c, &b, query, params, info);
}

static enum err sweep_work(struct conn *c, void *context, struct err_info *info)
{
	const int days = *(const int *)context;
	struct params none, rows, jobs;
	enum err e;

	params_init(&none);
	params_init(&rows);
	params_init(&jobs);
	params_int(&rows, days);
	params_int(&rows, IMPORT_SWEEP_ROWS);
	params_int(&jobs, days);
	e = run_sweep(c, QUERY_IMPORT_SWEEP_PARTS, &none, info);
	if (e == ERR_OK)
		e = run_sweep(c, QUERY_IMPORT_SWEEP_ROWS, &rows, info);
	return e == ERR_OK ? run_sweep(c, QUERY_IMPORT_SWEEP_JOBS, &jobs, info) : e;
}

enum err store_import_sweep(struct store *store, int days, struct err_info *info)
{
	return store_run(store, sweep_work, &days, info);
}
