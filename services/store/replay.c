/* SPDX-License-Identifier: Apache-2.0 */
#include "store/replay.h"

#include <stdlib.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/jump.h"
#include "store/pool.h"
#include "store/row.h"

/* One list: a row becomes `each` items of a size. */
struct asking {
	enum query query;
	struct params params;
	size_t size;
	size_t each;
	/* at: the first of the row's items; those before it are there. */
	enum err (*read)(struct row *r, const struct asking *a, void *at, bool first,
			 struct err_info *info);
	int64_t share;
	void **ret_items;
	size_t *ret_n;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct asking *a = context;
	struct batch auto_batch b = { .n = 0 };
	auto_free char *items = NULL;
	enum err err = store_query(c, &b, a->query, &a->params, info);
	const size_t n = err ? 0 : (size_t)PQntuples(batch_result(&b, 0));

	if (err)
		return err;
	items = calloc(n + 1, a->each * a->size);
	if (!items)
		return err_set(info, ERR_NOMEM, "no memory for a history of %zu rows", n);
	for (size_t i = 0; i < n && !err; i++) {
		struct row r = row_at(batch_result(&b, 0), (int)i);

		err = a->read(&r, a, items + i * a->each * a->size, i == 0, info);
	}
	if (err)
		return err;
	*a->ret_n = n * a->each;
	*a->ret_items = STEAL(items);
	return ERR_OK;
}

/* --- versions ------------------------------------------------------------------------------- */

static enum err read_version(struct row *r, const struct asking *a, void *at, bool first,
			     struct err_info *info)
{
	struct replay_version *out = at;

	(void)a;
	(void)first;
	row_text(r, out->period, sizeof(out->period));
	out->at_us = row_int(r);
	out->version = row_int(r);
	return row_end(r, info);
}

enum err store_replay_versions(struct store *store, const char *county, int limit,
			       struct replay_version **ret_items, size_t *ret_n,
			       struct err_info *info)
{
	void *items = NULL;
	struct asking a = { .query = QUERY_REPLAY_VERSIONS,
			    .size = sizeof(**ret_items),
			    .each = 1,
			    .read = read_version,
			    .ret_items = &items,
			    .ret_n = ret_n };
	enum err err;

	params_init(&a.params);
	params_text(&a.params, county);
	params_int(&a.params, limit);
	err = store_run(store, list_work, &a, info);
	*ret_items = items;
	return err;
}

/* --- reports -------------------------------------------------------------------------------- */

/* The figures that may jump; what is missing is none, whether its stage was reported or not. */
static void read_figures(struct row *r, struct report *out)
{
	for (int s = 0; s < JUDGED_STAGES; s++) {
		out->stages[s].present = true;
		out->stages[s].figure[STAGE_students] = row_int_or(r, MISSING);
		out->stages[s].figure[STAGE_teachers] = row_int_or(r, MISSING);
	}
	out->site[SITE_teaching_area] = row_decimal_or(r, MISSING);
	out->site[SITE_sports_ground_area] = row_decimal_or(r, MISSING);
	out->site[SITE_equipment_value] = row_decimal_or(r, MISSING);
}

static enum err read_pair(struct row *r, const struct asking *a, void *at, bool first,
			  struct err_info *info)
{
	struct replay_edge *begin = at, *end = begin + 1;
	struct report before = { .stages = { { .present = false } } }, now = before;

	(void)first;
	row_text(r, begin->period, sizeof(begin->period));
	begin->at_us = row_int(r);
	str_copy(end->period, sizeof(end->period), begin->period);
	end->at_us = row_int_or(r, INT64_MAX);
	read_figures(r, &before);
	read_figures(r, &now);
	begin->compared = 1;
	begin->jumping = jump_is_there(&before, &now, a->share);
	end->compared = -1;
	end->jumping = -begin->jumping;
	return row_end(r, info);
}

static int compare_edges(const void *a, const void *b)
{
	const struct replay_edge *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

enum err store_replay_edges(struct store *store, const char *county, int64_t share, int limit,
			    struct replay_edge **ret_items, size_t *ret_n, struct err_info *info)
{
	void *items = NULL;
	struct asking a = { .query = QUERY_REPLAY_REPORTS,
			    .size = sizeof(**ret_items),
			    .each = 2,
			    .read = read_pair,
			    .share = share,
			    .ret_items = &items,
			    .ret_n = ret_n };
	enum err err;

	params_init(&a.params);
	params_text(&a.params, county);
	params_int(&a.params, limit);
	err = store_run(store, list_work, &a, info);
	*ret_items = items;
	if (!err)
		qsort(items, *ret_n, sizeof(**ret_items), compare_edges);
	return err;
}

/* --- the ledger ----------------------------------------------------------------------------- */

/* What the row does not change is as it was. */
static enum err read_entry(struct row *r, const struct asking *a, void *at, bool first,
			   struct err_info *info)
{
	struct replay_entry *out = at;
	char action[16], deadline[LEDGER_DATE] = "";
	enum ledger_action done;
	bool moved;

	(void)a;
	if (!first)
		*out = out[-1];
	out->at_us = row_int(r);
	row_text(r, out->period, sizeof(out->period));
	row_text(r, action, sizeof(action));
	moved = row_bool(r);
	row_text_or(r, deadline, sizeof(deadline), "");
	if (moved)
		out->deadline_us = time_date_over(deadline);
	if (!ledger_action_parse(action, &done))
		return err_set(info, ERR_DB, "unknown action '%s' of the ledger", action);
	if (ledger_after(done) != LEDGER_NONE)
		out->state = ledger_after(done);
	if (!first && out->at_us < out[-1].at_us)
		out->at_us = out[-1].at_us;
	return row_end(r, info);
}

enum err store_replay_entries(struct store *store, const char *county, const char *item, int limit,
			      struct replay_entry **ret_items, size_t *ret_n, struct err_info *info)
{
	void *items = NULL;
	struct asking a = { .query = QUERY_REPLAY_ENTRIES,
			    .size = sizeof(**ret_items),
			    .each = 1,
			    .read = read_entry,
			    .ret_items = &items,
			    .ret_n = ret_n };
	enum err err;

	params_init(&a.params);
	params_text(&a.params, county);
	params_text(&a.params, item);
	params_int(&a.params, limit);
	err = store_run(store, list_work, &a, info);
	*ret_items = items;
	return err;
}
