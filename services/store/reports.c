/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reports.h"

#include <string.h>

#include "base/str.h"
#include "store/columns.h"
#include "store/match.h"
#include "store/pool.h"

static enum err unknown_school(struct err_info *info, const char *school)
{
	return err_at(info, ERR_NOT_FOUND, "/school", "unknown_school",
		      "没有登记的学校 %s / no such school: %s", school, school);
}

static enum err no_report(struct err_info *info)
{
	return err_set(info, ERR_NOT_FOUND, "该学年没有上报 / no report of that period");
}

/* What is stored of a school and period: the columns of report_get. */
static enum err read_stored(const PGresult *result, struct stored_report *out,
			    struct err_info *info)
{
	struct row r = row_at(result, 0);

	row_text(&r, out->county, sizeof(out->county));
	out->version = row_int_or(&r, 0);
	report_columns(&r, &out->report);
	return row_end(&r, info);
}

struct get {
	const char *period;
	const char *school;
	struct stored_report *out;
};

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct stored_report stored;
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, g->school);
	params_text(&p, g->period);
	err = store_query(c, &b, QUERY_REPORT_GET, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return unknown_school(info, g->school);
	err = read_stored(batch_result(&b, 0), &stored, info);
	if (err)
		return err;
	if (!stored.version)
		return no_report(info);
	*g->out = stored;
	return ERR_OK;
}

enum err store_report_get(struct store *store, const char *period, const char *school,
			  struct stored_report *out, struct err_info *info)
{
	struct get g = { period, school, out };

	return store_run(store, get_work, &g, info);
}

/* A write; report is NULL for a deletion. */
struct change {
	const struct actor *actor;
	const char *period;
	const char *school;
	const struct report *report;
	int64_t match;
	struct write_result *out;
};

/* What report_put and report_delete say: where the school is, which version was stored
 * and which one was made of it. */
static enum err read_change(const PGresult *result, const struct change *ch,
			    struct write_result *out, struct err_info *info)
{
	struct row r = row_at(result, 0);
	int64_t stored;
	int64_t made;
	enum err err;

	if (!PQntuples(result))
		return unknown_school(info, ch->school);
	row_text(&r, out->county, sizeof(out->county));
	stored = row_int_or(&r, 0);
	made = row_int_or(&r, 0);
	err = row_end(&r, info);
	if (!err)
		err = reach_check(ch->actor, out->county, ch->school, info);
	if (err)
		return err;
	if (!ch->report && !stored)
		return no_report(info);
	err = match_check(ch->match, stored, info);
	if (err)
		return err;
	str_copy(out->period, sizeof(out->period), ch->period);
	out->created = !stored;
	out->changed = made != 0;
	out->version = made ? made : stored;
	return ERR_OK;
}

enum { CHANGE_BEGIN, CHANGE_TURN, CHANGE_COUNTY, CHANGE_WRITE, CHANGE_COMMIT };

/* One round trip: the statement decides by itself whether there is something to write. */
static enum err change_work(struct conn *c, void *context, struct err_info *info)
{
	const struct change *ch = context;
	const char *region = ch->actor->region;
	struct report_arrays auto_report_arrays arrays = { 0 };
	struct write_result result = { .version = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params turn, county;
	struct params p;
	enum err err;

	params_init(&turn);
	params_text(&turn, ch->school);
	params_init(&county);
	params_text(&county, ch->school);
	params_text(&county, NULL);
	params_init(&p);
	params_text(&p, ch->school);
	params_text(&p, ch->period);
	params_int_or(&p, ch->actor->key, 0);
	params_int(&p, ch->match);
	params_text(&p, strlen(region) == SCHOOL_CODE - 1 ? "" : region);
	if (ch->report) {
		err = report_params(&p, ch->report, &arrays, info);
		if (err)
			return err;
	}
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_SCHOOL_TURN, &turn);
	batch_add(&b, QUERY_COUNTY_TURN, &county);
	batch_add(&b, ch->report ? QUERY_REPORT_PUT : QUERY_REPORT_DELETE, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (!err)
		err = read_change(batch_result(&b, CHANGE_WRITE), ch, &result, info);
	if (!err)
		*ch->out = result;
	return err;
}

enum err store_report_put(struct store *store, const struct actor *actor, const char *period,
			  const char *school, const struct report *report, int64_t match,
			  struct write_result *out, struct err_info *info)
{
	struct change ch = { actor, period, school, report, match, out };

	return store_run(store, change_work, &ch, info);
}

enum err store_report_delete(struct store *store, const struct actor *actor, const char *period,
			     const char *school, int64_t match, struct write_result *out,
			     struct err_info *info)
{
	struct change ch = { actor, period, school, NULL, match, out };

	return store_run(store, change_work, &ch, info);
}
