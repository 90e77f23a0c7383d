/* SPDX-License-Identifier: Apache-2.0 */
#include "store/untold.h"

#include "domain/alert.h"
#include "domain/event.h"
#include "store/pool.h"
#include "store/row.h"

/* Those that are free, with the last event of each. */
struct free_alerts {
	struct array ids;
	struct array last;
	int n;
};

/* The transaction that this begins has the turns of their counties. */
static enum err find_free(struct conn *c, struct free_alerts *out, struct err_info *info)
{
	enum { BEGIN, FREE };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_int(&p, ALERT_FLAPS);
	params_int(&p, UNTOLD_MAX);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_UNTOLD_FREE, &p);
	err = batch_run(&b, info);
	out->n = err ? 0 : PQntuples(batch_result(&b, FREE));
	for (int i = 0; i < out->n && !err; i++) {
		struct row r = row_at(batch_result(&b, FREE), i);
		const int64_t id = row_int(&r);
		const int64_t last = row_int(&r);

		err = row_end(&r, info);
		array_int(&out->ids, id);
		array_int(&out->last, last);
	}
	return err;
}

static enum err tell(struct conn *c, struct free_alerts *alerts, int64_t *ret_n,
		     struct err_info *info)
{
	enum { TURN, TELL };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_text(&p, array_end(&alerts->ids));
	params_text(&p, array_end(&alerts->last));
	params_int(&p, EVENT_STORY_MINUTES);
	if (!p.value[0] || !p.value[1])
		return err_set(info, ERR_NOMEM, "no memory for %d alerts", alerts->n);
	batch_init(&b, c);
	batch_add(&b, QUERY_EVENT_TURN, NULL);
	batch_add(&b, QUERY_UNTOLD_TELL, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, TELL), 0);
	*ret_n = row_int(&r);
	return row_end(&r, info);
}

static enum err tell_work(struct conn *c, void *context, struct err_info *info)
{
	struct batch auto_batch over = { .n = 0 };
	struct free_alerts alerts = { .n = 0 };
	/* A transaction of its own: its rows are locked behind the counter elsewhere. */
	enum err err = store_query(c, &over, QUERY_UNTOLD_OVER, NULL, info);

	if (err)
		return err;
	array_init(&alerts.ids);
	array_init(&alerts.last);
	err = find_free(c, &alerts, info);
	/* Of none, the transaction is given up. */
	if (!err && alerts.n)
		err = tell(c, &alerts, context, info);
	array_release(&alerts.ids);
	array_release(&alerts.last);
	return err;
}

enum err store_untold_tell(struct store *store, int64_t *ret_n, struct err_info *info)
{
	*ret_n = 0;
	return store_run(store, tell_work, ret_n, info);
}
