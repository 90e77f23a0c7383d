/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/events_rows.h"
#include "store/pool.h"
#include "store/row.h"

void alert_list_release(struct alert_list *list)
{
	free(list->items);
	*list = (struct alert_list){ .n = 0 };
}

static enum err read_alert(const PGresult *result, int row, struct alert *out,
			   struct err_info *info)
{
	struct row r = row_at(result, row);

	out->id = row_int(&r);
	row_text(&r, out->county, sizeof(out->county));
	row_text(&r, out->item, sizeof(out->item));
	row_text(&r, out->rule, sizeof(out->rule));
	row_text(&r, out->kind, sizeof(out->kind));
	row_text(&r, out->period, sizeof(out->period));
	row_text(&r, out->state, sizeof(out->state));
	row_text(&r, out->severity, sizeof(out->severity));
	out->value = row_double(&r, &out->has_value);
	out->limit = row_double(&r, &out->has_limit);
	out->version = row_int(&r);
	row_text(&r, out->opened_at, sizeof(out->opened_at));
	row_text(&r, out->changed_at, sizeof(out->changed_at));
	row_text_or(&r, out->assignee, sizeof(out->assignee), "");
	row_text_or(&r, out->snoozed_until, sizeof(out->snoozed_until), "");
	out->provisional = row_bool(&r);
	out->level = row_level(&r);
	return row_end(&r, info);
}

struct list {
	struct params params;
	struct alert_list *out;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	struct list *l = context;
	struct batch auto_batch b = { .n = 0 };
	struct alert_list auto_alerts list = { .n = 0 };
	enum err err = store_query(c, &b, QUERY_ALERTS_LIST, &l->params, info);

	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n ? list.n : 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu alerts", list.n);
	for (size_t i = 0; i < list.n; i++) {
		err = read_alert(batch_result(&b, 0), (int)i, &list.items[i], info);
		if (err)
			return err;
	}
	*l->out = list;
	list.items = NULL;
	return ERR_OK;
}

enum err store_alerts_list(struct store *store, const struct alert_query *query,
			   struct alert_list *out, struct err_info *info)
{
	struct list l = { .out = out };
	/* Of two prefixes the longer one counts, if it is below the other. */
	const bool narrower = strlen(query->county) >= strlen(query->region);
	const char *prefix = narrower ? query->county : query->region;

	if (!str_starts(prefix, narrower ? query->region : query->county)) {
		*out = (struct alert_list){ .n = 0 };
		return ERR_OK;
	}
	params_init(&l.params);
	params_int(&l.params, query->after);
	params_int(&l.params, query->limit);
	params_text(&l.params, prefix);
	params_text(&l.params, query->state);
	params_text(&l.params, query->severity);
	params_int(&l.params, query->level);
	return store_run(store, list_work, &l, info);
}

struct get {
	int64_t id;
	struct alert alert;
};

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	struct get *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_int(&p, g->id);
	err = store_query(c, &b, QUERY_ALERT_GET, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return err_set(info, ERR_NOT_FOUND, "没有该预警 / no such alert");
	return read_alert(batch_result(&b, 0), 0, &g->alert, info);
}

enum err store_alert_get(struct store *store, int64_t id, struct alert *out, struct err_info *info)
{
	struct get g = { .id = id };
	const enum err err = store_run(store, get_work, &g, info);

	if (!err)
		*out = g.alert;
	return err;
}
