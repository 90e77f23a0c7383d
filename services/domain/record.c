/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/record.h"

#include "base/decimal.h"
#include "domain/wide.h"

#define PERCENT 100

static void verdicts(const struct indicator_ratio *ratio, const struct standard *s,
		     bool judge_rounded, enum stage stage, int indicator, struct record_value *out)
{
	/* The value and its threshold, both in thousandths × den × 100. */
	const int128 threshold = s->threshold[stage][indicator];
	const int128 value = (int128)ratio->num * (STANDARD_SCALE / DECIMAL_SCALE) * PERCENT;
	const int128 rounded = wide_round(ratio->num, ratio->den);
	const int128 shown = rounded * (STANDARD_SCALE / DECIMAL_SCALE) * PERCENT;
	const bool met = value >= threshold * PERCENT * ratio->den;
	const bool floor_met = value >= threshold * s->floor_percent * ratio->den;
	const bool shown_met = shown >= threshold * PERCENT;
	const bool shown_floor_met = shown >= threshold * s->floor_percent;

	out->status = (judge_rounded ? shown_met : met) ? STATUS_MET : STATUS_NOT_MET;
	out->floor_met = judge_rounded ? shown_floor_met : floor_met;
	out->rounding_sensitive = met != shown_met || floor_met != shown_floor_met;
	out->rounded = (int64_t)rounded;
}

void record_value_judge(const struct indicator_ratio *ratio, const struct standard *s,
			bool judge_rounded, enum stage stage, int indicator,
			struct record_value *out)
{
	struct indicator_ratio bare = *ratio;
	struct record_value without;

	verdicts(ratio, s, judge_rounded, stage, indicator, out);
	out->relief = ratio->relief > 0;
	out->relief_decisive = false;
	out->num = ratio->num;
	out->den = ratio->den;
	out->unit = ratio->unit;
	out->value = wide_quotient(ratio->num, (int128)ratio->den * DECIMAL_SCALE);
	if (!out->relief)
		return;
	bare.num -= ratio->relief;
	verdicts(&bare, s, judge_rounded, stage, indicator, &without);
	out->relief_decisive = without.status != out->status || without.floor_met != out->floor_met;
}

enum status record_status(const struct record_value values[INDICATORS], const struct standard *s)
{
	int met = 0, unknown = 0;

	for (int i = 0; i < INDICATORS; i++) {
		if (values[i].status == STATUS_MET)
			met++;
		else if (values[i].status == STATUS_NO_DATA)
			unknown++;
		else if (!values[i].floor_met)
			return STATUS_NOT_MET;
	}
	if (met + unknown < s->indicators_needed)
		return STATUS_NOT_MET;
	/* A missing value may be anything, so may lie below its floor, unless the
	 * standard has none. */
	if (unknown && (s->floor_percent > 0 || met < s->indicators_needed))
		return STATUS_NO_DATA;
	return STATUS_MET;
}

void record_judge(const struct merged *m, const struct standard *s, enum stage stage,
		  struct record *out)
{
	out->school = m->school;
	out->stage = stage;
	out->students = m->report.stages[stage].figure[STAGE_students];
	out->met_count = 0;
	for (int i = 0; i < INDICATORS; i++) {
		struct indicator_ratio ratio;

		if (indicator_compute(m, s, stage, i, &ratio))
			record_value_judge(&ratio, s, s->judge_rounded, stage, i, &out->values[i]);
		else
			out->values[i] = (struct record_value){ .status = STATUS_NO_DATA,
								.den = 1,
								.unit = 1 };
		out->met_count += out->values[i].status == STATUS_MET;
	}
	out->status = record_status(out->values, s);
}
