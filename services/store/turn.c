/* SPDX-License-Identifier: Apache-2.0 */
#include "store/turn.h"

#include "store/pool.h"
#include "store/row.h"

enum err turn_leave(struct conn *c, enum query overtaken, int64_t id, struct err_info *info)
{
	struct batch auto_batch asked = { .n = 0 };
	struct batch auto_batch commit = { .n = 0 };
	struct params p;
	struct row r;
	bool keep;
	enum err err;

	params_init(&p);
	params_int(&p, id);
	err = store_query(c, &asked, overtaken, &p, info);
	if (err)
		return err;
	r = row_at(batch_result(&asked, 0), 0);
	keep = row_bool(&r);
	err = row_end(&r, info);
	return err || !keep ? err : store_query(c, &commit, QUERY_TXN_COMMIT, NULL, info);
}
