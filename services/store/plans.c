/* SPDX-License-Identifier: Apache-2.0 */
#include "store/plans.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/as_of.h"
#include "store/match.h"
#include "store/plans_rows.h"
#include "store/pool.h"
#include "store/row.h"

void stored_plan_release(struct stored_plan *p)
{
	free(p->document);
	*p = (struct stored_plan){ .document = NULL };
}

void plan_list_release(struct plan_list *list)
{
	free(list->items);
	*list = (struct plan_list){ .items = NULL };
}

static const char none_text[] = "该县没有创建规划 / the county has no plan";

/* --- reading --- */

struct get {
	struct store *store;
	const char *county;
	char at[TIME_TEXT]; /* "": now */
	struct stored_plan *out;
};

/* A copy of the next column; NULL stays NULL. False without memory. */
static bool copy_text(struct row *r, char **out)
{
	const bool null = row_is_null(r);
	const char *text = row_borrow(r);

	*out = null ? NULL : strdup(text);
	return null || *out;
}

static enum err read_plan(const struct get *g, const PGresult *result, struct err_info *info)
{
	struct stored_plan auto_stored_plan plan = { .document = NULL };
	struct row r = row_at(result, 0);
	bool copied;
	enum err err;

	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND, "%s", none_text);
	plan.version = row_int(&r);
	plan.first_year = (int)row_int(&r);
	row_text(&r, plan.changed_at, sizeof(plan.changed_at));
	copied = copy_text(&r, &plan.document);
	row_above(g->store, &r, plan.above);
	err = row_end(&r, info);
	if (err)
		return err;
	if (!copied)
		return err_set(info, ERR_NOMEM, "no memory for a plan");
	*g->out = plan;
	plan = (struct stored_plan){ .document = NULL };
	return ERR_OK;
}

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, g->county);
	err = store_query(c, &b, QUERY_PLAN_GET, &p, info);
	return err ? err : read_plan(g, batch_result(&b, 0), info);
}

enum err store_plan_get(struct store *store, const char *county, struct stored_plan *out,
			struct err_info *info)
{
	struct get g = { .store = store, .county = county, .out = out };

	return store_run(store, get_work, &g, info);
}

enum { AS_OF_BEGIN, AS_OF_SETTLE, AS_OF_PLAN, AS_OF_COMMIT };

static enum err as_of_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	bool future;
	enum err err;

	params_init(&p);
	params_text(&p, g->county);
	params_text(&p, g->at);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_PLAN_SETTLE, &p);
	batch_add(&b, QUERY_PLAN_AS_OF, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, AS_OF_SETTLE), 0);
	future = row_bool(&r);
	row_skip(&r, 1);
	err = row_end(&r, info);
	if (err)
		return err;
	return future ? as_of_future(info) : read_plan(g, batch_result(&b, AS_OF_PLAN), info);
}

enum err store_plan_as_of(struct store *store, const char *county, int64_t at_us,
			  struct stored_plan *out, struct err_info *info)
{
	struct get g = { .store = store, .county = county, .out = out };

	time_format(at_us, g.at);
	return store_run(store, as_of_work, &g, info);
}

/* --- every version --- */

void plan_versions_release(struct plan_versions *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->items[i].document);
	free(v->items);
	*v = (struct plan_versions){ .items = NULL };
}

static enum err read_version(const PGresult *result, int row, struct plan_version *out,
			     struct err_info *info)
{
	struct row r = row_at(result, row);
	bool copied;
	enum err err;

	out->version = row_int(&r);
	out->first_year = (int)row_int(&r);
	out->from_us = row_int(&r);
	out->until_us = row_int_or(&r, INT64_MAX);
	copied = copy_text(&r, &out->document);
	err = row_end(&r, info);
	return !err && !copied ? err_set(info, ERR_NOMEM, "no memory for a plan") : err;
}

enum { VERSIONS_ALL, VERSIONS_ABOVE };

struct versions {
	struct store *store;
	const char *county;
	int limit;
	struct plan_versions *out;
};

static enum err versions_work(struct conn *c, void *context, struct err_info *info)
{
	const struct versions *v = context;
	struct plan_versions auto_plan_versions list = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct params all, county;
	struct row above;
	size_t rows;
	enum err err;

	params_init(&county);
	params_text(&county, v->county);
	all = county;
	params_int(&all, v->limit);
	batch_init(&b, c);
	batch_add(&b, QUERY_PLAN_VERSIONS, &all);
	batch_add(&b, QUERY_PLAN_ABOVE, &county);
	err = batch_run(&b, info);
	if (err)
		return err;
	above = row_at(batch_result(&b, VERSIONS_ABOVE), 0);
	row_above(v->store, &above, list.above);
	err = row_end(&above, info);
	if (err)
		return err;
	rows = (size_t)PQntuples(batch_result(&b, VERSIONS_ALL));
	list.items = calloc(rows + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu plans", rows);
	for (; list.n < rows && !err; list.n++)
		err = read_version(batch_result(&b, VERSIONS_ALL), (int)list.n, &list.items[list.n],
				   info);
	if (err)
		return err;
	*v->out = list;
	list = (struct plan_versions){ .items = NULL };
	return ERR_OK;
}

enum err store_plan_versions(struct store *store, const char *county, int limit,
			     struct plan_versions *out, struct err_info *info)
{
	struct versions v = { store, county, limit, out };

	return store_run(store, versions_work, &v, info);
}

/* --- writing --- */

struct change {
	const struct actor *actor;
	const char *county;
	int first_year;
	const char *document; /* NULL: remove it */
	int64_t match;
	struct write_result *out;
};

enum { CHANGE_BEGIN, CHANGE_TURN, CHANGE_WRITE, CHANGE_COMMIT };

static enum err change_work(struct conn *c, void *context, struct err_info *info)
{
	const struct change *ch = context;
	struct write_result result = { .version = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params turn, p;
	enum err err;

	params_init(&turn);
	params_text(&turn, ch->county);
	params_init(&p);
	params_text(&p, ch->county);
	params_int_or(&p, ch->actor->key, 0);
	if (ch->document)
		params_int(&p, ch->first_year);
	params_int(&p, ch->match);
	if (ch->document)
		params_text(&p, ch->document);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_PLAN_TURN, &turn);
	batch_add(&b, ch->document ? QUERY_PLAN_PUT : QUERY_PLAN_DELETE, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (!err)
		err = change_read(batch_result(&b, CHANGE_WRITE), ch->county, !ch->document,
				  none_text, ch->match, &result, info);
	if (!err)
		*ch->out = result;
	return err;
}

enum err store_plan_put(struct store *store, const struct actor *actor, const char *county,
			int first_year, const char *document, int64_t match,
			struct write_result *out, struct err_info *info)
{
	struct change ch = { actor, county, first_year, document, match, out };
	const enum err err = reach_check(actor, county, county, info);

	return err ? err : store_run(store, change_work, &ch, info);
}

/* --- the list --- */

struct listing {
	const char *region;
	const char *after;
	int limit;
	struct plan_list *out;
};

static enum err read_listed(const PGresult *result, int row, struct listed_plan *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);

	row_text(&r, out->county, sizeof(out->county));
	row_text(&r, out->name, sizeof(out->name));
	out->version = row_int(&r);
	row_text(&r, out->changed_at, sizeof(out->changed_at));
	row_text_or(&r, out->recognition_year, sizeof(out->recognition_year), "");
	out->milestones = row_int(&r);
	out->tasks = row_int(&r);
	return row_end(&r, info);
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct listing *l = context;
	struct plan_list auto_plan_list list = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, l->region);
	params_text(&p, l->after);
	params_int(&p, l->limit);
	err = store_query(c, &b, QUERY_PLAN_LIST, &p, info);
	if (err)
		return err;
	list.n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(list.n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu plans", list.n);
	for (size_t i = 0; i < list.n; i++) {
		err = read_listed(batch_result(&b, 0), (int)i, &list.items[i], info);
		if (err)
			return err;
	}
	*l->out = list;
	list = (struct plan_list){ .items = NULL };
	return ERR_OK;
}

enum err store_plan_list(struct store *store, const char *region, const char *after, int limit,
			 struct plan_list *out, struct err_info *info)
{
	struct listing l = { region, after, limit, out };

	return store_run(store, list_work, &l, info);
}
