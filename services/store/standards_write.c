/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/str.h"
#include "store/match.h"
#include "store/pool.h"
#include "store/row.h"
#include "store/standards.h"

struct put {
	const struct actor *actor;
	const struct standard_document *items;
	size_t n;
	int64_t epoch;
	int64_t match;
	struct standard_write *out;
};

enum { PUT_BEGIN, PUT_TURN, PUT_EPOCH };

/* Takes the turn; what was resolved against other standards than there are now is not written. */
static enum err begin(struct conn *c, int64_t epoch, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct row r;
	int64_t now;
	enum err err;

	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_STANDARD_TURN, NULL);
	batch_add(&b, QUERY_STANDARD_EPOCH, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, PUT_EPOCH), 0);
	now = row_int(&r);
	err = row_end(&r, info);
	if (!err && now != epoch)
		return err_at(info, ERR_BUSY, "", "epoch",
			      "其他标准刚有改动 / another standard has just been changed");
	return err;
}

static void put_params(struct params *p, const struct put *put, const struct standard_document *d,
		       int64_t match)
{
	params_init(p);
	params_text(p, d->id);
	params_text_or(p, d->base, "");
	params_text(p, d->region);
	params_text(p, d->from);
	params_text_or(p, d->to, "");
	params_text(p, d->document);
	params_text(p, d->document ? d->resolved : NULL);
	params_int_or(p, put->actor->key, 0);
	params_int(p, match);
}

/* Adds its id to the changed ones when it was not the same already. */
static enum err put_one(struct conn *c, const struct put *put, size_t i, struct standard_write *out,
			struct array *changed, struct err_info *info)
{
	const struct standard_document *d = &put->items[i];
	struct batch auto_batch b = { .n = 0 };
	int64_t before, made;
	struct params p;
	struct row r;
	enum err err;

	put_params(&p, put, d, i ? MATCH_ANY : put->match);
	err = store_query(c, &b, QUERY_STANDARD_PUT, &p, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	before = row_int_or(&r, 0);
	made = row_int_or(&r, 0);
	err = row_end(&r, info);
	if (err)
		return err;
	if (made)
		array_text(changed, d->id);
	if (i)
		return ERR_OK;
	if (!d->document && !before)
		return err_set(info, ERR_NOT_FOUND, "没有此标准 / no such standard");
	out->created = !before;
	out->changed = made != 0;
	out->version = made ? made : before;
	return match_check(put->match, before, info);
}

/* Has all whom the changed ones judge computed again. Figures that nobody judges any more would
 * stay as they are, and so would all that was raised of them. */
static enum err touch(struct conn *c, struct array *changed, struct standard_write *out,
		      struct err_info *info)
{
	const char *ids = array_end(changed);
	struct batch auto_batch b = { .n = 0 };
	char period[PERIOD_CODE];
	int64_t left_alone;
	struct params p;
	struct row r;
	enum err err;

	if (!ids)
		return err_set(info, ERR_NOMEM, "no memory for the changed standards");
	params_init(&p);
	params_text(&p, ids);
	err = store_query(c, &b, QUERY_STANDARD_TOUCH, &p, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	out->counties = row_int(&r);
	left_alone = row_int(&r);
	row_text_or(&r, period, sizeof(period), "");
	err = row_end(&r, info);
	if (!err && left_alone)
		return err_set(
			info, ERR_CONFLICT,
			"%lld 个县已有评定结果的学年(自 %s 起)将没有标准评估 / figures of %lld "
			"counties, of %s or later, would be judged by no standard",
			(long long)left_alone, period, (long long)left_alone, period);
	return err;
}

static enum err commit(struct conn *c, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };

	return store_query(c, &b, QUERY_TXN_COMMIT, NULL, info);
}

static enum err put_work(struct conn *c, void *context, struct err_info *info)
{
	const struct put *put = context;
	struct standard_write done = { .version = 0 };
	struct array auto_array changed;
	enum err err = begin(c, put->epoch, info);

	array_init(&changed);
	for (size_t i = 0; i < put->n && !err; i++)
		err = put_one(c, put, i, &done, &changed, info);
	/* What changed nothing is given up with its transaction. */
	if (!err && done.changed)
		err = touch(c, &changed, &done, info);
	if (!err && done.changed)
		err = commit(c, info);
	if (!err)
		*put->out = done;
	return err;
}

enum err store_standard_put(struct store *store, const struct actor *actor,
			    const struct standard_document *items, size_t n, int64_t epoch,
			    int64_t match, struct standard_write *out, struct err_info *info)
{
	struct put put = { actor, items, n, epoch, match, out };

	return store_run(store, put_work, &put, info);
}
