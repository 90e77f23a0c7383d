/* SPDX-License-Identifier: Apache-2.0 */
#include "store/changes.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/pool.h"
#include "store/row.h"

static const char *const type_names[CHANGE_TYPES] = {
	"region", "standard", "school", "report", "county_report",
	"plan",   "calendar", "ledger", "rule",
};

void change_list_release(struct change_list *list)
{
	free(list->items);
	*list = (struct change_list){ .n = 0 };
}

struct list {
	int64_t after;
	int limit;
	const char *region;
	struct change_list *out;
};

static enum err is_pending(struct conn *c, bool *ret_pending, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	const enum err err = store_query(c, &b, QUERY_CHANGE_PENDING, NULL, info);
	struct row r;

	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	*ret_pending = row_bool(&r);
	return row_end(&r, info);
}

enum { NUMBER_BEGIN, NUMBER_TURN, NUMBER_NUMBER, NUMBER_COMMIT };

/* Durable before anybody sees them: after a crash the same changes could get other numbers. */
static enum err give_numbers(struct conn *c, int64_t *ret_given, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_int(&p, CHANGES_NUMBERED);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_CHANGE_TURN, NULL);
	batch_add(&b, QUERY_CHANGE_NUMBER, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, NUMBER_NUMBER), 0);
	*ret_given = row_int(&r);
	return row_end(&r, info);
}

static enum err read_type(const char *name, enum change_type *ret_type, struct err_info *info)
{
	for (size_t i = 0; i < CHANGE_TYPES; i++) {
		if (str_equal(name, type_names[i])) {
			*ret_type = (enum change_type)i;
			return ERR_OK;
		}
	}
	return err_set(info, ERR_DB, "a change of type '%s'", name);
}

/* Of a row of changes_after, behind its first column. */
static enum err read_item(struct row *r, struct change_item *out, struct err_info *info)
{
	enum err err;

	out->seq = row_int(r);
	row_text(r, out->at, sizeof(out->at));
	err = read_type(row_borrow(r), &out->type, info);
	out->removed = row_bool(r);
	row_text(r, out->region, sizeof(out->region));
	row_text(r, out->code, sizeof(out->code));
	row_text_or(r, out->period, sizeof(out->period), "");
	out->version = row_int(r);
	return err ? err : row_end(r, info);
}

static enum err read_list(const PGresult *result, const struct list *l, struct change_list *out,
			  struct err_info *info)
{
	struct change_list auto_changes list = { .n = 0 };
	const int rows = PQntuples(result);
	struct row r = row_at(result, 0);
	const int64_t latest = row_int(&r);
	const bool none = row_is_null(&r);

	if (l->after > latest)
		return err_set(info, ERR_PARAMETER,
			       "after 大于最后的序号 %lld / after is beyond the last number, %lld",
			       (long long)latest, (long long)latest);
	list.items = calloc((size_t)rows, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %d changes", rows);
	list.last = latest - l->after > CHANGES_SCANNED ? l->after + CHANGES_SCANNED : latest;
	for (int i = 0; i < rows && !none; i++) {
		enum err err;

		r = row_at(result, i);
		row_skip(&r, 1);
		err = read_item(&r, &list.items[list.n++], info);
		if (err)
			return err;
	}
	if (list.n == (size_t)l->limit)
		list.last = list.items[list.n - 1].seq;
	list.more = list.last < latest;
	*out = list;
	list.items = NULL;
	return ERR_OK;
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct list *l = context;
	struct batch auto_batch b = { .n = 0 };
	bool pending = false;
	int64_t given = 0;
	struct params p;
	enum err err = is_pending(c, &pending, info);

	if (!err && pending)
		err = give_numbers(c, &given, info);
	if (err)
		return err;
	params_init(&p);
	params_int(&p, l->after);
	params_int(&p, l->limit);
	params_text(&p, l->region);
	params_int(&p, CHANGES_SCANNED);
	err = store_query(c, &b, QUERY_CHANGES_AFTER, &p, info);
	if (!err)
		err = read_list(batch_result(&b, 0), l, l->out, info);
	if (!err)
		l->out->more |= given == CHANGES_NUMBERED;
	return err;
}

enum err store_changes_after(struct store *store, int64_t after, int limit, const char *region,
			     struct change_list *out, struct err_info *info)
{
	struct list l = { after, limit, region, out };

	return store_run(store, list_work, &l, info);
}
