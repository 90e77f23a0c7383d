/* SPDX-License-Identifier: Apache-2.0 */
#include "store/late.h"

#include "store/pool.h"
#include "store/recompute_write.h"
#include "store/row.h"
#include "store/rules_cache.h"

enum { BEGUN, LISTED, EPOCH };

struct looking {
	struct store *store;
	late_step *step;
	int n; /* alerts that begin */
};

static enum err read_county(const PGresult *result, int row, struct late_county *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);
	bool has;

	row_text(&r, out->key.county, sizeof(out->key.county));
	row_text(&r, out->key.period, sizeof(out->key.period));
	out->version = row_int(&r);
	out->minutes = row_double(&r, &has);
	return row_end(&r, info);
}

/* Steps all that are listed. */
static enum err step_all(struct looking *t, const PGresult *list, const struct rule_set *rules,
			 int64_t now_us, struct writing *w, struct err_info *info)
{
	for (int i = 0; i < PQntuples(list); i++) {
		struct late_county county = { .now_us = now_us };
		struct transition begun;
		enum err err = read_county(list, i, &county, info);

		if (err)
			return err;
		county.calendar = rules_calendar(rules, county.key.county);
		county.rules_n =
			rules_in_force(rules->items, rules->n, county.key.county, county.rules);
		if (!t->step(&county, &begun))
			continue;
		err = writing_add_alert(w, &county.key, county.version, &begun, info);
		if (err)
			return err;
		t->n++;
	}
	return ERR_OK;
}

static enum err write_all(struct conn *c, struct writing *w, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	enum err err;

	batch_init(&b, c);
	err = writing_alerts(w, &b, info);
	if (err)
		return err;
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	return batch_run(&b, info);
}

static enum err step_and_write(struct looking *t, struct conn *c, const struct batch *b,
			       const struct rule_set *rules, int64_t now_us, struct err_info *info)
{
	struct writing w;
	enum err err;

	writing_init(&w);
	err = step_all(t, batch_result(b, LISTED), rules, now_us, &w, info);
	if (!err)
		err = write_all(c, &w, info);
	writing_release(&w);
	return err;
}

static enum err tell_work(struct conn *c, void *context, struct err_info *info)
{
	struct looking *t = context;
	struct batch auto_batch b = { .n = 0 };
	const struct rule_set *rules = NULL;
	int64_t epoch, now_us;
	struct params p;
	struct row r;
	enum err err;

	t->n = 0;
	params_init(&p);
	params_text(&p, RULE_FIGURES);
	params_int(&p, LATE_MAX);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_LATE_LIST, &p);
	batch_add(&b, QUERY_RULE_EPOCH, NULL);
	err = batch_run(&b, info);
	if (err || !PQntuples(batch_result(&b, LISTED)))
		return err; /* the transaction is rolled back: it has done nothing */
	r = row_at(batch_result(&b, EPOCH), 0);
	epoch = row_int(&r);
	now_us = row_int(&r);
	err = row_end(&r, info);
	if (!err)
		err = rules_load(t->store, c, epoch, &rules, info);
	if (err)
		return err;
	err = step_and_write(t, c, &b, rules, now_us, info);
	rules_release(rules);
	return err;
}

enum err store_late_tell(struct store *store, late_step *step, int *ret_n, struct err_info *info)
{
	struct looking t = { .store = store, .step = step };
	const enum err err = store_run(store, tell_work, &t, info);

	*ret_n = err ? 0 : t.n;
	return err;
}
