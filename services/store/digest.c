/* SPDX-License-Identifier: Apache-2.0 */
#include "store/digest.h"

#include <stdlib.h>

#include "store/events_rows.h"
#include "store/pool.h"
#include "store/row.h"

void digest_release(struct digest *d)
{
	free(d->items);
	*d = (struct digest){ .items = NULL };
}

static enum err read_alert(const PGresult *result, int row, struct digest_alert *out,
			   int64_t *ret_touched, struct err_info *info)
{
	struct row r = row_at(result, row);

	out->id = row_int(&r);
	row_text(&r, out->county, sizeof(out->county));
	row_text(&r, out->name, sizeof(out->name));
	row_text(&r, out->item, sizeof(out->item));
	row_text(&r, out->rule, sizeof(out->rule));
	row_text(&r, out->kind, sizeof(out->kind));
	row_text(&r, out->period, sizeof(out->period));
	row_text(&r, out->state, sizeof(out->state));
	row_text(&r, out->severity, sizeof(out->severity));
	row_text(&r, out->was, sizeof(out->was));
	row_text(&r, out->class, sizeof(out->class));
	out->value = row_double(&r, &out->has_value);
	out->limit = row_double(&r, &out->has_limit);
	row_text(&r, out->changed_at, sizeof(out->changed_at));
	row_text(&r, out->assignee, sizeof(out->assignee));
	row_text(&r, out->held, sizeof(out->held));
	out->level = row_level(&r);
	*ret_touched = row_int(&r);
	return row_end(&r, info);
}

static enum err read_open(const PGresult *result, struct digest *out, struct err_info *info)
{
	struct row r = row_at(result, 0);

	out->pending = row_int(&r);
	out->firing = row_int(&r);
	out->acknowledged = row_int(&r);
	out->last = row_int(&r);
	return row_end(&r, info);
}

struct asking {
	const char *region;
	const struct digest_from *from;
	char since[TIME_TEXT];
	struct digest *out;
};

enum { DIGEST_BEGIN, DIGEST_ALERTS, DIGEST_OPEN };

/* Of one snapshot, so that the numbers agree. */
static enum err digest_work(struct conn *c, void *context, struct err_info *info)
{
	const struct asking *a = context;
	struct digest auto_digest d = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct params alerts, open;
	enum err err;

	params_init(&alerts);
	params_text(&alerts, a->region);
	params_text(&alerts, a->since);
	params_int(&alerts, DIGEST_MAX);
	params_int_or(&alerts, a->from->after, DIGEST_BY_TIME);
	params_init(&open);
	params_text(&open, a->region);
	batch_init(&b, c);
	batch_add(&b, QUERY_SNAPSHOT_BEGIN, NULL);
	batch_add(&b, QUERY_DIGEST_ALERTS, &alerts);
	batch_add(&b, QUERY_DIGEST_OPEN, &open);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	d.n = (size_t)PQntuples(batch_result(&b, DIGEST_ALERTS));
	d.items = calloc(d.n + 1, sizeof(d.items[0]));
	if (!d.items)
		return err_set(info, ERR_NOMEM, "no memory for a digest");
	for (size_t i = 0; i < d.n && !err; i++)
		err = read_alert(batch_result(&b, DIGEST_ALERTS), (int)i, &d.items[i], &d.touched,
				 info);
	if (!err)
		err = read_open(batch_result(&b, DIGEST_OPEN), &d, info);
	if (err)
		return err;
	*a->out = d;
	d = (struct digest){ .items = NULL };
	return ERR_OK;
}

struct finding {
	struct digest_from *from;
	int64_t *ret_last;
};

static enum err from_work(struct conn *c, void *context, struct err_info *info)
{
	const struct finding *f = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	int64_t since_us, last;
	enum err err;

	params_init(&p);
	params_int(&p, f->from->after);
	err = store_query(c, &b, QUERY_DIGEST_FROM, &p, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	since_us = row_int(&r);
	last = row_int(&r);
	err = row_end(&r, info);
	if (err)
		return err;
	f->from->since_us = since_us;
	*f->ret_last = last;
	return ERR_OK;
}

enum err store_digest_from(struct store *store, struct digest_from *from, int64_t *ret_last,
			   struct err_info *info)
{
	struct finding f = { from, ret_last };

	return store_run(store, from_work, &f, info);
}

enum err store_digest_get(struct store *store, const char *region, const struct digest_from *from,
			  struct digest *out, struct err_info *info)
{
	struct asking a = { .region = region, .from = from, .out = out };

	time_format(from->since_us, a.since);
	return store_run(store, digest_work, &a, info);
}
