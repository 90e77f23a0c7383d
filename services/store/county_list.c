/* SPDX-License-Identifier: Apache-2.0 */
#include "store/county_list.h"

#include <stdlib.h>

#include "store/pool.h"
#include "store/row.h"

void county_list_release(struct county_list *list)
{
	free(list->items);
	*list = (struct county_list){ .items = NULL };
}

struct listing {
	const char *region;
	const char *period;
	int limit;
	struct county_list *out;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct listing *l = context;
	struct county_list auto_county_list list = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, l->region);
	params_text(&p, l->period);
	params_int(&p, l->limit);
	err = store_query(c, &b, QUERY_COUNTY_LIST, &p, info);
	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu counties", list.n);
	for (size_t i = 0; i < list.n; i++) {
		struct row r = row_at(batch_result(&b, 0), (int)i);

		row_text(&r, list.items[i].code, sizeof(list.items[i].code));
		row_text(&r, list.items[i].name, sizeof(list.items[i].name));
		err = row_end(&r, info);
		if (err)
			return err;
	}
	*l->out = list;
	list.items = NULL;
	return ERR_OK;
}

enum err store_county_list(struct store *store, const char *region, const char *period, int limit,
			   struct county_list *out, struct err_info *info)
{
	struct listing l = { region, period, limit, out };

	return store_run(store, list_work, &l, info);
}
