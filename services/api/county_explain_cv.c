/* SPDX-License-Identifier: Apache-2.0 */
/* A difference between schools: what it is computed from, and what each record adds. */
#include <stdio.h>
#include <stdlib.h>

#include "api/county_explain.h"
#include "api/record_view.h"
#include "json/figures.h"
#include "json/write.h"

#define RULE_BYTES 512

static const struct indicator_judgement *judgement_of(const struct explanation *x)
{
	return &x->judgement.stages[x->item.stage].indicators[x->item.indicator];
}

static void write_rule(struct buf *out, const struct explanation *x)
{
	const struct indicator *indicator = &indicators[x->item.indicator];
	const int64_t limit = x->standard->cv_limit[x->item.stage];
	const double shown = (double)limit / STANDARD_SCALE;
	char text[RULE_BYTES];

	if (snprintf(text, sizeof(text),
		     "%s%s的校际差异系数(按学生数加权)不超过 %.10g / the difference between %s "
		     "schools (CV, weighted by pupils) in %s is at most %.10g",
		     stage_zh[x->item.stage], indicator->zh, shown, stage_names[x->item.stage],
		     indicator->en, shown) < 0)
		text[0] = '\0';
	explain_rule_begin(out, x, text);
	explain_write_limit(out, "limit", limit, 100);
	buf_str(out, "}");
}

static void write_inputs(struct buf *out, const struct explanation *x)
{
	const struct figure_ref figure = explain_figure(x->item.stage, x->item.indicator);
	const struct indicator_judgement *j = judgement_of(x);
	struct explain_total total;

	explain_total(x->records, x->n, x->item.indicator, &total);
	json_name(out, "inputs");
	buf_str(out, "{");
	json_member_int(out, "records", (int64_t)total.records);
	json_member_int(out, "students", total.students);
	json_name(out, "total");
	if (total.exact)
		json_hundredths(out, total.hundredths);
	else
		json_double(out, total.total);
	json_member_text(out, "unit", figure_unit(&figure));
	json_member_double(out, "mean", j->has_mean ? &j->mean : NULL);
	json_member_double(out, "sd", j->has_mean ? &j->sd : NULL);
	json_member_double(out, "cv", j->has_cv ? &j->cv : NULL);
	record_view_display(out, j);
	buf_str(out, "}");
}

static void write_contribution(struct buf *out, const struct explanation *x,
			       const struct contribution *part)
{
	const struct indicator_judgement *j = judgement_of(x);
	const struct record *r = &x->records[part->record];
	double without;
	bool has;

	has = explain_cv_without(x->records, x->n, x->item.indicator, part->record, &without);
	buf_str(out, "{");
	record_view_head(out, r, &x->facts.schools[r->school].school);
	record_view_value(out, &r->values[x->item.indicator], x->item.indicator);
	json_member_double(out, "deviation", &part->deviation);
	json_member_double(out, "share", j->has_cv ? &part->share : NULL);
	json_member_double(out, "percent", j->has_cv && j->cv > 0 ? &part->percent : NULL);
	json_member_double(out, "without", has ? &without : NULL);
	buf_str(out, "}");
}

enum err explain_write_cv(struct buf *out, const struct explanation *x)
{
	auto_free struct contribution *parts = calloc(x->n + 1, sizeof(*parts));
	const struct indicator_judgement *j = judgement_of(x);
	size_t n, listed;

	if (!parts)
		return ERR_NOMEM;
	n = explain_cv(x->records, x->n, x->item.indicator, j, parts);
	listed = n < x->limit ? n : x->limit;
	json_member_text(out, "status", status_names[j->cv_status]);
	json_member_bool(out, "rounding_sensitive", j->rounding_sensitive);
	write_rule(out, x);
	write_inputs(out, x);
	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; i < listed; i++) {
		if (i)
			buf_str(out, ",");
		write_contribution(out, x, &parts[i]);
	}
	buf_str(out, "]");
	json_member_int(out, "more", (int64_t)(n - listed));
	explain_write_missing(out, x, x->item.indicator);
	return ERR_OK;
}
