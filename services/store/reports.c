/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reports.h"

#include "base/str.h"
#include "store/columns.h"
#include "store/match.h"
#include "store/pool.h"

static enum err unknown_school(struct err_info *info, const char *school)
{
	return err_at(info, ERR_NOT_FOUND, "/school", "unknown_school",
		      "没有登记的学校 %s / no such school: %s", school, school);
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
		return err_set(info, ERR_NOT_FOUND, "该学年没有上报 / no report of that period");
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

/* The first round trip: the school is locked, then its report is read. */
static enum err lock_and_read(struct conn *c, const struct change *ch, struct stored_report *out,
			      struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params school;
	struct params both;
	enum err err;

	params_init(&school);
	params_text(&school, ch->school);
	params_init(&both);
	params_text(&both, ch->school);
	params_text(&both, ch->period);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_REPORT_LOCK, &school);
	batch_add(&b, QUERY_REPORT_GET, &both);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 1)) || !PQntuples(batch_result(&b, 2)))
		return unknown_school(info, ch->school);
	return read_stored(batch_result(&b, 2), out, info);
}

/* The second: everything is written, and committed. */
static enum err write_and_commit(struct conn *c, const struct change *ch,
				 const struct stored_report *stored, int64_t *ret_version,
				 struct err_info *info)
{
	const enum query write = stored->version ? QUERY_REPORT_UPDATE : QUERY_REPORT_INSERT;
	struct report_arrays auto_report_arrays arrays = { 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_text(&p, stored->county);
	params_text(&p, ch->period);
	params_text(&p, ch->school);
	params_int_or(&p, ch->actor->key, 0);
	if (ch->report) {
		err = report_params(&p, ch->report, &arrays, info);
		if (err)
			return err;
	}
	batch_init(&b, c);
	batch_add(&b, ch->report ? write : QUERY_REPORT_DELETE, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	*ret_version = row_int(&r);
	return row_end(&r, info);
}

static enum err change_work(struct conn *c, void *context, struct err_info *info)
{
	const struct change *ch = context;
	struct write_result result = { .changed = true };
	struct stored_report stored;
	enum err err;

	err = lock_and_read(c, ch, &stored, info);
	if (err)
		return err;
	if (!ch->report && !stored.version)
		return err_set(info, ERR_NOT_FOUND, "该学年没有上报 / no report of that period");
	err = match_check(ch->match, stored.version, info);
	if (err)
		return err;
	str_copy(result.county, sizeof(result.county), stored.county);
	str_copy(result.period, sizeof(result.period), ch->period);
	result.created = !stored.version;
	if (ch->report && stored.version && report_equal(ch->report, &stored.report)) {
		result.changed = false;
		result.version = stored.version;
	} else {
		err = write_and_commit(c, ch, &stored, &result.version, info);
		if (err)
			return err;
	}
	*ch->out = result;
	return ERR_OK;
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
