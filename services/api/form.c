/* SPDX-License-Identifier: Apache-2.0 */
/* The application form of a county: all tables as JSON, one as CSV, a workbook. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/form_model.h"
#include "api/handlers.h"
#include "base/str.h"
#include "store/reports.h"
#include "store/results.h"

#define XLSX       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define FILE_BYTES 256

/* --- the county -------------------------------------------------------------------------- */

static enum err find_facts(struct call *c, struct form_county *out)
{
	struct store *store = c->api->store;
	const char *county = call_path(c, "code");
	char latest[PERIOD_CODE];
	const char *period;
	enum err e = call_period(c, &period);

	if (e == ERR_OK && !period[0]) {
		e = store_latest_period(store, county, latest, &c->info);
		period = latest;
	}
	if (e == ERR_OK)
		e = store_facts_get(store, county, period, NULL, &out->facts, &out->standard,
				    &c->info);
	return e;
}

static enum err find_name(struct call *c, struct form_county *out)
{
	struct region region;
	const enum err e = store_region_get(c->api->store, out->facts.county, &region, &c->info);

	str_copy(out->name, sizeof(out->name), e == ERR_OK ? region.name : out->facts.county);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* The monitor's time, where it has computed what is computed here; else now. */
static enum err find_time(struct call *c, struct form_county *out)
{
	auto_status struct county_status status = { .missing = NULL };
	const enum err e = store_status_get(c->api->store, out->facts.county, out->facts.period,
					    &status, &c->info);

	if (e == ERR_OK && status.version == out->facts.version &&
	    status.standard_version == out->standard->version &&
	    str_equal(status.standard, out->standard->id))
		str_copy(out->computed_at, sizeof(out->computed_at), status.computed_at);
	else
		time_format(time_now_us(), out->computed_at);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err judge(struct form_county *county)
{
	const size_t cap = JUDGED_STAGES * county->facts.n + 1;
	enum err e;

	county->records = calloc(cap, sizeof(*county->records));
	if (!county->records)
		return ERR_NOMEM;
	e = county_judge(&county->facts, county->standard, county->records, cap, &county->n,
			 &county->judgement);
	if (e != ERR_OK)
		return e == ERR_TOO_BIG ? ERR_DB : e;
	merge_index_init(&county->index, &county->facts);
	return ERR_OK;
}

enum err form_county_load(struct call *c, struct form_county **ret)
{
	auto_form_county struct form_county *county = calloc(1, sizeof(*county));
	enum err e;

	if (!county)
		return ERR_NOMEM;
	e = find_facts(c, county);
	if (e == ERR_OK)
		e = find_name(c, county);
	if (e == ERR_OK)
		e = find_time(c, county);
	if (e == ERR_OK)
		e = judge(county);
	if (e == ERR_OK)
		*ret = STEAL(county);
	return e;
}

void form_county_free(struct form_county *county)
{
	if (!county)
		return;
	free(county->records);
	standard_release(county->standard);
	store_facts_release(&county->facts);
	free(county);
}

const struct record *form_records(const struct form_county *county, int stage, size_t *ret_n)
{
	const struct record *at = county->records;

	for (int s = 0; s < stage; s++)
		at += county->judgement.stages[s].records;
	*ret_n = county->judgement.stages[stage].records;
	return at;
}

/* --- the answers --------------------------------------------------------------------------- */

void form_name_file(struct call *c, const struct form_county *county, const char *how,
		    const char *zh, const char *suffix)
{
	char ascii[FILE_BYTES], name[FILE_BYTES];

	if (snprintf(ascii, sizeof(ascii), "junheng-%s-%s%s", county->facts.county,
		     county->facts.period, suffix) < 0 ||
	    snprintf(name, sizeof(name), "%s-%s-%s%s", county->name, county->facts.period, zh,
		     strchr(suffix, '.')) < 0)
		return;
	reply_file(c->rp, how, ascii, name);
}

enum err form_get(struct call *c)
{
	auto_form_county struct form_county *county = NULL;
	auto_form struct form form = { .county = NULL };
	enum err e = form_county_load(c, &county);

	if (e == ERR_OK)
		e = form_build(county, &form);
	if (e == ERR_OK)
		form_write_json(&form, &c->rp->body);
	return e;
}

enum err form_workbook(struct call *c)
{
	auto_form_county struct form_county *county = NULL;
	auto_form struct form form = { .county = NULL };
	enum err e = form_county_load(c, &county);

	if (e == ERR_OK)
		e = form_build(county, &form);
	if (e == ERR_OK)
		e = form_write_xlsx(&form, &c->rp->body, &c->info);
	if (e != ERR_OK)
		return e;
	c->rp->content_type = XLSX;
	form_name_file(c, county, "attachment", "申报表", "-form.xlsx");
	return ERR_OK;
}

/* ?table= by its key or its name: "3" or "Ⅲ". */
static enum err find_table(struct call *c, enum form_id *ret)
{
	const char *wanted = query_get(&c->query, "table");

	for (int i = 0; i < FORM_TABLES; i++) {
		if (!str_equal(form_titles[i].key, wanted) &&
		    !str_equal(form_titles[i].name, wanted))
			continue;
		*ret = (enum form_id)i;
		return ERR_OK;
	}
	return err_set(&c->info, ERR_PARAMETER,
		       "table 须为 1、2-1、2-2、3、4、5、6、veto 或 own / table must be 1, 2-1, "
		       "2-2, 3, 4, 5, 6, veto or own");
}

static enum err write_table(struct call *c, const struct form *form, enum form_id id)
{
	const struct form_table *table = form_find(form, id);

	if (!table)
		return err_set(&c->info, ERR_NOT_FOUND,
			       "此标准没有省定项目 / the standard has no items of a province");
	form_write_csv(form, table, &c->rp->body);
	c->rp->content_type = "text/csv; charset=utf-8";
	form_name_file(c, form->county, "attachment", form_titles[id].zh, "-form.csv");
	return ERR_OK;
}

enum err form_table(struct call *c)
{
	auto_form_county struct form_county *county = NULL;
	auto_form struct form form = { .county = NULL };
	enum form_id id = FORM_TABLES;
	enum err e = find_table(c, &id);

	if (e == ERR_OK)
		e = form_county_load(c, &county);
	if (e == ERR_OK)
		e = form_build(county, &form);
	return e == ERR_OK ? write_table(c, &form, id) : e;
}
