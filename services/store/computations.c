/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "store/history.h"
#include "store/pool.h"
#include "store/row.h"

void computation_list_release(struct computation_list *list)
{
	free(list->items);
	*list = (struct computation_list){ .items = NULL };
}

struct asking {
	enum query query;
	struct params params;
	struct computation_list *list;
	char (*counties)[COUNTY_CODE];
	size_t *ret_n;
};

static enum err read_computations(const PGresult *result, struct computation_list *out,
				  struct err_info *info)
{
	struct computation_list auto_computations list = { .n = (size_t)PQntuples(result) };
	enum err err = ERR_OK;

	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu computations", list.n);
	for (size_t i = 0; i < list.n && !err; i++) {
		struct row r = row_at(result, (int)i);

		row_text(&r, list.items[i].period, sizeof(list.items[i].period));
		list.items[i].at_us = row_int(&r);
		list.items[i].version = row_int(&r);
		list.items[i].missing = row_int(&r);
		list.items[i].known = row_bool(&r);
		list.items[i].reported = row_bool(&r);
		err = row_end(&r, info);
	}
	if (err)
		return err;
	*out = list;
	list = (struct computation_list){ .items = NULL };
	return ERR_OK;
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct asking *a = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err err = store_query(c, &b, a->query, &a->params, info);

	return err ? err : read_computations(batch_result(&b, 0), a->list, info);
}

static enum err counties_work(struct conn *c, void *context, struct err_info *info)
{
	const struct asking *a = context;
	struct batch auto_batch b = { .n = 0 };
	enum err err = store_query(c, &b, a->query, &a->params, info);
	const int n = err ? 0 : PQntuples(batch_result(&b, 0));

	for (int i = 0; i < n && !err; i++) {
		struct row r = row_at(batch_result(&b, 0), i);

		row_text(&r, a->counties[i], COUNTY_CODE);
		err = row_end(&r, info);
	}
	*a->ret_n = (size_t)n;
	return err;
}

enum err store_computation_list(struct store *store, const char *county, int limit,
				struct computation_list *out, struct err_info *info)
{
	struct asking a = { .query = QUERY_COMPUTATION_LIST, .list = out };

	params_init(&a.params);
	params_text(&a.params, county);
	params_int(&a.params, limit);
	return store_run(store, list_work, &a, info);
}

enum err store_computed_counties(struct store *store, const char *region, char (*out)[COUNTY_CODE],
				 size_t cap, size_t *ret_n, struct err_info *info)
{
	struct asking a = { .query = QUERY_COMPUTED_COUNTIES, .counties = out, .ret_n = ret_n };

	params_init(&a.params);
	params_text(&a.params, region);
	params_int(&a.params, (int64_t)cap);
	return store_run(store, counties_work, &a, info);
}
