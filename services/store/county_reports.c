/* SPDX-License-Identifier: Apache-2.0 */
#include "store/county_reports.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/match.h"
#include "store/pool.h"
#include "store/row.h"

void stored_county_report_release(struct stored_county_report *r)
{
	free(r->document);
	r->document = NULL;
}

static const char none_text[] = "该县该学年没有上报 / the county has not reported of that period";

struct get {
	const char *period;
	const char *county;
	struct stored_county_report *out;
};

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	const struct get *g = context;
	struct stored_county_report auto_county_report stored = { .document = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_text(&p, g->county);
	params_text(&p, g->period);
	err = store_query(c, &b, QUERY_COUNTY_REPORT_GET, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return err_set(info, ERR_NOT_FOUND, "%s", none_text);
	r = row_at(batch_result(&b, 0), 0);
	stored.version = row_int(&r);
	stored.document = strdup(row_borrow(&r));
	err = row_end(&r, info);
	if (err)
		return err;
	if (!stored.document)
		return err_set(info, ERR_NOMEM, "no memory for a county's report");
	*g->out = stored;
	stored.document = NULL;
	return ERR_OK;
}

enum err store_county_report_get(struct store *store, const char *period, const char *county,
				 struct stored_county_report *out, struct err_info *info)
{
	struct get g = { period, county, out };

	return store_run(store, get_work, &g, info);
}

struct change {
	const struct actor *actor;
	const char *period;
	const char *county;
	const char *document; /* NULL: remove it */
	int64_t match;
	struct write_result *out;
};

enum { CHANGE_BEGIN, CHANGE_TURN, CHANGE_WRITE, CHANGE_COMMIT };

static enum err change_work(struct conn *c, void *context, struct err_info *info)
{
	const struct change *ch = context;
	struct write_result result = { .version = 0 };
	struct batch auto_batch b = { .n = 0 };
	struct params turn, p;
	enum err err;

	params_init(&turn);
	params_text(&turn, ch->county);
	params_init(&p);
	params_text(&p, ch->county);
	params_text(&p, ch->period);
	params_int_or(&p, ch->actor->key, 0);
	params_int(&p, ch->match);
	if (ch->document)
		params_text(&p, ch->document);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_SCHOOL_TURN, &turn);
	batch_add(&b, ch->document ? QUERY_COUNTY_REPORT_PUT : QUERY_COUNTY_REPORT_DELETE, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (!err)
		err = change_read(batch_result(&b, CHANGE_WRITE), ch->county, !ch->document,
				  none_text, ch->match, &result, info);
	str_copy(result.period, sizeof(result.period), ch->period);
	if (!err)
		*ch->out = result;
	return err;
}

enum err store_county_report_put(struct store *store, const struct actor *actor, const char *period,
				 const char *county, const char *document, int64_t match,
				 struct write_result *out, struct err_info *info)
{
	struct change ch = { actor, period, county, document, match, out };
	const enum err err = reach_check(actor, county, county, info);

	return err ? err : store_run(store, change_work, &ch, info);
}
