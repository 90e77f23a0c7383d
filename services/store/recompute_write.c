/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recompute_write.h"

#include <inttypes.h>
#include <stdio.h>

#define COLUMNS_MAX 12

/* The arrays of a statement that writes several rows at once, one a column. */
struct columns {
	int n;
	struct array column[COLUMNS_MAX];
};

static void columns_init(struct columns *cs, int n)
{
	cs->n = n;
	for (int i = 0; i < n; i++)
		array_init(&cs->column[i]);
}

static void auto_columns_release(struct columns *cs)
{
	for (int i = 0; i < cs->n; i++)
		array_release(&cs->column[i]);
}
#define auto_columns AUTO(auto_columns_release)

/* Adds the statement with the columns behind its other parameters. */
static enum err columns_add(struct batch *b, enum query query, struct params *p, struct columns *cs,
			    struct err_info *info)
{
	for (int i = 0; i < cs->n; i++) {
		const char *text = array_end(&cs->column[i]);

		if (!text)
			return err_set(info, ERR_NOMEM, "no memory for the figures");
		params_text(p, text);
	}
	batch_add(b, query, p);
	return ERR_OK;
}

static void county_params(struct params *p, const struct recompute_input *in)
{
	params_init(p);
	params_text(p, in->facts.county);
	params_text(p, in->facts.period);
}

/* The names of items by what is known of them. */
struct item_lists {
	struct array known, failing, unknown, undefined;
};

static void auto_lists_release(struct item_lists *l)
{
	array_release(&l->known);
	array_release(&l->failing);
	array_release(&l->unknown);
	array_release(&l->undefined);
}
#define auto_lists AUTO(auto_lists_release)

static void fill_lists(const struct recompute_input *in, const struct county_judgement *judgement,
		       struct item_lists *l)
{
	array_init(&l->known);
	array_init(&l->failing);
	array_init(&l->unknown);
	array_init(&l->undefined);
	for (size_t i = 0; i < items_count(in->standard); i++) {
		struct item item;

		item_get(judgement, in->standard, i, &item);
		if (item.status == STATUS_MET || item.status == STATUS_NOT_MET)
			array_text(&l->known, item.name);
		if (item.status == STATUS_NOT_MET)
			array_text(&l->failing, item.name);
		if (item.status == STATUS_NO_DATA || item.status == STATUS_UNDEFINED)
			array_text(&l->unknown, item.name);
		if (item.status == STATUS_UNDEFINED)
			array_text(&l->undefined, item.name);
	}
}

/* Adds an array as a parameter; false when it has failed. */
static bool params_array(struct params *p, struct array *a)
{
	const char *text = array_end(a);

	params_text(p, text);
	return text != NULL;
}

/* What the period knew is compared with what it knows now, then that takes its place. */
static enum err write_county(struct batch *b, const struct recompute_input *in,
			     const struct county_judgement *judgement, struct err_info *info)
{
	struct item_lists auto_lists lists;
	struct array auto_array missing;
	struct params earlier, p;
	bool ok;

	fill_lists(in, judgement, &lists);
	array_init(&missing);
	for (size_t i = 0; i < in->facts.n; i++) {
		if (school_is_missing(&in->facts.schools[i], in->facts.period))
			array_text(&missing, in->facts.schools[i].school.code);
	}
	county_params(&earlier, in);
	county_params(&p, in);
	params_int(&p, in->facts.version);
	params_text(&p, in->standard->id);
	params_int(&p, in->standard->version);
	params_text(&p, verdict_names[judgement->verdict]);
	ok = params_array(&p, &missing) && params_array(&p, &lists.known) &&
	     params_array(&p, &lists.failing) && params_array(&p, &lists.unknown) &&
	     params_array(&p, &lists.undefined);
	if (!ok)
		return err_set(info, ERR_NOMEM, "no memory for the items");
	params_text(&earlier, p.value[7]); /* the known ones */
	batch_add(b, QUERY_RECOMPUTE_EARLIER, &earlier);
	batch_add(b, QUERY_RECOMPUTE_COUNTY, &p);
	return ERR_OK;
}

static void write_items(struct batch *b, const struct recompute_input *in, const char *items)
{
	struct params p;

	county_params(&p, in);
	params_text(&p, items);
	batch_add(b, QUERY_ITEMS_LOG, &p);
}

static enum err write_stages(struct batch *b, const struct recompute_input *in,
			     const struct county_judgement *judgement, struct err_info *info)
{
	struct columns auto_columns cs;
	struct params p;

	columns_init(&cs, 7);
	for (int i = 0; i < JUDGED_STAGES; i++) {
		const struct stage_judgement *s = &judgement->stages[i];
		struct array *column = cs.column;

		array_text(column++, stage_names[i]);
		array_int(column++, (int64_t)s->records);
		array_int(column++, (int64_t)s->records_met);
		array_int(column++, s->students);
		array_text(column++, status_names[s->schools]);
		array_text(column++, status_names[s->status]);
		array_double(column++, s->has_composite, s->composite_cv);
	}
	county_params(&p, in);
	return columns_add(b, in->computed_version ? QUERY_STAGES_UPDATE : QUERY_STAGES_INSERT, &p,
			   &cs, info);
}

static void array_int_if(struct array *a, bool has, int64_t value)
{
	if (has)
		array_int(a, value);
	else
		array_text(a, NULL);
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

static enum err write_indicators(struct batch *b, const struct recompute_input *in,
				 const struct county_judgement *judgement, struct err_info *info)
{
	struct columns auto_columns cs;
	struct params p;

	columns_init(&cs, 12);
	for (int i = 0; i < JUDGED_STAGES; i++) {
		for (int k = 0; k < INDICATORS; k++) {
			array_text(&cs.column[0], stage_names[i]);
			array_text(&cs.column[1], indicators[k].code);
			add_indicator(&cs.column[2], &judgement->stages[i].indicators[k],
				      in->standard->cv_limit[i]);
		}
	}
	county_params(&p, in);
	return columns_add(b,
			   in->computed_version ? QUERY_INDICATORS_UPDATE : QUERY_INDICATORS_INSERT,
			   &p, &cs, info);
}

enum err write_figures(struct batch *b, const struct recompute_input *in,
		       const struct county_judgement *judgement, const char *items,
		       struct err_info *info)
{
	enum err err = write_county(b, in, judgement, info);

	if (!err)
		err = write_stages(b, in, judgement, info);
	if (!err)
		err = write_indicators(b, in, judgement, info);
	if (!err)
		write_items(b, in, items);
	return err;
}

/* The state that an action leads to; NULL: as it was. */
static const char *state_after(enum alert_action action)
{
	if (action == ALERT_RESOLVE)
		return "resolved";
	return action == ALERT_WITHDRAW ? "withdrawn" : NULL;
}

/* KEEP and CARRY make no event: the condition was told once and goes on. */
static const char *event_type(enum alert_action action)
{
	switch (action) {
	case ALERT_FIRE:
		return "alert.firing";
	case ALERT_RESOLVE:
		return "alert.resolved";
	case ALERT_WITHDRAW:
		return "alert.withdrawn";
	case ALERT_NONE:
	case ALERT_KEEP:
	case ALERT_CARRY:
		break;
	}
	return NULL;
}

enum err write_alerts(struct batch *b, const struct recompute_input *in,
		      const struct transition *transitions, size_t n, int *ret_told,
		      struct err_info *info)
{
	struct columns auto_columns cs;
	struct params p;
	int told = 0;

	columns_init(&cs, 8);
	*ret_told = 0;
	if (!n)
		return ERR_OK;
	for (size_t i = 0; i < n; i++) {
		const struct transition *t = &transitions[i];
		struct array *column = cs.column;

		array_text(column++, t->result.name);
		array_int(column++, t->action == ALERT_FIRE ? 0 : t->alert);
		array_text(column++, state_after(t->action));
		told += event_type(t->action) != NULL;
		array_text(column++, event_type(t->action));
		array_int(column++, told);
		array_double(column++, t->result.has_value, t->result.value);
		array_double(column++, t->result.has_limit, t->result.limit);
		array_text(column++, t->rule);
	}
	county_params(&p, in);
	params_int(&p, in->facts.version);
	params_int(&p, told);
	*ret_told = told;
	return columns_add(b, QUERY_ALERTS_WRITE, &p, &cs, info);
}
