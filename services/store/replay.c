/* SPDX-License-Identifier: Apache-2.0 */
#include "store/replay.h"

#include <stdlib.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/jump.h"
#include "store/pool.h"
#include "store/row.h"

/* One list of a county: a row becomes `each` items of a size. */
struct asking {
	enum query query;
	const char *county;
	const char *item; /* NULL: of all */
	int limit;
	size_t size;
	size_t each;
	/* at: the first of the row's items; those before it are there. */
	enum err (*read)(struct row *r, const struct asking *a, void *at, bool first,
			 struct err_info *info);
	int64_t share;
	void *items; /* what is found, owned by the caller */
	size_t n;
};

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	struct asking *a = context;
	struct batch auto_batch b = { .n = 0 };
	auto_free char *items = NULL;
	struct params p;
	enum err err;
	size_t n;

	params_init(&p);
	params_text(&p, a->county);
	if (a->item)
		params_text(&p, a->item);
	params_int(&p, a->limit);
	err = store_query(c, &b, a->query, &p, info);
	if (err)
		return err;
	n = (size_t)PQntuples(batch_result(&b, 0));
	items = calloc(n + 1, a->each * a->size);
	if (!items)
		return err_set(info, ERR_NOMEM, "no memory for a history of %zu rows", n);
	for (size_t i = 0; i < n && !err; i++) {
		struct row r = row_at(batch_result(&b, 0), (int)i);

		err = a->read(&r, a, items + i * a->each * a->size, i == 0, info);
	}
	if (err)
		return err;
	a->n = n * a->each;
	a->items = STEAL(items);
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
	struct asking a = { .query = QUERY_REPLAY_VERSIONS,
			    .county = county,
			    .limit = limit,
			    .size = sizeof(**ret_items),
			    .each = 1,
			    .read = read_version };
	const enum err err = store_run(store, list_work, &a, info);

	*ret_items = a.items;
	*ret_n = a.n;
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
	struct asking a = { .query = QUERY_REPLAY_REPORTS,
			    .county = county,
			    .limit = limit,
			    .size = sizeof(**ret_items),
			    .each = 2,
			    .read = read_pair,
			    .share = share };
	const enum err err = store_run(store, list_work, &a, info);

	*ret_items = a.items;
	*ret_n = a.n;
	if (!err)
		qsort(a.items, a.n, sizeof(**ret_items), compare_edges);
	return err;
}

/* --- silent years --------------------------------------------------------------------------- */

/* That the year is opened, or a school for as long as it was known so. */
static enum err read_silent(struct row *r, const struct asking *a, void *at, bool first,
			    struct err_info *info)
{
	struct replay_silent *begin = at, *end = begin + 1;
	struct school_facts school = { .reported = false };

	(void)a;
	(void)first;
	row_text(r, begin->period, sizeof(begin->period));
	begin->at_us = row_int(r);
	str_copy(end->period, sizeof(end->period), begin->period);
	end->at_us = row_int_or(r, INT64_MAX);
	begin->opened = row_is_null(r);
	if (begin->opened)
		return ERR_OK;
	row_text(r, school.school.kind, sizeof(school.school.kind));
	school.school.founded = (int)row_int(r);
	school.school.closed = row_bool(r);
	begin->awaited = school_is_missing(&school, begin->period);
	end->awaited = -begin->awaited;
	return row_end(r, info);
}

static int compare_silent(const void *a, const void *b)
{
	const struct replay_silent *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

enum err store_replay_silent(struct store *store, const char *county, int limit,
			     struct replay_silent **ret_items, size_t *ret_n, struct err_info *info)
{
	struct asking a = { .query = QUERY_REPLAY_SILENT,
			    .county = county,
			    .limit = limit,
			    .size = sizeof(**ret_items),
			    .each = 2,
			    .read = read_silent };
	const enum err err = store_run(store, list_work, &a, info);

	*ret_items = a.items;
	*ret_n = a.n;
	if (!err)
		qsort(a.items, a.n, sizeof(**ret_items), compare_silent);
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
	struct asking a = { .query = QUERY_REPLAY_ENTRIES,
			    .county = county,
			    .item = item,
			    .limit = limit,
			    .size = sizeof(**ret_items),
			    .each = 1,
			    .read = read_entry };
	const enum err err = store_run(store, list_work, &a, info);

	*ret_items = a.items;
	*ret_n = a.n;
	return err;
}
