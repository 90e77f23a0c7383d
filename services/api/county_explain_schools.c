/* SPDX-License-Identifier: Apache-2.0 */
/* Which records fall short, by one indicator or as a whole, and of what. */
#include <stdio.h>
#include <stdlib.h>

#include "api/county_explain.h"
#include "api/record_view.h"
#include "json/figures.h"
#include "json/write.h"

#define RULE_BYTES 512

static void write_threshold(struct buf *out, const struct explanation *x, int indicator)
{
	const int64_t threshold = x->standard->threshold[x->item.stage][indicator];

	explain_write_limit(out, "threshold", threshold, 100);
	explain_write_limit(out, "floor", threshold, x->standard->floor_percent);
}

static void write_indicator_rule(struct buf *out, const struct explanation *x)
{
	const struct indicator *indicator = &indicators[x->item.indicator];
	const double threshold =
		(double)x->standard->threshold[x->item.stage][x->item.indicator] / STANDARD_SCALE;
	char text[RULE_BYTES];

	if (snprintf(text, sizeof(text),
		     "每所%s%s不低于 %.10g / in every %s school, %s: at least %.10g",
		     stage_zh[x->item.stage], indicator->zh, threshold, stage_names[x->item.stage],
		     indicator->en, threshold) < 0)
		text[0] = '\0';
	explain_rule_begin(out, x, text);
	write_threshold(out, x, x->item.indicator);
	buf_str(out, "}");
}

static void write_record_rule(struct buf *out, const struct explanation *x)
{
	const struct standard *s = x->standard;
	char text[RULE_BYTES];

	if (snprintf(text, sizeof(text),
		     "每所%s %d 项指标中至少 %d 项达标,其余不低于标准的 %d%% / every %s school "
		     "reaches at least %d of the %d thresholds, and %d %% of the rest",
		     stage_zh[x->item.stage], INDICATORS, s->indicators_needed, s->floor_percent,
		     stage_names[x->item.stage], s->indicators_needed, INDICATORS,
		     s->floor_percent) < 0)
		text[0] = '\0';
	explain_rule_begin(out, x, text);
	json_member_int(out, "indicators", INDICATORS);
	json_member_int(out, "indicators_needed", s->indicators_needed);
	json_member_int(out, "floor_percent", s->floor_percent);
	json_name(out, "thresholds");
	buf_str(out, "{");
	for (int i = 0; i < INDICATORS; i++)
		explain_write_limit(out, indicators[i].code, s->threshold[x->item.stage][i], 100);
	buf_str(out, "}}");
}

static void write_inputs(struct buf *out, const struct explanation *x,
			 const struct explain_counts *counts)
{
	/* Tenths of a percent, half up: the form's rounding of percentages. */
	const size_t tenths = x->n ? (counts->met * 2000 + x->n) / (x->n * 2) : 0;

	json_name(out, "inputs");
	buf_str(out, "{");
	json_member_int(out, "records", (int64_t)x->n);
	json_member_int(out, "records_met", (int64_t)counts->met);
	json_member_int(out, "records_not_met", (int64_t)counts->not_met);
	json_member_int(out, "records_no_data", (int64_t)counts->no_data);
	json_name(out, "percent_met");
	if (x->n)
		buf_printf(out, "\"%zu.%zu\"", tenths / 10, tenths % 10);
	else
		buf_str(out, "null");
	buf_str(out, "}");
}

/* In whole persons and rooms, or m² and yuan with two decimals. */
static void write_amount(struct buf *out, const char *name, int64_t amount, int indicator)
{
	json_name(out, name);
	if (indicators[indicator].per_hundred)
		buf_printf(out, "%lld", (long long)amount);
	else
		json_hundredths(out, amount);
}

static void write_lack(struct buf *out, const struct explanation *x, const struct record *r, int i)
{
	const struct figure_ref figure = explain_figure(r->stage, i);
	struct lack lack;

	buf_str(out, "{");
	json_member_text(out, "indicator", indicators[i].code);
	record_view_value(out, &r->values[i], i);
	write_threshold(out, x, i);
	json_name(out, "figure");
	explain_write_figure(out, &figure);
	json_member_text(out, "unit", figure_unit(&figure));
	if (r->values[i].status == STATUS_NO_DATA) {
		json_name(out, "missing");
		explain_write_missing_figures(out, x, r, i);
		buf_str(out, "}");
		return;
	}
	explain_lack(r, x->standard, i, &lack);
	write_amount(out, "to_threshold", lack.to_threshold, i);
	write_amount(out, "to_floor", lack.to_floor, i);
	if (lack.shared) {
		json_name(out, "stage_share");
		buf_str(out, "{");
		json_name(out, "to_threshold");
		json_hundredths(out, lack.share_to_threshold);
		json_name(out, "to_floor");
		json_hundredths(out, lack.share_to_floor);
		buf_str(out, "}");
	}
	buf_str(out, "}");
}

static void write_lacks(struct buf *out, const struct explanation *x, const struct record *r)
{
	const int only = x->item.indicator;
	bool first = true;

	json_name(out, "lacks");
	buf_str(out, "[");
	for (int i = 0; i < INDICATORS; i++) {
		if (r->values[i].status == STATUS_MET || (only >= 0 && only != i))
			continue;
		if (!first)
			buf_str(out, ",");
		write_lack(out, x, r, i);
		first = false;
	}
	buf_str(out, "]");
}

/* The shortest way to a record that meets the standard. */
static void write_lifts(struct buf *out, const struct explanation *x, const struct record *r)
{
	enum lift lifts[INDICATORS];
	bool first = true;

	explain_lift(r, x->standard, lifts);
	json_name(out, "lift");
	buf_str(out, "[");
	for (int i = 0; i < INDICATORS; i++) {
		const bool to_floor = lifts[i] == LIFT_FLOOR;
		struct lack lack;

		if (lifts[i] == LIFT_NONE)
			continue;
		explain_lack(r, x->standard, i, &lack);
		buf_str(out, first ? "{" : ",{");
		json_member_text(out, "indicator", indicators[i].code);
		json_member_text(out, "to", to_floor ? "floor" : "threshold");
		write_amount(out, "by", to_floor ? lack.to_floor : lack.to_threshold, i);
		buf_str(out, "}");
		first = false;
	}
	buf_str(out, "]");
}

static void write_item(struct buf *out, const struct explanation *x, const struct record *r)
{
	const int only = x->item.indicator;
	const enum status status = only < 0 ? r->status : r->values[only].status;

	buf_str(out, "{");
	record_view_head(out, r, &x->facts.schools[r->school].school);
	json_member_text(out, "status", status_names[status]);
	json_member_int(out, "met_count", r->met_count);
	json_member_bool(out, "rounding_sensitive", explain_sensitive(r, only, x->standard));
	write_lacks(out, x, r);
	if (only < 0)
		write_lifts(out, x, r);
	buf_str(out, "}");
}

enum err explain_write_schools(struct buf *out, const struct explanation *x)
{
	auto_free struct shortfall *list = calloc(x->n + 1, sizeof(*list));
	struct explain_counts counts;
	size_t n, listed;

	if (!list)
		return ERR_NOMEM;
	explain_count(x->records, x->n, x->item.indicator, x->standard, explain_count_missing(x),
		      &counts);
	n = explain_shortfalls(x->records, x->n, x->item.indicator, list);
	listed = n < x->limit ? n : x->limit;
	json_member_text(out, "status", status_names[counts.status]);
	json_member_bool(out, "rounding_sensitive", counts.rounding_sensitive);
	if (x->item.part == EXPLAIN_RECORDS)
		write_record_rule(out, x);
	else
		write_indicator_rule(out, x);
	write_inputs(out, x, &counts);
	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; i < listed; i++) {
		if (i)
			buf_str(out, ",");
		write_item(out, x, &x->records[list[i].record]);
	}
	buf_str(out, "]");
	json_member_int(out, "more", (int64_t)(n - listed));
	explain_write_missing(out, x, -1);
	return ERR_OK;
}
