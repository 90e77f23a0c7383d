/* SPDX-License-Identifier: Apache-2.0 */
#include "store/facts.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/columns.h"
#include "store/pool.h"

void facts_params(struct params *p, const char *county, const char *period)
{
	params_init(p);
	params_text(p, county);
	params_text(p, period);
}

static enum err read_school(const PGresult *result, int row, struct school_facts *out,
			    struct err_info *info)
{
	struct row r = row_at(result, row);

	row_skip(&r, 1);
	school_columns(&r, &out->school);
	out->reported = !row_is_null(&r);
	row_skip(&r, 1);
	report_columns(&r, &out->report);
	return row_end(&r, info);
}

enum err facts_read(const PGresult *result, const char *county, const char *period,
		    struct county_facts *out, struct err_info *info)
{
	struct county_facts auto_facts facts = { .n = (size_t)PQntuples(result) };
	struct row first = row_at(result, 0);

	if (!facts.n)
		return err_set(info, ERR_NOT_FOUND,
			       "该县该学年没有数据 / no such county and period");
	if (facts.n > COUNTY_SCHOOLS_MAX)
		return err_set(info, ERR_TOO_BIG, "county %s has more than %d schools", county,
			       COUNTY_SCHOOLS_MAX);
	facts.version = row_int(&first);
	if (row_is_null(&first))
		facts.n = 0; /* a county without schools */
	facts.schools = calloc(facts.n ? facts.n : 1, sizeof(facts.schools[0]));
	if (!facts.schools)
		return err_set(info, ERR_NOMEM, "no memory for the facts of %s", county);
	for (size_t i = 0; i < facts.n; i++) {
		const enum err err = read_school(result, (int)i, &facts.schools[i], info);

		if (err)
			return err;
	}
	str_copy(facts.county, sizeof(facts.county), county);
	str_copy(facts.period, sizeof(facts.period), period);
	*out = facts;
	facts.schools = NULL;
	return ERR_OK;
}

void store_facts_release(struct county_facts *facts)
{
	free(facts->schools);
	facts->schools = NULL;
	facts->n = 0;
}

static enum err facts_work(struct conn *c, void *context, struct err_info *info)
{
	struct county_facts *out = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	facts_params(&p, out->county, out->period);
	err = store_query(c, &b, QUERY_FACTS_GET, &p, info);
	if (err)
		return err;
	return facts_read(batch_result(&b, 0), out->county, out->period, out, info);
}

enum err store_facts_get(struct store *store, const char *county, const char *period,
			 struct county_facts *out, struct err_info *info)
{
	struct county_facts facts = { .n = 0 };
	enum err err;

	str_copy(facts.county, sizeof(facts.county), county);
	str_copy(facts.period, sizeof(facts.period), period);
	err = store_run(store, facts_work, &facts, info);
	if (!err)
		*out = facts;
	return err;
}
