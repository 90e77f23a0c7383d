/* SPDX-License-Identifier: Apache-2.0 */
#include "store/untold.h"

#include "domain/alert.h"
#include "domain/event.h"
#include "store/pool.h"
#include "store/row.h"

/* The ids of those that are free; *ret_n: how many. */
static enum err find_free(struct conn *c, struct array *ids, int *ret_n, struct err_info *info)
{
	enum { OVER, FREE };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_int(&p, ALERT_FLAPS);
	params_int(&p, UNTOLD_MAX);
	batch_init(&b, c);
	batch_add(&b, QUERY_UNTOLD_OVER, NULL);
	batch_add(&b, QUERY_UNTOLD_FREE, &p);
	err = batch_run(&b, info);
	*ret_n = err ? 0 : PQntuples(batch_result(&b, FREE));
	for (int i = 0; i < *ret_n && !err; i++) {
		struct row r = row_at(batch_result(&b, FREE), i);
		const int64_t id = row_int(&r);

		err = row_end(&r, info);
		array_int(ids, id);
	}
	return err;
}

static enum err tell_work(struct conn *c, void *context, struct err_info *info)
{
	enum { BEGIN, TURN, TELL };
	int64_t *ret_n = context;
	struct array auto_array ids;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;
	int n;

	array_init(&ids);
	err = find_free(c, &ids, &n, info);
	if (err || !n)
		return err;
	params_init(&p);
	params_text(&p, array_end(&ids));
	params_int(&p, EVENT_STORY_MINUTES);
	if (!p.value[0])
		return err_set(info, ERR_NOMEM, "no memory for %d alerts", n);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
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

enum err store_untold_tell(struct store *store, int64_t *ret_n, struct err_info *info)
{
	*ret_n = 0;
	return store_run(store, tell_work, ret_n, info);
}
