/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger as a whole, and an entry's history. */
#include <stdlib.h>
#include <string.h>

#include "store/ledger.h"
#include "store/pool.h"
#include "store/row.h"

/* --- history ------------------------------------------------------------------------------ */

void ledger_events_release(struct ledger_events *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].changes);
	free(list->items);
	*list = (struct ledger_events){ .n = 0 };
}

static enum err read_event(const PGresult *result, int row, struct ledger_event *out,
			   struct err_info *info)
{
	struct row r = row_at(result, row);
	bool edited;
	enum err err;

	out->revision = row_int(&r);
	row_text(&r, out->at, sizeof(out->at));
	row_text(&r, out->action, sizeof(out->action));
	out->key = row_int_or(&r, 0);
	row_text_or(&r, out->label, sizeof(out->label), "");
	row_text(&r, out->period, sizeof(out->period));
	out->version = row_int(&r);
	out->value = row_double(&r, &out->has_value);
	out->limit = row_double(&r, &out->has_limit);
	row_text_or(&r, out->note, sizeof(out->note), "");
	edited = !row_is_null(&r);
	out->changes = edited ? strdup(row_borrow(&r)) : NULL;
	if (!edited)
		row_skip(&r, 1);
	err = row_end(&r, info);
	if (!err && edited && !out->changes)
		err = err_set(info, ERR_NOMEM, "no memory for an entry's history");
	return err;
}

struct history {
	struct params params;
	struct ledger_events *out;
};

static enum err history_work(struct conn *c, void *context, struct err_info *info)
{
	struct history *h = context;
	struct batch auto_batch b = { .n = 0 };
	struct ledger_events auto_ledger_events list = { .n = 0 };
	enum err err = store_query(c, &b, QUERY_LEDGER_HISTORY_GET, &h->params, info);
	const size_t n = err ? 0 : (size_t)PQntuples(batch_result(&b, 0));

	if (err)
		return err;
	list.items = calloc(n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for an entry's history");
	list.n = n;
	for (size_t i = 0; i < n && !err; i++)
		err = read_event(batch_result(&b, 0), (int)i, &list.items[i], info);
	if (err)
		return err;
	*h->out = list;
	list = (struct ledger_events){ .n = 0 };
	return ERR_OK;
}

enum err store_ledger_history(struct store *store, int64_t id, int limit, struct ledger_events *out,
			      struct err_info *info)
{
	struct history h = { .out = out };

	params_init(&h.params);
	params_int(&h.params, id);
	params_int(&h.params, limit);
	return store_run(store, history_work, &h, info);
}

/* --- the summary ---------------------------------------------------------------------------- */

void ledger_summary_release(struct ledger_summary *s)
{
	free(s->items);
	*s = (struct ledger_summary){ .n = 0 };
}

static enum err read_county(const PGresult *result, int row, struct ledger_county *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);

	row_text(&r, out->county, sizeof(out->county));
	row_text(&r, out->name, sizeof(out->name));
	for (int i = LEDGER_NONE + 1; i < LEDGER_STATES; i++)
		out->states[i] = row_int(&r);
	out->overdue = row_int(&r);
	out->struck = row_int(&r);
	return row_end(&r, info);
}

struct summing {
	struct params params;
	struct ledger_summary *out;
};

static enum err summary_work(struct conn *c, void *context, struct err_info *info)
{
	struct summing *s = context;
	struct batch auto_batch b = { .n = 0 };
	struct ledger_summary auto_ledger_summary list = { .n = 0 };
	enum err err = store_query(c, &b, QUERY_LEDGER_SUMMARY, &s->params, info);

	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu counties", list.n);
	for (size_t i = 0; i < list.n && !err; i++)
		err = read_county(batch_result(&b, 0), (int)i, &list.items[i], info);
	if (err)
		return err;
	*s->out = list;
	list.items = NULL;
	return ERR_OK;
}

enum err store_ledger_summary(struct store *store, const char *region, int64_t since,
			      struct ledger_summary *out, struct err_info *info)
{
	struct summing s = { .out = out };
	char at[TIME_TEXT];

	params_init(&s.params);
	params_text(&s.params, region);
	params_text(&s.params, since < 0 ? NULL : time_format(since, at));
	return store_run(store, summary_work, &s, info);
}
