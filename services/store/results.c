/* SPDX-License-Identifier: Apache-2.0 */
#include "store/results.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/pool.h"
#include "store/results_rows.h"
#include "store/row.h"

static enum status row_status(struct row *r)
{
	enum status status = STATUS_NO_DATA;

	if (!status_parse(row_borrow(r), &status))
		r->bad = r->column;
	return status;
}

/* Codes with commas between. */
static enum err read_missing(const char *text, struct county_status *out, struct err_info *info)
{
	const size_t n = (strlen(text) + 1) / SCHOOL_CODE;

	if (!n)
		return ERR_OK;
	out->missing = calloc(n, sizeof(out->missing[0]));
	if (!out->missing)
		return err_set(info, ERR_NOMEM, "no memory for the missing schools");
	for (size_t i = 0; i < n; i++) {
		memcpy(out->missing[i], text + i * SCHOOL_CODE, SCHOOL_CODE - 1);
		out->missing[i][SCHOOL_CODE - 1] = '\0';
	}
	out->judgement.missing_schools = n;
	return ERR_OK;
}

static void read_indicator(struct row *r, struct indicator_judgement *out)
{
	bool has_sd;

	out->mean = row_double(r, &out->has_mean);
	out->sd = row_double(r, &has_sd);
	out->cv = row_double(r, &out->has_cv);
	out->mean_rounded = row_int_or(r, 0);
	out->cv_rounded = row_int_or(r, 0);
	out->cv_status = row_status(r);
	out->rounding_sensitive = row_bool(r);
	out->records_met = (size_t)row_int(r);
	out->schools = row_status(r);
}

/* Stage columns are the same in each of the stage's rows. */
static enum err read_stage(struct row *r, struct county_judgement *out, struct err_info *info)
{
	const char *name = row_borrow(r);
	struct stage_judgement *stage = NULL;
	int64_t indicator;

	for (int i = 0; i < JUDGED_STAGES; i++) {
		if (str_equal(stage_names[i], name))
			stage = &out->stages[i];
	}
	if (!stage)
		return err_set(info, ERR_DB, "figures of no stage");
	stage->records = (size_t)row_int(r);
	stage->records_met = (size_t)row_int(r);
	stage->students = row_int(r);
	stage->schools = row_status(r);
	stage->status = row_status(r);
	stage->composite_cv = row_double(r, &stage->has_composite);
	indicator = row_int(r);
	if (indicator < 1 || indicator > INDICATORS)
		return err_set(info, ERR_DB, "figures of no indicator");
	read_indicator(r, &stage->indicators[indicator - 1]);
	return row_end(r, info);
}

#define STAGE_COLUMNS     7
#define INDICATOR_COLUMNS 10

static enum err read_county(struct row *r, struct county_status *out, struct err_info *info)
{
	const char *verdict, *items;
	enum err err;

	row_text(r, out->county, sizeof(out->county));
	row_text(r, out->period, sizeof(out->period));
	out->accepted_version = row_int(r);
	out->version = row_int(r);
	row_text_or(r, out->standard, sizeof(out->standard), "");
	out->standard_version = row_int_or(r, 0);
	verdict = row_borrow(r);
	if (out->version && !verdict_parse(verdict, &out->judgement.verdict))
		return err_set(info, ERR_DB, "unknown verdict '%s'", verdict);
	err = read_missing(row_borrow(r), out, info);
	if (err)
		return err;
	out->failing = strdup(row_borrow(r));
	out->unknown = strdup(row_borrow(r));
	row_text_or(r, out->computed_at, sizeof(out->computed_at), "");
	items = row_borrow(r); /* "" for NULL: computed before items were judged, or never */
	out->items = strdup(items[0] ? items : "{}");
	if (!out->failing || !out->unknown || !out->items)
		return err_set(info, ERR_NOMEM, "no memory for a status");
	return ERR_OK;
}

static enum err read_rows(const PGresult *result, struct county_status *out, struct err_info *info)
{
	struct row first = row_at(result, 0);
	enum err err = read_county(&first, out, info);

	if (err)
		return err;
	if (!out->version) {
		/* Before the first computation: zeroed, but nothing is met. */
		out->judgement.verdict = VERDICT_INCOMPLETE;
		row_skip(&first, STAGE_COLUMNS + INDICATOR_COLUMNS);
		return row_end(&first, info);
	}
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);

		row_skip(&r, first.column);
		err = read_stage(&r, &out->judgement, info);
		if (err)
			return err;
	}
	return ERR_OK;
}

enum err status_read(const PGresult *result, struct county_status *out, struct err_info *info)
{
	struct county_status auto_status status = { .version = 0 };
	enum err err;

	if (!PQntuples(result))
		return err_set(info, ERR_NOT_FOUND,
			       "该县该学年没有数据 / no data of that county and period");
	err = read_rows(result, &status, info);
	if (err)
		return err;
	*out = status;
	status = (struct county_status){ .missing = NULL };
	return ERR_OK;
}

struct get {
	const char *county;
	const char *period;
	struct county_status *out;
};

static enum err status_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, g->county);
	params_text(&p, g->period);
	err = store_query(c, &b, QUERY_STATUS_GET, &p, info);
	return err ? err : status_read(batch_result(&b, 0), g->out, info);
}

enum err store_status_get(struct store *store, const char *county, const char *period,
			  struct county_status *out, struct err_info *info)
{
	struct get g = { county, period, out };

	return store_run(store, status_work, &g, info);
}

void store_status_release(struct county_status *status)
{
	free(status->missing);
	free(status->items);
	free(status->failing);
	free(status->unknown);
	*status = (struct county_status){ .missing = NULL };
}

struct latest {
	const char *county;
	char period[PERIOD_CODE];
};

static enum err latest_work(struct conn *c, void *context, struct err_info *info)
{
	struct latest *l = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_text(&p, l->county);
	err = store_query(c, &b, QUERY_PERIOD_LATEST, &p, info);
	if (err)
		return err;
	r = row_at(batch_result(&b, 0), 0);
	if (row_is_null(&r))
		return err_set(info, ERR_NOT_FOUND, "该县没有数据 / no data of that county");
	row_text(&r, l->period, sizeof(l->period));
	return row_end(&r, info);
}

enum err store_latest_period(struct store *store, const char *county, char out[PERIOD_CODE],
			     struct err_info *info)
{
	struct latest l = { .county = county };
	const enum err err = store_run(store, latest_work, &l, info);

	if (!err)
		str_copy(out, PERIOD_CODE, l.period);
	return err;
}
