/* SPDX-License-Identifier: Apache-2.0 */
#include "store/org.h"

#include <string.h>

#include "base/str.h"
#include "store/match.h"
#include "store/pool.h"
#include "store/row.h"

#define COUNTY_DIGITS (COUNTY_CODE - 1)

static enum err no_region(struct err_info *info, const char *code)
{
	return err_set(info, ERR_NOT_FOUND, "没有登记的地区 %s / no such region: %s", code, code);
}

struct get {
	const char *code;
	struct region *out;
};

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct region region;
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_text(&p, g->code);
	err = store_query(c, &b, QUERY_REGION_GET, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return no_region(info, g->code);
	r = row_at(batch_result(&b, 0), 0);
	str_copy(region.code, sizeof(region.code), g->code);
	row_text(&r, region.name, sizeof(region.name));
	row_text(&r, region.targets, sizeof(region.targets));
	row_text_or(&r, region.recognised, sizeof(region.recognised), "");
	region.version = row_int(&r);
	err = row_end(&r, info);
	if (!err)
		*g->out = region;
	return err;
}

enum err store_region_get(struct store *store, const char *code, struct region *out,
			  struct err_info *info)
{
	struct get g = { code, out };

	return store_run(store, get_work, &g, info);
}

struct put {
	const struct actor *actor;
	const struct region *region;
	int64_t match;
	struct write_result *out;
};

static void region_params(struct params *p, const struct region *region)
{
	params_init(p);
	params_text(p, region->code);
	params_text(p, region->name);
	params_text(p, region->targets);
	params_text_or(p, region->recognised, "");
}

/* What is stored of the region, locked. version 0: nothing, or it was removed. By the targets of a
 * region above counties these are judged: computations under way end first, as for a standard. */
static enum err lock_region(struct conn *c, const struct region *region, int64_t *ret_version,
			    bool *ret_same, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	int locked;
	enum err err;

	region_params(&p, region);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	if (strlen(region->code) < COUNTY_DIGITS)
		batch_add(&b, QUERY_STANDARD_TURN, NULL);
	locked = b.n;
	batch_add(&b, QUERY_REGION_LOCK, &p);
	err = batch_run(&b, info);
	if (err && str_starts(c->sqlstate, "22")) /* not JSON: data exception */
		return err_at(info, ERR_INVALID, "/targets", "bad_format",
			      "不是有效的 JSON / not valid JSON");
	if (err)
		return err;
	*ret_version = 0;
	*ret_same = false;
	if (!PQntuples(batch_result(&b, locked)))
		return ERR_OK;
	r = row_at(batch_result(&b, locked), 0);
	*ret_version = row_int(&r);
	if (row_bool(&r)) {
		*ret_version = 0;
		row_skip(&r, 1);
	} else {
		*ret_same = row_bool(&r);
	}
	return row_end(&r, info);
}

static enum err write_region(struct conn *c, const struct put *put, int64_t *ret_version,
			     struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	region_params(&p, put->region);
	params_int_or(&p, put->actor->key, 0);
	batch_init(&b, c);
	batch_add(&b, QUERY_REGION_PUT, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	*ret_version = row_int(&r);
	return row_end(&r, info);
}

static enum err put_work(struct conn *c, void *context, struct err_info *info)
{
	const struct put *put = context;
	struct write_result result = { .changed = true };
	int64_t stored;
	bool same;
	enum err err;

	err = lock_region(c, put->region, &stored, &same, info);
	if (err)
		return err;
	err = match_check(put->match, stored, info);
	if (err)
		return err;
	if (str_is_digits(put->region->code, COUNTY_DIGITS))
		str_copy(result.county, sizeof(result.county), put->region->code);
	result.created = !stored;
	result.changed = !same;
	result.version = stored;
	if (result.changed) {
		err = write_region(c, put, &result.version, info);
		if (err)
			return err;
	}
	*put->out = result;
	return ERR_OK;
}

enum err store_region_put(struct store *store, const struct actor *actor,
			  const struct region *region, int64_t match, struct write_result *out,
			  struct err_info *info)
{
	struct put put = { actor, region, match, out };

	return store_run(store, put_work, &put, info);
}

struct removal {
	const struct actor *actor;
	const char *code;
	int64_t match;
};

/* ERR_CONFLICT: of what keeps the region, what is to go first. */
static enum err check_unused(struct row *r, struct err_info *info)
{
	char period[PERIOD_CODE];
	const bool below = row_bool(r);
	int64_t alerts, entries;
	enum err err;

	row_text_or(r, period, sizeof(period), "");
	alerts = row_int(r);
	entries = row_int(r);
	err = row_end(r, info);
	if (err)
		return err;
	if (below)
		return err_set(info, ERR_CONFLICT,
			       "该地区还有学校或下级地区,请先移出或删除 / schools or regions below "
			       "it exist: move or remove them first");
	if (period[0])
		return err_set(info, ERR_CONFLICT,
			       "该县还有县级填报(最近为 %s 学年),请先逐年删除 / the county has "
			       "reports of its own (the latest of period %s): remove them first",
			       period, period);
	if (alerts || entries)
		return err_set(
			info, ERR_CONFLICT,
			"该县还有 %lld 条未结束的预警、%lld 条未销号的台账条目:数据删除并重新"
			"评定后自动撤回,请稍后再试 / %lld alerts and %lld ledger entries of "
			"the county are not over: without data they are withdrawn when it is "
			"judged again, try again then",
			(long long)alerts, (long long)entries, (long long)alerts,
			(long long)entries);
	return ERR_OK;
}

/* Locked so that no school and no report can come in meanwhile, then looked at. */
static enum err lock_for_removal(struct conn *c, const struct removal *rm, struct err_info *info)
{
	enum { BEGIN, TURN, LOCK, USED };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row locked;
	struct row used;
	int64_t version;
	enum err err;

	params_init(&p);
	params_text(&p, rm->code);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_SCHOOL_TURN, &p);
	batch_add(&b, QUERY_REGION_LOCK_DELETE, &p);
	batch_add(&b, QUERY_REGION_IN_USE, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, LOCK)))
		return no_region(info, rm->code);
	locked = row_at(batch_result(&b, LOCK), 0);
	used = row_at(batch_result(&b, USED), 0);
	version = row_int(&locked);
	err = row_end(&locked, info);
	if (!err)
		err = match_check(rm->match, version, info);
	return err ? err : check_unused(&used, info);
}

static enum err removal_work(struct conn *c, void *context, struct err_info *info)
{
	const struct removal *rm = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	const enum err err = lock_for_removal(c, rm, info);

	if (err)
		return err;
	params_init(&p);
	params_text(&p, rm->code);
	params_int_or(&p, rm->actor->key, 0);
	batch_init(&b, c);
	batch_add(&b, QUERY_REGION_REMOVE, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	return batch_run(&b, info);
}

enum err store_region_delete(struct store *store, const struct actor *actor, const char *code,
			     int64_t match, struct err_info *info)
{
	struct removal rm = { actor, code, match };

	return store_run(store, removal_work, &rm, info);
}
