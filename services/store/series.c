/* SPDX-License-Identifier: Apache-2.0 */
#include "store/series.h"

#include <stdlib.h>

#include "store/pool.h"
#include "store/row.h"

void series_release(struct series *s)
{
	free(s->items);
	*s = (struct series){ .items = NULL };
}

struct listing {
	const char *region;
	const char *item;
	const char *period;
	struct series *out;
};

static enum err read_figure(const PGresult *result, int row, struct series_figure *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);
	bool has;

	row_text(&r, out->county, sizeof(out->county));
	row_text(&r, out->item, sizeof(out->item));
	row_text(&r, out->period, sizeof(out->period));
	out->value = row_double(&r, &has);
	return row_end(&r, info);
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct listing *l = context;
	struct series auto_series list = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, l->region);
	params_text(&p, l->item);
	params_text(&p, l->period);
	params_int(&p, SERIES_MAX + 1);
	err = store_query(c, &b, QUERY_SERIES_LIST, &p, info);
	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	if (list.n > SERIES_MAX)
		return err_set(
			info, ERR_PARAMETER,
			"该地区的数值超过 %d 个,请选较小的地区 / more than %d figures: ask of "
			"a smaller region",
			SERIES_MAX, SERIES_MAX);
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu figures", list.n);
	for (size_t i = 0; i < list.n; i++) {
		err = read_figure(batch_result(&b, 0), (int)i, &list.items[i], info);
		if (err)
			return err;
	}
	*l->out = list;
	list = (struct series){ .items = NULL };
	return ERR_OK;
}

enum err store_series_list(struct store *store, const char *region, const char *item,
			   const char *period, struct series *out, struct err_info *info)
{
	struct listing l = { region, item, period, out };

	return store_run(store, list_work, &l, info);
}
