/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pool.h"
#include "store/query.h"
#include "store/row.h"
#include "store/store.h"

static enum err now_work(struct conn *c, void *context, struct err_info *info)
{
	int64_t *ret_us = context;
	struct batch auto_batch b = { .n = 0 };
	enum err err = store_query(c, &b, QUERY_CLOCK_NOW, NULL, info);
	struct row r;
	int64_t us;

	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	us = row_int(&r);
	err = row_end(&r, info);
	if (!err)
		*ret_us = us;
	return err;
}

enum err store_now(struct store *store, int64_t *ret_us, struct err_info *info)
{
	return store_run(store, now_work, ret_us, info);
}
