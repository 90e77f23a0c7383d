/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recompute_write.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "store/recompute_read.h"

static void columns_init(struct columns *cs, int n)
{
	cs->n = n;
	for (int i = 0; i < n; i++)
		array_init(&cs->column[i]);
}

static void columns_release(struct columns *cs)
{
	for (int i = 0; i < cs->n; i++)
		array_release(&cs->column[i]);
}

static bool columns_empty(const struct columns *cs)
{
	return cs->column[0].text.len == 0;
}

enum { AFRESH, AGAIN };

void writing_init(struct writing *w)
{
	columns_init(&w->earlier, 4);
	columns_init(&w->after, 6);
	columns_init(&w->county, 14);
	for (int i = AFRESH; i <= AGAIN; i++) {
		columns_init(&w->stages[i], 9);
		columns_init(&w->indicators[i], 14);
	}
	columns_init(&w->items, 3);
	columns_init(&w->alerts, 25);
	columns_init(&w->ledger, LEDGER_COLUMNS);
	ledger_columns_init(&w->ledger);
	w->told = 0;
}

void writing_release(struct writing *w)
{
	columns_release(&w->earlier);
	columns_release(&w->after);
	columns_release(&w->county);
	for (int i = AFRESH; i <= AGAIN; i++) {
		columns_release(&w->stages[i]);
		columns_release(&w->indicators[i]);
	}
	columns_release(&w->items);
	columns_release(&w->alerts);
	columns_release(&w->ledger);
}

struct array *columns_begin_row(struct columns *cs, const char *county, const char *period)
{
	array_text(&cs->column[0], county);
	array_text(&cs->column[1], period);
	return &cs->column[2];
}

/* The names of items by what is known of them. */
struct item_lists {
	struct array known, failing, unknown, undefined;
	struct array figure_items, figures;
};

static void auto_lists_release(struct item_lists *l)
{
	array_release(&l->known);
	array_release(&l->failing);
	array_release(&l->unknown);
	array_release(&l->undefined);
	array_release(&l->figure_items);
	array_release(&l->figures);
}
#define auto_lists AUTO(auto_lists_release)

static void add_figure(struct item_lists *l, const struct item *item)
{
	if (!status_is_known(item->status) || !item->has_value)
		return;
	array_text(&l->figure_items, item->name);
	array_double(&l->figures, true, item->value);
}

static void fill_lists(const struct recompute_input *in, const struct county_judgement *judgement,
		       struct item_lists *l)
{
	array_init(&l->known);
	array_init(&l->failing);
	array_init(&l->unknown);
	array_init(&l->undefined);
	array_init(&l->figure_items);
	array_init(&l->figures);
	for (size_t i = 0; i < items_count(in->standard); i++) {
		struct item item;

		item_get(judgement, in->standard, i, &item);
		if (status_is_known(item.status))
			array_text(&l->known, item.name);
		if (item.status == STATUS_NOT_MET)
			array_text(&l->failing, item.name);
		if (item.status == STATUS_NO_DATA || item.status == STATUS_UNDEFINED)
			array_text(&l->unknown, item.name);
		if (item.status == STATUS_UNDEFINED)
			array_text(&l->undefined, item.name);
		add_figure(l, &item);
	}
	/* What is planned besides is compared with the plan alone. */
	for (size_t i = items_count(in->standard);
	     in->has_plan && i < plan_items_count(in->standard); i++) {
		struct item item;

		plan_item_judged(judgement, in->standard, i, &item);
		add_figure(l, &item);
	}
}

static enum err no_memory(struct err_info *info)
{
	return err_set(info, ERR_NOMEM, "no memory for the figures");
}

/* Adds an array as an element of another; false when it has failed. */
static bool array_nested(struct array *a, struct array *inner)
{
	const char *text = array_end(inner);

	if (text)
		array_quoted(a, text);
	return text != NULL;
}

static void array_int_if(struct array *a, bool has, int64_t value)
{
	if (has)
		array_int(a, value);
	else
		array_text(a, NULL);
}

static bool compares_years(const struct recompute_input *in)
{
	bool compares = in->has_plan; /* its line begins at a former figure */

	for (size_t i = 0; i < in->rules_n && !compares; i++)
		compares =
			in->rules[i]->kind == ALERT_ON_NEAR || in->rules[i]->kind == ALERT_ON_JUMP;
	return compares;
}

/* Whether an alert of a later period may rest on what this one says. */
static bool is_looked_back_at(const struct recompute_input *in)
{
	/* Schools are compared by their reports, whatever these say of the items. */
	return compares_years(in) && (in->later_knows_any || recompute_compares_schools(in));
}

/* The lists are ended. */
static void add_after(struct columns *cs, const struct recompute_input *in,
		      const struct item_lists *l)
{
	const bool reports = in->computed_version != in->facts.version;
	struct array *column = columns_begin_row(cs, in->facts.county, in->facts.period);

	array_quoted(column++, l->figure_items.text.data);
	array_quoted(column++, l->figures.text.data);
	array_text(column++, reports && recompute_compares_schools(in) ? "t" : "f");
	array_text(column++, in->has_plan ? "t" : "f");
}

/* What the period settled is compared with what it settles now. The lists are ended. */
static void add_earlier(struct columns *cs, const struct recompute_input *in,
			const struct item_lists *l)
{
	const bool knows_any = !str_equal(l->known.text.data, "{}");
	struct array *column;

	if (knows_any && str_equal(l->unknown.text.data, in->unknown))
		return;
	column = columns_begin_row(cs, in->facts.county, in->facts.period);
	array_text(column++, knows_any ? "t" : "f");
	array_quoted(column, l->unknown.text.data);
}

/* What the period knew gives way to what it knows now. */
static enum err add_county(struct writing *w, const struct recompute_input *in,
			   const struct county_judgement *judgement, int64_t due_us,
			   struct err_info *info)
{
	struct item_lists auto_lists lists;
	struct array auto_array missing;
	struct array *column = columns_begin_row(&w->county, in->facts.county, in->facts.period);
	bool ok;

	fill_lists(in, judgement, &lists);
	array_init(&missing);
	for (size_t i = 0; i < in->facts.n; i++) {
		if (school_is_missing(&in->facts.schools[i], in->facts.period))
			array_text(&missing, in->facts.schools[i].school.code);
	}
	array_int(column++, in->facts.version);
	array_text(column++, in->standard->id);
	array_int(column++, in->standard->version);
	array_text(column++, verdict_names[judgement->verdict]);
	ok = array_nested(column++, &missing) && array_nested(column++, &lists.known) &&
	     array_nested(column++, &lists.failing) && array_nested(column++, &lists.unknown) &&
	     array_nested(column++, &lists.undefined) &&
	     array_nested(column++, &lists.figure_items) && array_nested(column++, &lists.figures);
	if (!ok)
		return no_memory(info);
	array_int_if(column++, due_us != 0, due_us);
	if (in->knew_any)
		add_earlier(&w->earlier, in, &lists);
	if (is_looked_back_at(in))
		add_after(&w->after, in, &lists);
	return ERR_OK;
}

static void add_stages(struct columns *cs, const struct recompute_input *in,
		       const struct county_judgement *judgement)
{
	for (int i = 0; i < JUDGED_STAGES; i++) {
		const struct stage_judgement *s = &judgement->stages[i];
		struct array *column = columns_begin_row(cs, in->facts.county, in->facts.period);

		array_text(column++, stage_names[i]);
		array_int(column++, (int64_t)s->records);
		array_int(column++, (int64_t)s->records_met);
		array_int(column++, s->students);
		array_text(column++, status_names[s->schools]);
		array_text(column++, status_names[s->status]);
		array_double(column++, s->has_composite, s->composite_cv);
	}
}

static void add_indicator(struct array *column, const struct indicator_judgement *ind,
			  int64_t cv_limit)
{
	char limit[PARAM_TEXT];

	snprintf(limit, sizeof(limit), "%" PRId64 ".%03" PRId64, cv_limit / STANDARD_SCALE,
		 cv_limit % STANDARD_SCALE);
	array_double(column++, ind->has_mean, ind->mean);
	array_double(column++, ind->has_mean, ind->sd);
	array_double(column++, ind->has_cv, ind->cv);
	array_int_if(column++, ind->has_mean, ind->mean_rounded);
	array_int_if(column++, ind->has_cv, ind->cv_rounded);
	array_text(column++, limit);
	array_text(column++, status_names[ind->cv_status]);
	array_text(column++, ind->rounding_sensitive ? "t" : "f");
	array_int(column++, (int64_t)ind->records_met);
	array_text(column++, status_names[ind->schools]);
}

static void add_indicators(struct columns *cs, const struct recompute_input *in,
			   const struct county_judgement *judgement)
{
	for (int i = 0; i < JUDGED_STAGES; i++) {
		for (int k = 0; k < INDICATORS; k++) {
			struct array *column =
				columns_begin_row(cs, in->facts.county, in->facts.period);

			array_text(column++, stage_names[i]);
			array_text(column++, indicators[k].code);
			add_indicator(column, &judgement->stages[i].indicators[k],
				      in->standard->cv_limit[i]);
		}
	}
}

/* The state that an action leads to, and the event that it is; NULL: as it was, and none. */
static const struct {
	const char *state;
	const char *event;
} outcomes[] = {
	[ALERT_NONE] = { NULL, NULL },
	[ALERT_NOTE] = { NULL, NULL },
	[ALERT_PEND] = { "pending", "alert.pending" },
	[ALERT_FIRE] = { "firing", "alert.firing" },
	[ALERT_CHANGE] = { NULL, "alert.changed" },
	[ALERT_REMIND] = { NULL, "alert.reminded" },
	[ALERT_ESCALATE] = { NULL, "alert.escalated" },
	[ALERT_RESOLVE] = { "resolved", "alert.resolved" },
	[ALERT_WITHDRAW] = { "withdrawn", "alert.withdrawn" },
};

static bool add_schools(struct array *column, const struct event_schools *schools)
{
	struct array auto_array codes;

	array_init(&codes);
	for (size_t i = 0; schools && i < schools->n; i++)
		array_text(&codes, schools->codes[i]);
	array_int(column + 1, schools ? schools->all : 0);
	return array_nested(column, &codes);
}

enum err writing_add_alert(struct writing *w, const struct county_key *key, int64_t version,
			   const struct transition *t, struct err_info *info)
{
	struct array *column = columns_begin_row(&w->alerts, key->county, key->period);
	const struct alert_memory *m = &t->memory;

	w->told += outcomes[t->action].event != NULL;
	array_int(column++, version);
	array_text(column++, t->item);
	array_int(column++, t->alert);
	array_text(column++, outcomes[t->action].state);
	array_text(column++, outcomes[t->action].event);
	array_int(column++, w->told);
	array_double(column++, t->has_value, t->value);
	array_double(column++, t->has_limit, t->limit);
	array_text(column++, t->rule);
	array_text(column++, t->kind);
	array_text(column++, severity_names[m->severity]);
	array_text(column++, t->reason);
	array_int_if(column++, m->since_us != 0, m->since_us);
	array_int(column++, m->confirmed);
	array_int(column++, m->counted);
	array_int_if(column++, m->clear_us != 0, m->clear_us);
	array_int(column++, m->cleared);
	array_int_if(column++, m->told_us != 0, m->told_us);
	array_text(column++, m->provisional ? "t" : "f");
	array_int(column++, m->level);
	array_int_if(column++, m->fired_us != 0, m->fired_us);
	return add_schools(column, t->schools) ? ERR_OK : no_memory(info);
}

enum err writing_add(struct writing *w, const struct recompute_input *in,
		     const struct county_judgement *judgement, const char *items,
		     const struct transition *transitions, size_t n, int64_t due_us,
		     struct err_info *info)
{
	const int when = in->computed_version ? AGAIN : AFRESH;
	struct county_key key;
	enum err err = ERR_OK;

	str_copy(key.county, sizeof(key.county), in->facts.county);
	str_copy(key.period, sizeof(key.period), in->facts.period);
	add_stages(&w->stages[when], in, judgement);
	add_indicators(&w->indicators[when], in, judgement);
	array_quoted(columns_begin_row(&w->items, in->facts.county, in->facts.period), items);
	for (size_t i = 0; i < n && !err; i++)
		err = writing_add_alert(w, &key, in->facts.version, &transitions[i], info);
	return err ? err : add_county(w, in, judgement, due_us, info);
}

/* Adds the statement with the columns before its other parameters; nothing without rows. */
static enum err columns_add(struct batch *b, enum query query, struct columns *cs,
			    const int64_t *more, size_t more_n, struct err_info *info)
{
	struct params p;

	if (columns_empty(cs))
		return ERR_OK;
	params_init(&p);
	for (int i = 0; i < cs->n; i++) {
		const char *text = array_end(&cs->column[i]);

		if (!text)
			return no_memory(info);
		params_text(&p, text);
	}
	for (size_t i = 0; i < more_n; i++)
		params_int(&p, more[i]);
	batch_add(b, query, &p);
	return ERR_OK;
}

enum err writing_figures(struct writing *w, struct batch *b, int *ret_county, struct err_info *info)
{
	const struct {
		enum query query;
		struct columns *columns;
	} statements[] = {
		{ QUERY_RECOMPUTE_EARLIER, &w->earlier },
		{ QUERY_RECOMPUTE_AFTER, &w->after },
		{ QUERY_RECOMPUTE_COUNTY, &w->county },
		{ QUERY_STAGES_INSERT, &w->stages[AFRESH] },
		{ QUERY_STAGES_UPDATE, &w->stages[AGAIN] },
		{ QUERY_INDICATORS_INSERT, &w->indicators[AFRESH] },
		{ QUERY_INDICATORS_UPDATE, &w->indicators[AGAIN] },
		{ QUERY_ITEMS_LOG, &w->items },
		{ QUERY_LEDGER_WRITE, &w->ledger },
	};
	enum err err = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(statements) && !err; i++) {
		if (statements[i].query == QUERY_RECOMPUTE_COUNTY)
			*ret_county = b->n;
		err = columns_add(b, statements[i].query, statements[i].columns, NULL, 0, info);
	}
	return err;
}

enum err writing_alerts(struct writing *w, struct batch *b, struct err_info *info)
{
	const int64_t more[] = { w->told, ALERT_FLAPS, EVENT_STORY_MINUTES };

	return columns_add(b, QUERY_ALERTS_WRITE, &w->alerts, more, ARRAY_LEN(more), info);
}
