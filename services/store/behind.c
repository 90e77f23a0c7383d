/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/str.h"
#include "store/pool.h"
#include "store/recompute.h"
#include "store/row.h"

void county_keys_release(struct county_keys *keys)
{
	free(keys->items);
	*keys = (struct county_keys){ .n = 0 };
}

static void auto_keys_release(struct county_keys *keys)
{
	county_keys_release(keys);
}
#define auto_keys AUTO(auto_keys_release)

struct list {
	int limit;
	int skip;
	struct county_keys *out;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct list *l = context;
	struct county_keys auto_keys keys = { .n = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_int(&p, l->limit);
	params_int(&p, l->skip);
	err = store_query(c, &b, QUERY_BEHIND_LIST, &p, info);
	if (err)
		return err;
	keys.n = (size_t)PQntuples(batch_result(&b, 0));
	keys.items = calloc(keys.n ? keys.n : 1, sizeof(keys.items[0]));
	if (!keys.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu counties", keys.n);
	for (size_t i = 0; i < keys.n; i++) {
		struct row r = row_at(batch_result(&b, 0), (int)i);

		row_text(&r, keys.items[i].county, sizeof(keys.items[i].county));
		row_text(&r, keys.items[i].period, sizeof(keys.items[i].period));
		err = row_end(&r, info);
		if (err)
			return err;
	}
	*l->out = keys;
	keys.items = NULL;
	return ERR_OK;
}

enum err store_behind_list(struct store *store, int limit, int skip, struct county_keys *out,
			   struct err_info *info)
{
	struct list l = { limit, skip, out };

	return store_run(store, list_work, &l, info);
}

struct count {
	int64_t n;
	double oldest_s;
};

static enum err count_work(struct conn *c, void *context, struct err_info *info)
{
	struct count *count = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err err = store_query(c, &b, QUERY_BEHIND_COUNT, NULL, info);
	struct row r;
	bool has;

	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	count->n = row_int(&r);
	count->oldest_s = row_double(&r, &has);
	return row_end(&r, info);
}

enum err store_behind_count(struct store *store, int64_t *ret_n, double *ret_oldest_s,
			    struct err_info *info)
{
	struct count count = { .n = 0 };
	const enum err err = store_run(store, count_work, &count, info);

	if (err)
		return err;
	*ret_n = count.n;
	*ret_oldest_s = count.oldest_s;
	return ERR_OK;
}

struct request {
	const char *county;
	int64_t n;
};

static enum err request_work(struct conn *c, void *context, struct err_info *info)
{
	struct request *rq = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, rq->county);
	err = store_query(c, &b, QUERY_RECOMPUTE_REQUEST, &p, info);
	if (err)
		return err;
	IGNORE(!str_to_int64(PQcmdTuples(batch_result(&b, 0)), &rq->n), "0 then");
	return ERR_OK;
}

enum err store_recompute_request(struct store *store, const char *county, int64_t *ret_n,
				 struct err_info *info)
{
	struct request rq = { .county = county };
	const enum err err = store_run(store, request_work, &rq, info);

	if (!err)
		*ret_n = rq.n;
	return err;
}
