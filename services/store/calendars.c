/* SPDX-License-Identifier: Apache-2.0 */
#include "store/calendars.h"

#include <stdlib.h>
#include <string.h>

#include "store/match.h"
#include "store/pool.h"
#include "store/row.h"

void calendar_list_release(struct calendar_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->items[i].document);
	free(list->items);
	*list = (struct calendar_list){ .items = NULL };
}

/* --- reading --- */

struct listing {
	int first;
	int last;
	const char *province;
	struct calendar_list *out;
};

static enum err read_listed(const PGresult *result, int row, struct stored_calendar *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);
	enum err err;

	out->year = (int)row_int(&r);
	row_text(&r, out->region, sizeof(out->region));
	out->version = row_int(&r);
	row_text(&r, out->changed_at, sizeof(out->changed_at));
	out->document = strdup(row_borrow(&r));
	err = row_end(&r, info);
	if (!err && !out->document)
		err = err_set(info, ERR_NOMEM, "no memory for a calendar");
	return err;
}

static enum err list_work(struct conn *c, void *context, struct err_info *info)
{
	const struct listing *l = context;
	struct calendar_list auto_calendar_list list = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;
	size_t n;

	params_init(&p);
	params_int(&p, l->first);
	params_int(&p, l->last);
	params_text(&p, l->province);
	err = store_query(c, &b, QUERY_CALENDAR_LIST, &p, info);
	if (err)
		return err;
	n = (size_t)PQntuples(batch_result(&b, 0));
	list.items = calloc(n + 1, sizeof(list.items[0]));
	if (!list.items)
		return err_set(info, ERR_NOMEM, "no memory for %zu calendars", n);
	while (list.n < n && !err) {
		err = read_listed(batch_result(&b, 0), (int)list.n, &list.items[list.n], info);
		list.n++;
	}
	if (err)
		return err;
	*l->out = list;
	list = (struct calendar_list){ .items = NULL };
	return ERR_OK;
}

enum err store_calendar_list(struct store *store, int first, int last, const char *province,
			     struct calendar_list *out, struct err_info *info)
{
	struct listing l = { first, last, province, out };

	return store_run(store, list_work, &l, info);
}

struct last {
	int year;
	const char *region;
	int64_t version;
};

static enum err last_work(struct conn *c, void *context, struct err_info *info)
{
	struct last *l = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_int(&p, l->year);
	params_text(&p, l->region);
	err = store_query(c, &b, QUERY_CALENDAR_LAST, &p, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	l->version = row_int(&r);
	return row_end(&r, info);
}

enum err store_calendar_last(struct store *store, int year, const char *region,
			     int64_t *ret_version, struct err_info *info)
{
	struct last l = { year, region, 0 };
	const enum err err = store_run(store, last_work, &l, info);

	if (!err)
		*ret_version = l.version;
	return err;
}

/* --- writing --- */

struct change {
	const struct actor *actor;
	int year;
	const char *region;
	const char *document; /* NULL: remove it */
	int64_t match;
	struct write_result *out;
};

enum { CHANGE_BEGIN, CHANGE_TURN, CHANGE_WRITE };

static enum err touch_and_commit(struct conn *c, const struct params *region, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };

	batch_init(&b, c);
	batch_add(&b, QUERY_CALENDAR_TOUCH, region);
	batch_add(&b, QUERY_SILENT_TOUCH, region);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	return batch_run(&b, info);
}

static enum err change_work(struct conn *c, void *context, struct err_info *info)
{
	static const char none[] = "没有该年的日历 / there is no calendar of that year";
	const struct change *ch = context;
	struct write_result result = { .version = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p, region;
	enum err err;

	params_init(&p);
	params_int(&p, ch->year);
	params_text(&p, ch->region);
	params_int_or(&p, ch->actor->key, 0);
	params_int(&p, ch->match);
	if (ch->document)
		params_text(&p, ch->document);
	params_init(&region);
	params_text(&region, ch->region);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_STANDARD_TURN, NULL);
	batch_add(&b, ch->document ? QUERY_CALENDAR_PUT : QUERY_CALENDAR_DELETE, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, CHANGE_WRITE)))
		return err_set(info, ERR_NOT_FOUND, "没有登记的地区 %s / no such region: %s",
			       ch->region, ch->region);
	err = change_read(batch_result(&b, CHANGE_WRITE), ch->region, !ch->document, none,
			  ch->match, &result, info);
	/* What changed nothing is given up with its transaction. */
	if (!err && (result.changed || !ch->document))
		err = touch_and_commit(c, &region, info);
	if (!err)
		*ch->out = result;
	return err;
}

enum err store_calendar_put(struct store *store, const struct actor *actor, int year,
			    const char *region, const char *document, int64_t match,
			    struct write_result *out, struct err_info *info)
{
	struct change ch = { actor, year, region, document, match, out };
	const enum err err = reach_check(actor, region, "", info);

	return err ? err : store_run(store, change_work, &ch, info);
}
