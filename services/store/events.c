/* SPDX-License-Identifier: Apache-2.0 */
#include "store/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/events_rows.h"
#include "store/pool.h"
#include "store/row.h"

void event_list_release(struct event_list *list)
{
	free(list->items);
	*list = (struct event_list){ .n = 0 };
}

/* "2134000017,2134000020" */
static void read_schools(struct row *r, struct event_schools *out)
{
	const char *at = row_borrow(r);

	out->n = 0;
	while (*at && out->n < EVENT_SCHOOLS_MAX) {
		const size_t len = strcspn(at, ",");

		if (len < SCHOOL_CODE) {
			memcpy(out->codes[out->n], at, len);
			out->codes[out->n++][len] = '\0';
		}
		at += len + (at[len] == ',');
	}
	out->all = row_int(r);
}

static enum err read_event(const PGresult *result, int row, struct event *out,
			   struct err_info *info)
{
	struct row r = row_at(result, row);

	out->seq = row_int(&r);
	row_text(&r, out->id, sizeof(out->id));
	row_text(&r, out->type, sizeof(out->type));
	row_text(&r, out->time, sizeof(out->time));
	out->alert = row_int(&r);
	row_text(&r, out->county, sizeof(out->county));
	row_text(&r, out->period, sizeof(out->period));
	row_text(&r, out->item, sizeof(out->item));
	row_text(&r, out->rule, sizeof(out->rule));
	row_text(&r, out->kind, sizeof(out->kind));
	row_text(&r, out->severity, sizeof(out->severity));
	out->value = row_double(&r, &out->has_value);
	out->limit = row_double(&r, &out->has_limit);
	out->version = row_int(&r);
	row_text(&r, out->reason, sizeof(out->reason));
	out->level = row_level(&r);
	row_text(&r, out->by, sizeof(out->by));
	row_text_or(&r, out->comment, sizeof(out->comment), "");
	row_text_or(&r, out->assignee, sizeof(out->assignee), "");
	row_text_or(&r, out->until, sizeof(out->until), "");
	row_text(&r, out->held, sizeof(out->held));
	out->story = row_int(&r);
	read_schools(&r, &out->schools);
	out->provisional = row_bool(&r);
	return row_end(&r, info);
}

enum err events_read(const PGresult *result, struct event_list *out, struct err_info *info)
{
	struct event_list auto_events list = { .n = (size_t)PQntuples(result) };

	list.items = calloc(list.n ? list.n : 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu events", list.n);
	for (size_t i = 0; i < list.n; i++) {
		const enum err err = read_event(result, (int)i, &list.items[i], info);

		if (err)
			return err;
	}
	*out = list;
	list.items = NULL;
	return ERR_OK;
}

/* A statement that gives events. */
struct list {
	enum query query;
	struct params params;
	struct event_list *out;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	struct list *l = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err err = store_query(c, &b, l->query, &l->params, info);

	return err ? err : events_read(batch_result(&b, 0), l->out, info);
}

enum err store_events_after(struct store *store, int64_t after, int limit, const char *region,
			    const char *county, struct event_list *out, struct err_info *info)
{
	struct list l = { .query = *county ? QUERY_EVENTS_AFTER_COUNTY : QUERY_EVENTS_AFTER,
			  .out = out };

	if (*county && !str_starts(county, region)) {
		*out = (struct event_list){ .n = 0 };
		return ERR_OK;
	}
	params_init(&l.params);
	params_int(&l.params, after);
	params_int(&l.params, limit);
	params_text(&l.params, *county ? county : region);
	return store_run(store, list_work, &l, info);
}

enum err store_outbox_list(struct store *store, int64_t after, int limit, struct event_list *out,
			   struct err_info *info)
{
	struct list l = { .query = QUERY_OUTBOX_LIST, .out = out };

	params_init(&l.params);
	params_int(&l.params, after);
	params_int(&l.params, limit);
	return store_run(store, list_work, &l, info);
}

enum err store_outbox_take(struct store *store, int stale_ms, int limit, struct event_list *out,
			   struct err_info *info)
{
	struct list l = { .query = QUERY_OUTBOX_TAKE, .out = out };

	params_init(&l.params);
	params_int(&l.params, stale_ms);
	params_int(&l.params, limit);
	return store_run(store, list_work, &l, info);
}

static enum err last_work(struct conn *c, void *context, struct err_info *info)
{
	int64_t *ret_seq = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err err = store_query(c, &b, QUERY_EVENTS_LAST, NULL, info);
	struct row r;

	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	*ret_seq = row_int(&r);
	return row_end(&r, info);
}

enum err store_events_last(struct store *store, int64_t *ret_seq, struct err_info *info)
{
	int64_t seq = 0;
	const enum err err = store_run(store, last_work, &seq, info);

	if (!err)
		*ret_seq = seq;
	return err;
}

static enum err done_work(struct conn *c, void *context, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };

	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_OUTBOX_DONE, context);
	batch_add(&b, QUERY_TXN_LAZY, NULL); /* an event that is told again is no harm */
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	return batch_run(&b, info);
}

enum err store_outbox_done(struct store *store, const int64_t *seqs, size_t n,
			   struct err_info *info)
{
	struct array auto_array list;
	struct params p;

	array_init(&list);
	if (!n)
		return ERR_OK;
	for (size_t i = 0; i < n; i++)
		array_int(&list, seqs[i]);
	params_init(&p);
	params_text(&p, array_end(&list));
	if (!p.value[0])
		return err_set(info, ERR_NOMEM, "no memory for %zu event numbers", n);
	return store_run(store, done_work, &p, info);
}
