/* SPDX-License-Identifier: Apache-2.0 */
#include "store/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/columns.h"
#include "store/pool.h"
#include "store/standards_cache.h"

void facts_params(struct params *p, const char *county, const char *period)
{
	params_init(p);
	params_text(p, county);
	params_text(p, period);
}

enum err no_standard(const char *period, struct err_info *info)
{
	return err_set(info, ERR_NOT_FOUND,
		       "没有适用于 %s 学年的标准 / no standard judges the period %s", period,
		       period);
}

/* The version, and what the county itself reported: of the period, of the one before. */
#define HEAD_COLUMNS 3

/* The next column: a document, or that there is none. */
static enum err read_own(struct store *store, struct row *r, const struct standard *standard,
			 struct county_report **ret_report, struct err_info *info)
{
	struct county_report *auto_free report = NULL;
	const char *text;
	enum err err;

	if (row_is_null(r)) {
		row_skip(r, 1);
		return ERR_OK;
	}
	report = calloc(1, sizeof(*report));
	if (!report)
		return err_set(info, ERR_NOMEM, "no memory for a county's report");
	text = row_borrow(r);
	err = store->readers->county_report(text, strlen(text), standard, report, info);
	if (err == ERR_MALFORMED)
		return err_set(info, ERR_DB, "a stored county report cannot be read");
	if (!err)
		*ret_report = STEAL(report);
	return err;
}

static enum err read_school(const PGresult *result, int row, struct school_facts *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);

	row_skip(&r, HEAD_COLUMNS);
	school_columns(&r, &out->school);
	out->reported = !row_is_null(&r);
	row_skip(&r, 1);
	report_columns(&r, &out->report);
	return row_end(&r, info);
}

enum err facts_read(struct store *store, const PGresult *result, const char *county,
		    const char *period, const struct standard *standard, struct county_facts *out,
		    struct err_info *info)
{
	struct county_facts auto_facts facts = { .n = (size_t)PQntuples(result) };
	struct row first = row_at(result, 0);
	enum err err;

	if (!facts.n)
		return err_set(info, ERR_NOT_FOUND,
			       "该县该学年没有数据 / no such county and period");
	if (facts.n > COUNTY_SCHOOLS_MAX)
		return err_set(info, ERR_TOO_BIG, "county %s has more than %d schools", county,
			       COUNTY_SCHOOLS_MAX);
	facts.version = row_int(&first);
	err = read_own(store, &first, standard, &facts.report, info);
	if (!err)
		err = read_own(store, &first, standard, &facts.previous, info);
	if (err)
		return err;
	if (row_is_null(&first))
		facts.n = 0; /* a county without schools */
	facts.schools = calloc(facts.n ? facts.n : 1, sizeof(facts.schools[0]));
	if (!facts.schools)
		return err_set(info, ERR_NOMEM, "no memory for the facts of %s", county);
	for (size_t i = 0; i < facts.n; i++) {
		err = read_school(result, (int)i, &facts.schools[i], info);
		if (err)
			return err;
	}
	str_copy(facts.county, sizeof(facts.county), county);
	str_copy(facts.period, sizeof(facts.period), period);
	*out = facts;
	facts = (struct county_facts){ .n = 0 };
	return ERR_OK;
}

void store_facts_release(struct county_facts *facts)
{
	free(facts->schools);
	free(facts->report);
	free(facts->previous);
	*facts = (struct county_facts){ .n = 0 };
}

struct get {
	struct store *store;
	const char *county;
	const char *period;
	const struct standard *given;
	const struct standard *chosen; /* without a given one */
	struct county_facts facts;
};

enum { GET_BEGIN, GET_STANDARD, GET_FACTS };

/* The standard first, then the facts: what judges them is never newer than they are. */
static enum err facts_work(struct conn *c, void *context, struct err_info *info)
{
	struct get *g = context;
	const struct standard *auto_standard chosen = NULL;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	facts_params(&p, g->county, g->period);
	batch_init(&b, c);
	batch_add(&b, QUERY_SNAPSHOT_BEGIN, NULL);
	batch_add(&b, QUERY_STANDARD_FOR, &p);
	batch_add(&b, QUERY_FACTS_GET, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (!err && !g->given)
		err = standard_chosen(g->store, c, batch_result(&b, GET_STANDARD), &chosen, info);
	if (!err && !g->given && !chosen)
		return no_standard(g->period, info);
	if (!err)
		err = facts_read(g->store, batch_result(&b, GET_FACTS), g->county, g->period,
				 g->given ? g->given : chosen, &g->facts, info);
	if (!err)
		g->chosen = STEAL(chosen);
	return err;
}

enum err store_facts_get(struct store *store, const char *county, const char *period,
			 const struct standard *standard, struct county_facts *out,
			 const struct standard **ret_standard, struct err_info *info)
{
	struct get g = { .store = store, .county = county, .period = period, .given = standard };
	const enum err err = store_run(store, facts_work, &g, info);

	if (err)
		return err;
	*out = g.facts;
	if (!standard)
		*ret_standard = g.chosen;
	return ERR_OK;
}
