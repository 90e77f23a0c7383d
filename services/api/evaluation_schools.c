/* SPDX-License-Identifier: Apache-2.0 */
/* The schools that fall short the most, and of what; those that have not reported. */
#include "api/evaluation.h"
#include "api/html.h"

#include <stdlib.h>

#include "base/decimal.h"
#include "domain/explain.h"

#define LISTED         15 /* of each stage */
#define MISSING_LISTED 100

struct school_line {
	const struct form_county *county;
	const struct record *record;
	const struct school *school;
};

static void add_separator(struct buf *out, bool *first)
{
	if (!*first)
		buf_str(out, ";");
	*first = false;
}

/* Every value that is below its threshold. */
static void write_shortfalls(struct buf *out, const struct school_line *l)
{
	const struct record *r = l->record;
	char value[DECIMAL_TEXT], threshold[FORM_NUMBER_TEXT];
	bool first = true;

	for (int i = 0; i < INDICATORS; i++) {
		if (r->values[i].status != STATUS_NOT_MET)
			continue;
		add_separator(out, &first);
		buf_printf(out, "%s %s(标准 %s)", indicators[i].code,
			   decimal_format(r->values[i].rounded, value),
			   form_threshold_text(l->county->standard->threshold[r->stage][i],
					       threshold));
	}
}

static void write_amount(struct buf *out, const struct figure_ref *figure, int64_t amount)
{
	const enum unit unit = figure->stage < 0 ? site_fields[figure->field].unit : UNIT_COUNT;
	char text[DECIMAL_TEXT];

	if (unit != UNIT_COUNT)
		buf_printf(out, "%s %s", decimal_format(amount, text),
			   unit == UNIT_AREA ? "m²" : "元");
	else
		buf_printf(out, "%lld %s", (long long)amount, figure->stage < 0 ? "间" : "人");
}

/* The fewest figures to raise so that the record meets the standard, all else staying as it is. */
static void write_lifts(struct buf *out, const struct school_line *l)
{
	const struct record *r = l->record;
	enum lift lifts[INDICATORS];
	bool first = true;

	explain_lift(r, l->county->standard, lifts);
	for (int i = 0; i < INDICATORS; i++) {
		const struct figure_ref figure = explain_figure(r->stage, i);
		struct lack lack;
		int64_t by;

		if (lifts[i] == LIFT_NONE || r->values[i].status == STATUS_NO_DATA)
			continue;
		explain_lack(r, l->county->standard, i, &lack);
		by = lifts[i] == LIFT_FLOOR ? lack.to_floor : lack.to_threshold;
		if (by <= 0 || by == INT64_MAX)
			continue;
		add_separator(out, &first);
		buf_str(out, figure.stage < 0 ? site_fields[figure.field].zh
					      : stage_fields[figure.field].zh);
		buf_str(out, "增加 ");
		write_amount(out, &figure, by);
	}
}

static void write_unreported(struct buf *out, const struct school_line *l)
{
	bool first = true;

	for (int i = 0; i < INDICATORS; i++) {
		if (l->record->values[i].status != STATUS_NO_DATA)
			continue;
		buf_printf(out, "%s%s", first ? "缺数据:" : "、", indicators[i].code);
		first = false;
	}
}

static void write_line(struct buf *out, const struct school_line *l)
{
	const struct record *r = l->record;

	buf_str(out, "<tr><td>");
	html_text(out, l->school->name);
	buf_printf(out, "</td><td class=\"c\">%s</td><td class=\"n\">", l->school->code);
	if (r->students != MISSING)
		buf_printf(out, "%lld", (long long)r->students);
	buf_printf(out, "</td><td class=\"n\">%d/%d</td><td class=\"s %s\">%s</td><td>",
		   r->met_count, INDICATORS, status_names[r->status], form_status_zh[r->status]);
	write_shortfalls(out, l);
	buf_str(out, "</td><td>");
	write_lifts(out, l);
	write_unreported(out, l);
	buf_str(out, "</td></tr>");
}

static void write_lines(struct buf *out, const struct form_county *county,
			const struct record *records, const struct shortfall *list, size_t n)
{
	buf_str(out,
		"<table><thead><tr><th>学校</th><th>学校标识码</th><th>学生数</th><th>达标项数</th>"
		"<th>是否达标</th><th>低于标准的指标</th><th>最少需补足(其他不变)</th></tr></thead>"
		"<tbody>");
	for (size_t i = 0; i < n && i < LISTED; i++) {
		const struct record *r = &records[list[i].record];
		const struct school_line line = { county, r,
						  &county->facts.schools[r->school].school };

		write_line(out, &line);
	}
	buf_str(out, "</tbody></table>");
	if (n > LISTED)
		buf_printf(out, "<p class=\"note\">另有 %zu 所未列出,见申报表 Ⅱ-2。</p>",
			   n - LISTED);
}

enum err evaluation_schools(struct buf *out, const struct evaluation *e, int stage)
{
	size_t n = 0;
	const struct record *records = form_records(e->county, stage, &n);
	auto_free struct shortfall *list = calloc(n + 1, sizeof(*list));
	size_t short_n;

	if (!list)
		return ERR_NOMEM;
	short_n = explain_shortfalls(records, n, -1, list);
	buf_printf(out, "<h3>%s</h3>", stage_zh[stage]);
	if (!n)
		buf_str(out, "<p>没有参与评估的学校。</p>");
	else if (!short_n)
		buf_printf(out, "<p>%zu 所学校全部达标。</p>", n);
	else
		write_lines(out, e->county, records, list, short_n);
	return ERR_OK;
}

void evaluation_missing(struct buf *out, const struct evaluation *e)
{
	const struct county_facts *facts = &e->county->facts;
	size_t listed = 0;

	if (!e->county->judgement.missing_schools)
		return;
	buf_printf(out, "<h3>应报未报的学校(%zu 所)</h3><p>", e->county->judgement.missing_schools);
	for (size_t i = 0; i < facts->n && listed < MISSING_LISTED; i++) {
		if (!school_is_missing(&facts->schools[i], facts->period))
			continue;
		if (listed++)
			buf_str(out, "、");
		html_text(out, facts->schools[i].school.name);
	}
	buf_str(out, listed < e->county->judgement.missing_schools ? " 等</p>" : "</p>");
}
