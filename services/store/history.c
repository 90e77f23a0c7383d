/* SPDX-License-Identifier: Apache-2.0 */
#include "store/history.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/as_of.h"
#include "store/facts.h"
#include "store/pool.h"
#include "store/results_rows.h"
#include "store/row.h"
#include "store/standards_cache.h"

struct as_of {
	struct store *store;
	const char *county;
	const char *period; /* NULL where the statement has none */
	char at[TIME_TEXT];
	enum query query;
	enum err (*read)(struct conn *c, const struct batch *b, const struct as_of *as_of,
			 struct err_info *info);
	void *out;
	const struct standard **ret_standard; /* of facts: by which they are read */
};

enum { AS_OF_BEGIN, AS_OF_SETTLE, AS_OF_HOLD, AS_OF_QUERY, AS_OF_STANDARD };

/* One round trip: what was under way at the instant is waited for, then it is read. */
static enum err as_of_work(struct conn *c, void *context, struct err_info *info)
{
	const struct as_of *a = context;
	struct batch auto_batch b = { .n = 0 };
	struct params settle;
	struct params p;
	struct row r;
	bool future;
	enum err err;

	params_init(&settle);
	params_text(&settle, a->county);
	params_text(&settle, a->at);
	params_init(&p);
	params_text(&p, a->county);
	if (a->period)
		params_text(&p, a->period);
	params_text(&p, a->at);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_AS_OF_SETTLE, &settle);
	batch_add(&b, QUERY_AS_OF_HOLD, &settle);
	batch_add(&b, a->query, &p);
	if (a->ret_standard)
		batch_add(&b, QUERY_STANDARD_AS_OF, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, AS_OF_SETTLE), 0);
	future = row_bool(&r);
	row_skip(&r, 2);
	err = row_end(&r, info);
	if (err)
		return err;
	if (future)
		return as_of_future(info);
	return a->read(c, &b, a, info);
}

static enum err unknown_then(struct err_info *info)
{
	return err_set(info, ERR_NOT_FOUND,
		       "当时该县该学年没有数据 / no data of that county and period then");
}

static enum err read_period(struct conn *c, const struct batch *b, const struct as_of *a,
			    struct err_info *info)
{
	struct row r = row_at(batch_result(b, AS_OF_QUERY), 0);
	char period[PERIOD_CODE];
	enum err err;

	(void)c;
	if (row_is_null(&r))
		return unknown_then(info);
	row_text(&r, period, sizeof(period));
	err = row_end(&r, info);
	if (!err)
		str_copy(a->out, PERIOD_CODE, period);
	return err;
}

enum err store_latest_period_as_of(struct store *store, const char *county, int64_t at_us,
				   char out[PERIOD_CODE], struct err_info *info)
{
	struct as_of a = { .county = county,
			   .query = QUERY_PERIOD_LATEST_AS_OF,
			   .read = read_period,
			   .out = out };

	time_format(at_us, a.at);
	return store_run(store, as_of_work, &a, info);
}

static enum err read_status(struct conn *c, const struct batch *b, const struct as_of *a,
			    struct err_info *info)
{
	const PGresult *result = batch_result(b, AS_OF_QUERY);

	(void)c;
	return PQntuples(result) ? status_read(result, a->out, info) : unknown_then(info);
}

enum err store_status_as_of(struct store *store, const char *county, const char *period,
			    int64_t at_us, struct county_status *out, struct err_info *info)
{
	struct as_of a = { .county = county,
			   .period = period,
			   .query = QUERY_STATUS_AS_OF,
			   .read = read_status,
			   .out = out };

	time_format(at_us, a.at);
	return store_run(store, as_of_work, &a, info);
}

static enum err read_facts(struct conn *c, const struct batch *b, const struct as_of *a,
			   struct err_info *info)
{
	const PGresult *result = batch_result(b, AS_OF_QUERY);
	const struct standard *auto_standard standard = NULL;
	enum err err;

	if (!PQntuples(result))
		return unknown_then(info);
	err = standard_chosen(a->store, c, batch_result(b, AS_OF_STANDARD), &standard, info);
	if (!err && !standard)
		return no_standard(a->period, info);
	if (!err)
		err = facts_read(a->store, result, a->county, a->period, standard, a->out, info);
	if (!err)
		*a->ret_standard = STEAL(standard);
	return err;
}

enum err store_facts_as_of(struct store *store, const char *county, const char *period,
			   int64_t at_us, struct county_facts *out,
			   const struct standard **ret_standard, struct err_info *info)
{
	struct as_of a = { .store = store,
			   .county = county,
			   .period = period,
			   .query = QUERY_FACTS_AS_OF,
			   .read = read_facts,
			   .out = out,
			   .ret_standard = ret_standard };

	time_format(at_us, a.at);
	return store_run(store, as_of_work, &a, info);
}

/* --- how figures moved ------------------------------------------------------ */

struct list {
	const struct history_query *query;
	struct move_list *out;
};

static enum err read_move(const PGresult *result, int row, struct move *out, struct err_info *info)
{
	struct row r = row_at(result, row);
	const char *status;

	row_text(&r, out->period, sizeof(out->period));
	row_text(&r, out->at, sizeof(out->at));
	out->version = row_int(&r);
	out->value = row_double(&r, &out->has_value);
	status = row_borrow(&r);
	if (!status_parse(status, &out->status))
		return err_set(info, ERR_DB, "unknown status '%s'", status);
	out->limit = row_double(&r, &out->has_limit);
	return row_end(&r, info);
}

static enum query query_of(enum explain_part part)
{
	switch (part) {
	case EXPLAIN_CV:
		return QUERY_HISTORY_CV;
	case EXPLAIN_SCHOOLS:
		return QUERY_HISTORY_INDICATOR_SCHOOLS;
	case EXPLAIN_ITEM:
		return QUERY_HISTORY_ITEM;
	case EXPLAIN_RECORDS:
		break;
	}
	return QUERY_HISTORY_STAGE_SCHOOLS;
}

static void list_params(struct params *p, const struct history_query *q, char at[TIME_TEXT])
{
	params_init(p);
	params_text(p, q->county);
	params_text(p, q->item.part == EXPLAIN_ITEM ? q->item.name : stage_names[q->item.stage]);
	if (q->item.indicator >= 0)
		params_text(p, indicators[q->item.indicator].code);
	params_text(p, q->period);
	params_text(p, q->after_period[0] ? time_format(q->after_us, at) : "-infinity");
	params_text(p, q->after_period);
	params_int(p, q->limit);
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct list *l = context;
	struct move_list auto_moves moves = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	char at[TIME_TEXT];
	struct params p;
	enum err err;

	list_params(&p, l->query, at);
	err = store_query(c, &b, query_of(l->query->item.part), &p, info);
	if (err)
		return err;
	moves.n = (size_t)PQntuples(batch_result(&b, 0));
	moves.items = calloc(moves.n ? moves.n : 1, sizeof(moves.items[0]));
	if (!moves.items)
		return err_set(info, ERR_NOMEM, "no memory for a figure's history");
	for (size_t i = 0; i < moves.n; i++) {
		err = read_move(batch_result(&b, 0), (int)i, &moves.items[i], info);
		if (err)
			return err;
	}
	*l->out = moves;
	moves = (struct move_list){ .n = 0 };
	return ERR_OK;
}

enum err store_history_list(struct store *store, const struct history_query *query,
			    struct move_list *out, struct err_info *info)
{
	struct list l = { query, out };

	return store_run(store, list_work, &l, info);
}

void move_list_release(struct move_list *list)
{
	free(list->items);
	*list = (struct move_list){ .n = 0 };
}
