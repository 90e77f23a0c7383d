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

static enum err write_county(struct batch *b, const struct recompute_input *in,
			     const struct county_judgement *judgement, struct err_info *info)
{
	struct array auto_array missing;
	struct params p;
	const char *text;

	array_init(&missing);
	for (size_t i = 0; i < in->facts.n; i++) {
		if (school_is_missing(&in->facts.schools[i], in->facts.period))
			array_text(&missing, in->facts.schools[i].school.code);
	}
	text = array_end(&missing);
	if (!text)
		return err_set(info, ERR_NOMEM, "no memory for the missing schools");
	county_params(&p, in);
	params_int(&p, in->facts.version);
	params_text(&p, in->standard.id);
	params_text(&p, verdict_names[judgement->verdict]);
	params_text(&p, text);
	batch_add(b, QUERY_RECOMPUTE_COUNTY, &p);
	return ERR_OK;
}

/* The items that have no verdict now; before the figures are written, which may have one. */
static enum err write_earlier(struct batch *b, const struct recompute_input *in,
			      const struct county_judgement *judgement, struct err_info *info)
{
	struct array auto_array unknown;
	struct item item;
	struct params p;
	const char *text;
	int n = 0;

	array_init(&unknown);
	for (size_t i = 0; i < ITEMS; i++) {
		item_get(judgement, &in->standard, i, &item);
		if (item.status == STATUS_MET || item.status == STATUS_NOT_MET)
			continue;
		array_text(&unknown, item.name);
		n++;
	}
	text = array_end(&unknown);
	if (!text)
		return err_set(info, ERR_NOMEM, "no memory for the items");
	if (!n)
		return ERR_OK;
	county_params(&p, in);
	params_text(&p, text);
	batch_add(b, QUERY_RECOMPUTE_EARLIER, &p);
	return ERR_OK;
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
				      in->standard.cv_limit[i]);
		}
	}
	county_params(&p, in);
	return columns_add(b,
			   in->computed_version ? QUERY_INDICATORS_UPDATE : QUERY_INDICATORS_INSERT,
			   &p, &cs, info);
}

enum err write_figures(struct batch *b, const struct recompute_input *in,
		       const struct county_judgement *judgement, struct err_info *info)
{
	enum err err = write_county(b, in, judgement, info);

	if (!err)
		err = write_earlier(b, in, judgement, info);
	if (!err)
		err = write_stages(b, in, judgement, info);
	if (!err)
		err = write_indicators(b, in, judgement, info);
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

	columns_init(&cs, 7);
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
		array_double(column++, true, t->result.limit);
	}
	county_params(&p, in);
	params_int(&p, in->facts.version);
	params_int(&p, told);
	*ret_told = told;
	return columns_add(b, QUERY_ALERTS_WRITE, &p, &cs, info);
}
