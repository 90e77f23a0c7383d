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

/* A row of several counties' facts. */
struct facts_row {
	int64_t place; /* of its county */
	const char *code;
	int row;
};

/* The rows of one county, in the order of the schools' codes. */
struct rows {
	const PGresult *result;
	const struct facts_row *rows; /* NULL: all of the result, as they come */
	size_t n;
	int skip; /* columns before the version */
};

static struct row nth_row(const struct rows *rows, size_t i)
{
	struct row r = row_at(rows->result, rows->rows ? rows->rows[i].row : (int)i);

	row_skip(&r, rows->skip);
	return r;
}

/* The next column: a document, which one row of the county has, or none. */
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
	if (!err) {
		free(*ret_report);
		*ret_report = STEAL(report);
	}
	return err;
}

static enum err read_school(struct row *r, struct school_facts *out, struct err_info *info)
{
	school_columns(r, &out->school);
	out->reported = !row_is_null(r);
	row_skip(r, 1);
	report_columns(r, &out->report);
	return row_end(r, info);
}

static enum err read_row(struct store *store, struct row *r, const struct standard *standard,
			 struct county_facts *facts, struct err_info *info)
{
	enum err err;

	facts->version = row_int(r);
	err = read_own(store, r, standard, &facts->report, info);
	if (!err)
		err = read_own(store, r, standard, &facts->previous, info);
	if (err || row_is_null(r))
		return err; /* a county without schools */
	return read_school(r, &facts->schools[facts->n++], info);
}

static enum err read_rows(struct store *store, const struct rows *rows,
			  const struct county_key *key, const struct standard *standard,
			  struct county_facts *out, struct err_info *info)
{
	struct county_facts auto_facts facts = { .n = 0 };

	if (!rows->n)
		return err_set(info, ERR_NOT_FOUND,
			       "该县该学年没有数据 / no such county and period");
	if (rows->n > COUNTY_SCHOOLS_MAX)
		return err_set(info, ERR_TOO_BIG, "county %s has more than %d schools", key->county,
			       COUNTY_SCHOOLS_MAX);
	facts.schools = calloc(rows->n, sizeof(facts.schools[0]));
	if (!facts.schools)
		return err_set(info, ERR_NOMEM, "no memory for the facts of %s", key->county);
	for (size_t i = 0; i < rows->n; i++) {
		struct row r = nth_row(rows, i);
		const enum err err = read_row(store, &r, standard, &facts, info);

		if (err)
			return err;
	}
	str_copy(facts.county, sizeof(facts.county), key->county);
	str_copy(facts.period, sizeof(facts.period), key->period);
	*out = facts;
	facts = (struct county_facts){ .n = 0 };
	return ERR_OK;
}

enum err facts_read(struct store *store, const PGresult *result, const char *county,
		    const char *period, const struct standard *standard, struct county_facts *out,
		    struct err_info *info)
{
	const struct rows rows = { .result = result, .n = (size_t)PQntuples(result) };
	struct county_key key;

	str_copy(key.county, sizeof(key.county), county);
	str_copy(key.period, sizeof(key.period), period);
	return read_rows(store, &rows, &key, standard, out, info);
}

/* --- of several counties -------------------------------------------------------------------- */

enum { COLUMN_PLACE, COLUMN_VERSION, COLUMN_CODE = 4 };

static int compare_rows(const void *a, const void *b)
{
	const struct facts_row *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return strcmp(x->code, y->code);
}

enum err facts_rows_init(struct facts_rows *rows, const PGresult *result, struct err_info *info)
{
	const int n = PQntuples(result);

	*rows = (struct facts_rows){ .result = result, .n = (size_t)n };
	rows->rows = calloc(rows->n ? rows->n : 1, sizeof(rows->rows[0]));
	if (!rows->rows)
		return err_set(info, ERR_NOMEM, "no memory for %d schools", n);
	for (int i = 0; i < n; i++) {
		struct row r = row_at(result, i);

		rows->rows[i] =
			(struct facts_row){ row_int(&r), PQgetvalue(result, i, COLUMN_CODE), i };
	}
	qsort(rows->rows, rows->n, sizeof(rows->rows[0]), compare_rows);
	return ERR_OK;
}

void facts_rows_release(struct facts_rows *rows)
{
	free(rows->rows);
	*rows = (struct facts_rows){ .n = 0 };
}

static struct rows rows_at(const struct facts_rows *rows, int place)
{
	struct rows found = { .result = rows->result, .skip = COLUMN_VERSION };
	size_t first = 0;

	while (first < rows->n && rows->rows[first].place < place)
		first++;
	found.rows = rows->rows + first;
	while (first + found.n < rows->n && found.rows[found.n].place == place)
		found.n++;
	return found;
}

bool facts_rows_any(const struct facts_rows *rows, int place)
{
	return rows_at(rows, place).n > 0;
}

enum err facts_rows_read(struct store *store, const struct facts_rows *rows, int place,
			 const struct county_key *key, const struct standard *standard,
			 struct county_facts *out, struct err_info *info)
{
	const struct rows found = rows_at(rows, place);

	return read_rows(store, &found, key, standard, out, info);
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
