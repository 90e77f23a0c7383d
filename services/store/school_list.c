/* SPDX-License-Identifier: Apache-2.0 */
#include "store/school_list.h"

#include <stdlib.h>

#include "store/pool.h"
#include "store/row.h"

void school_list_release(struct school_list *list)
{
	free(list->items);
	*list = (struct school_list){ .items = NULL };
}

struct ask {
	struct params params;
	struct school_list *out;
};

static enum err read_schools(const PGresult *result, struct school_list *out, struct err_info *info)
{
	const int n = PQntuples(result);
	struct listed_school *items = calloc((size_t)n + 1, sizeof(*items));

	if (!items)
		return err_set(info, ERR_NOMEM, "no memory for schools");
	for (int i = 0; i < n; i++) {
		struct row r = row_at(result, i);
		enum err e;

		row_text(&r, items[i].code, sizeof(items[i].code));
		row_text(&r, items[i].name, sizeof(items[i].name));
		row_text(&r, items[i].kind, sizeof(items[i].kind));
		e = row_end(&r, info);
		if (e != ERR_OK) {
			free(items);
			return e;
		}
	}
	*out = (struct school_list){ items, (size_t)n };
	return ERR_OK;
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct ask *a = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err e = store_query(c, &b, QUERY_SCHOOL_LIST, &a->params, info);

	return e ? e : read_schools(batch_result(&b, 0), a->out, info);
}

enum err store_school_list(struct store *store, const char *region, int limit,
			   struct school_list *out, struct err_info *info)
{
	struct ask a = { .out = out };

	params_init(&a.params);
	params_text(&a.params, region);
	params_int(&a.params, limit);
	return store_run(store, list_work, &a, info);
}
