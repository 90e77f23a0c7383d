/* SPDX-License-Identifier: Apache-2.0 */
/* Why an item of a county is what it is: judged as it is read, so that it is never behind
 * what was accepted; the version says what it rests on. */
#include "api/county_explain.h"

#include <stdlib.h>

#include "api/handlers.h"
#include "api/page.h"
#include "base/str.h"
#include "store/county_reports.h"
#include "store/reports.h"
#include "store/results.h"
#include "json/figures.h"
#include "json/write.h"

void explain_write_limit(struct buf *out, const char *name, int64_t thousandths, int percent)
{
	/* One division of whole numbers: 5.3 × 85 % is 4.505 and nothing near it. */
	const double value = (double)(thousandths * percent) / (STANDARD_SCALE * 100.0);

	json_member_double(out, name, &value);
}

void explain_rule_begin(struct buf *out, const struct explanation *x, const char *text)
{
	json_name(out, "rule");
	buf_str(out, "{");
	json_member_text(out, "text", text);
	json_member_text(out, "title", x->standard->title);
	json_member_text(out, "source", x->standard->source);
	json_member_text(out, "judge", x->standard->judge_rounded ? "rounded" : "exact");
}

void explain_write_figure(struct buf *out, const struct figure_ref *f)
{
	buf_str(out, "\"");
	figure_pointer(out, f);
	buf_str(out, "\"");
}

void explain_write_missing_figures(struct buf *out, const struct explanation *x,
				   const struct record *r, int indicator)
{
	struct figure_ref figures[EXPLAIN_FIGURES_MAX];
	struct merged merged;
	size_t n = 0;

	if (merged_get(&x->index, &x->facts, r->school, &merged))
		n = explain_missing(&merged, r->stage, indicator, figures);
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		explain_write_figure(out, &figures[i]);
	}
	buf_str(out, "]");
}

static void missing_begin(struct buf *out, const struct school *s, const char *reason, bool *first)
{
	buf_str(out, *first ? "{" : ",{");
	*first = false;
	json_member_text(out, "school", s->code);
	json_member_text(out, "name", s->name);
	json_member_text(out, "reason", reason);
}

void explain_write_missing(struct buf *out, const struct explanation *x, int indicator)
{
	bool first = true;

	json_name(out, "missing");
	buf_str(out, "[");
	for (size_t i = 0; i < x->facts.n; i++) {
		if (!school_is_missing_from(&x->facts.schools[i], x->facts.period, x->item.stage))
			continue;
		missing_begin(out, &x->facts.schools[i].school, "report", &first);
		buf_str(out, "}");
	}
	for (size_t i = 0; indicator >= 0 && i < x->n; i++) {
		const struct record *r = &x->records[i];

		if (r->values[indicator].status != STATUS_NO_DATA)
			continue;
		missing_begin(out, &x->facts.schools[r->school].school, "figure", &first);
		json_name(out, "figures");
		explain_write_missing_figures(out, x, r, indicator);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

size_t explain_count_missing(const struct explanation *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->facts.n; i++)
		n += school_is_missing_from(&x->facts.schools[i], x->facts.period, x->item.stage);
	return n;
}

static enum err write_answer(struct call *c, const struct explanation *x)
{
	struct buf *out = &c->rp->body;
	enum err e;

	buf_str(out, "{");
	json_member_text(out, "county", x->facts.county);
	json_member_text(out, "period", x->facts.period);
	json_member_text(out, "standard", x->standard->id);
	json_member_int(out, "standard_version", x->standard->version);
	json_member_int(out, "version", x->facts.version);
	json_member_text(out, "item", x->item.name);
	if (x->item.part == EXPLAIN_ITEM)
		e = explain_write_item(out, x);
	else if (x->item.part == EXPLAIN_CV)
		e = explain_write_cv(out, x);
	else
		e = explain_write_schools(out, x);
	buf_str(out, "}");
	return e;
}

/* Judges the county, and keeps the records of the item's stage. */
static enum err judge(struct call *c, struct explanation *x)
{
	const size_t cap = JUDGED_STAGES * x->facts.n + 1;
	auto_free struct record *all = calloc(cap, sizeof(*all));
	size_t n = 0;
	enum err e;

	if (!all)
		return ERR_NOMEM;
	e = county_judge(&x->facts, x->standard, all, cap, &n, &x->judgement);
	if (e != ERR_OK)
		return e == ERR_TOO_BIG ? ERR_DB : e;
	merge_index_init(&x->index, &x->facts);
	if (x->item.part == EXPLAIN_ITEM)
		return write_answer(c, x);
	x->n = x->judgement.stages[x->item.stage].records;
	x->records = x->item.stage == STAGE_PRIMARY ? all : all + (n - x->n);
	return write_answer(c, x);
}

/* The judgement comes from the facts; what was written to confirm it is kept with the document. */
static enum err judge_item(struct call *c, struct explanation *x)
{
	auto_county_report struct stored_county_report own = { .document = NULL };
	enum err e = call_item_known(c, &x->item, x->standard);

	if (e == ERR_OK && x->item.part == EXPLAIN_ITEM && x->facts.report)
		e = store_county_report_get(c->api->store, x->facts.period, x->facts.county, &own,
					    &c->info);
	if (e != ERR_OK && e != ERR_NOT_FOUND) /* it may just have been removed */
		return e;
	x->own_report = own.document;
	return judge(c, x);
}

/* All at once, as far as a list goes: shares of a CV want to be added up. */
static enum err read_limit(struct call *c, size_t *ret_limit)
{
	int limit = PAGE_LIMIT_MAX;
	enum err e = ERR_OK;

	if (query_get(&c->query, "limit")[0])
		e = page_limit(c, &limit);
	*ret_limit = (size_t)limit;
	return e;
}

enum err county_explain(struct call *c)
{
	auto_free struct explanation *x = calloc(1, sizeof(*x));
	const char *county = call_path(c, "code");
	char latest[PERIOD_CODE];
	const char *period;
	enum err e;

	if (!x)
		return ERR_NOMEM;
	e = call_item(c, &x->item);
	if (e == ERR_OK)
		e = call_period(c, &period);
	if (e == ERR_OK)
		e = read_limit(c, &x->limit);
	if (e == ERR_OK && !period[0]) {
		e = store_latest_period(c->api->store, county, latest, &c->info);
		period = latest;
	}
	if (e == ERR_OK)
		e = store_facts_get(c->api->store, county, period, NULL, &x->facts, &x->standard,
				    &c->info);
	if (e == ERR_OK)
		e = judge_item(c, x);
	store_facts_release(&x->facts);
	standard_release(x->standard);
	return e;
}
