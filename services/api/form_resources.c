/* SPDX-License-Identifier: Apache-2.0 */
/* Tables Ⅱ-1 and Ⅲ: the seven indicators, by stage. */
#include <math.h>
#include <stdio.h>

#include "api/form_model.h"
#include "base/auto.h"

#define NAME_BYTES 160

/* --- Ⅱ-1 -------------------------------------------------------------------------------- */

static const struct form_column indicator_columns[] = {
	{ "学段", "stage", FORM_TEXT, 8 },
	{ "指标", "indicator", FORM_TEXT, 8 },
	{ "指标名称", "name", FORM_TEXT, 40 },
	{ "标准", "threshold", FORM_NUMBER, 10 },
	{ "学校数", "schools", FORM_NUMBER, 9 },
	{ "达标学校数", "schools that meet it", FORM_NUMBER, 11 },
	{ "达标比例(%)", "percent", FORM_NUMBER, 12 },
	{ "是否达标", "met", FORM_STATUS, 10 },
};

static void fill_shares(struct form *form, size_t met, size_t records, enum status status)
{
	form_number(form, (int64_t)records, 0);
	form_number(form, (int64_t)met, 0);
	if (records)
		form_number(form, form_share(met, records), 1);
	else
		form_empty(form);
	form_status(form, status);
}

static void fill_whole(struct form *form, int stage)
{
	const struct standard *s = form->county->standard;
	const struct stage_judgement *j = &form->county->judgement.stages[stage];
	char name[NAME_BYTES];

	form_text(form, stage_zh[stage]);
	form_text(form, "综合");
	if (snprintf(name, sizeof(name), "%d 项中至少 %d 项达标,其余不低于标准的 %d%%", INDICATORS,
		     s->indicators_needed, s->floor_percent) < 0)
		name[0] = '\0';
	form_text(form, name);
	form_empty(form);
	fill_shares(form, j->records_met, j->records, j->schools);
}

void form_fill_indicators(struct form *form)
{
	const struct form_county *c = form->county;

	form_begin(form, FORM_INDICATORS, indicator_columns, ARRAY_LEN(indicator_columns));
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		for (int i = 0; i < INDICATORS; i++) {
			const struct stage_judgement *j = &c->judgement.stages[stage];

			form_text(form, stage_zh[stage]);
			form_text(form, indicators[i].code);
			form_text(form, indicators[i].zh);
			form_thousandths(form, c->standard->threshold[stage][i]);
			fill_shares(form, j->indicators[i].records_met, j->records,
				    j->indicators[i].schools);
		}
		fill_whole(form, stage);
	}
}

/* --- Ⅲ ---------------------------------------------------------------------------------- */

static const struct form_column difference_columns[] = {
	{ "学段", "stage", FORM_TEXT, 8 }, { "项目", "figure", FORM_TEXT, 14 },
	{ "R1", "R1", FORM_EMPTY, 10 },    { "R2", "R2", FORM_EMPTY, 10 },
	{ "R3", "R3", FORM_EMPTY, 10 },    { "R4", "R4", FORM_EMPTY, 10 },
	{ "R5", "R5", FORM_EMPTY, 10 },    { "R6", "R6", FORM_EMPTY, 10 },
	{ "R7", "R7", FORM_EMPTY, 10 },    { "综合", "composite", FORM_EMPTY, 10 },
};

static void fill_means(struct form *form, const struct stage_judgement *j)
{
	for (int i = 0; i < INDICATORS; i++) {
		if (j->indicators[i].has_mean)
			form_number(form, j->indicators[i].mean_rounded, 2);
		else
			form_empty(form);
	}
	form_empty(form);
}

static void fill_cvs(struct form *form, const struct stage_judgement *j)
{
	for (int i = 0; i < INDICATORS; i++) {
		if (j->indicators[i].has_cv)
			form_number(form, j->indicators[i].cv_rounded, 3);
		else
			form_empty(form);
	}
	if (j->has_composite)
		form_number(form, llround(j->composite_cv * 1000), 3);
	else
		form_empty(form);
}

static void fill_limits(struct form *form, int64_t limit)
{
	for (int i = 0; i < INDICATORS; i++)
		form_number(form, limit, 3);
	form_empty(form);
}

static void fill_verdicts(struct form *form, const struct stage_judgement *j)
{
	for (int i = 0; i < INDICATORS; i++)
		form_status(form, j->indicators[i].cv_status);
	form_empty(form);
}

static void begin_row(struct form *form, int stage, const char *name)
{
	form_text(form, stage_zh[stage]);
	form_text(form, name);
}

void form_fill_differences(struct form *form)
{
	const struct form_county *c = form->county;

	form_begin(form, FORM_DIFFERENCES, difference_columns, ARRAY_LEN(difference_columns));
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		const struct stage_judgement *j = &c->judgement.stages[stage];

		begin_row(form, stage, "县域均值");
		fill_means(form, j);
		begin_row(form, stage, "差异系数");
		fill_cvs(form, j);
		begin_row(form, stage, "限值");
		fill_limits(form, c->standard->cv_limit[stage]);
		begin_row(form, stage, "是否达标");
		fill_verdicts(form, j);
	}
}
