/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict in words: what fails, and by how much. */
#include "api/evaluation.h"
#include "api/html.h"

#include "domain/item.h"
#include "domain/items.h"
#include "json/items.h"

static void write_title(struct buf *out, const struct item *item)
{
	if (item->rule) {
		buf_printf(out, "%s ", item->rule->name);
		html_text(out, item->rule->zh);
	} else if (item->indicator >= 0) {
		buf_printf(out, "%s%s %s:校际差异系数", stage_zh[item->stage],
			   indicators[item->indicator].code, indicators[item->indicator].zh);
	} else {
		buf_printf(out, "%s学校资源配置达标", stage_zh[item->stage]);
	}
}

/* A CV above its limit; where the display would hide it, at least that it is above. */
static void write_excess(struct buf *out, const struct evaluation *e, const struct item *item)
{
	const struct indicator_judgement *j =
		&e->county->judgement.stages[item->stage].indicators[item->indicator];
	const int64_t limit = e->county->standard->cv_limit[item->stage];
	char cv[FORM_NUMBER_TEXT], most[FORM_NUMBER_TEXT], over[FORM_NUMBER_TEXT];

	buf_printf(out, "差异系数 %s,限值 %s,", form_decimal_text(j->cv_rounded, 3, cv),
		   form_decimal_text(limit, 3, most));
	if (j->cv_rounded > limit)
		buf_printf(out, "超出 %s", form_decimal_text(j->cv_rounded - limit, 3, over));
	else
		buf_str(out, "超出不足 0.001");
}

static void write_records(struct buf *out, const struct evaluation *e, int stage)
{
	const struct stage_judgement *j = &e->county->judgement.stages[stage];
	char text[FORM_NUMBER_TEXT];

	buf_printf(out, "%zu 所中 %zu 所达标(%s%%),尚有 %zu 所未达标或缺数据", j->records,
		   j->records_met,
		   form_decimal_text(form_share(j->records_met, j->records), 1, text),
		   j->records - j->records_met);
}

/* How far a value is off its threshold, as both are displayed. */
static void write_distance(struct buf *out, const struct condition *c,
			   const struct condition_judgement *j)
{
	const int64_t scale = c->measure == MEASURE_PERCENT ? 100 : 10;
	const int64_t off = j->rounded * scale - c->threshold;
	const char *unit = c->measure == MEASURE_PERCENT ? " 个百分点" : measure_signs[c->measure];
	char value[24], threshold[FORM_NUMBER_TEXT], text[FORM_NUMBER_TEXT];

	buf_printf(out, "实际 %s%s,要求 %s %s%s", measure_format(c->measure, j->rounded, value),
		   measure_signs[c->measure], compare_signs[c->compare],
		   form_threshold_text(c->threshold, threshold), measure_signs[c->measure]);
	if (off)
		buf_printf(out, ",相差 %s%s", form_threshold_text(off < 0 ? -off : off, text),
			   unit);
}

/* Each condition that is not met. */
static void write_conditions(struct buf *out, const struct evaluation *e, size_t at)
{
	const struct item_rule *rule = &e->county->standard->items[at];
	const struct item_judgement *j = &e->county->judgement.items[at];
	bool first = true;

	if (j->schools_failed) {
		buf_printf(out, "%zu 所学校中 %zu 所未达标", j->schools, j->schools_failed);
		first = false;
	}
	for (int k = 0; k < rule->n; k++) {
		const struct condition *c = &rule->conditions[k];

		if (j->conditions[k].status != STATUS_NOT_MET || condition_is_of_schools(c))
			continue;
		if (!first)
			buf_str(out, ";");
		first = false;
		if (j->conditions[k].has_value)
			write_distance(out, c, &j->conditions[k]);
		else if (c->rule == RULE_VETO)
			buf_str(out, "发生该情形");
		else
			buf_str(out, c->rule == RULE_CONFIRMED ? "未确认" : "不符合要求");
	}
}

static void write_reason(struct buf *out, const struct evaluation *e, const struct item *item,
			 size_t i)
{
	if (item->rule)
		write_conditions(out, e, i - RESOURCE_ITEMS);
	else if (item->indicator >= 0)
		write_excess(out, e, item);
	else
		write_records(out, e, (int)item->stage);
}

static bool is_unknown(enum status status)
{
	return status == STATUS_NO_DATA || status == STATUS_UNDEFINED;
}

static void write_failing(struct buf *out, const struct evaluation *e)
{
	const struct form_county *c = e->county;

	buf_str(out,
		"<h3>未达标的项目</h3><table><thead><tr><th>项目</th><th>差距</th></tr></thead>"
		"<tbody>");
	for (size_t i = 0; i < items_count(c->standard); i++) {
		struct item item;

		item_get(&c->judgement, c->standard, i, &item);
		if (item.status != STATUS_NOT_MET)
			continue;
		buf_str(out, "<tr><td>");
		write_title(out, &item);
		buf_str(out, "</td><td>");
		write_reason(out, e, &item, i);
		buf_str(out, "</td></tr>");
	}
	buf_str(out, "</tbody></table>");
}

static void write_unknown(struct buf *out, const struct evaluation *e)
{
	const struct form_county *c = e->county;

	buf_str(out, "<h3>缺数据、尚不能判定的项目</h3><ul>");
	for (size_t i = 0; i < items_count(c->standard); i++) {
		struct item item;

		item_get(&c->judgement, c->standard, i, &item);
		if (!is_unknown(item.status))
			continue;
		buf_str(out, "<li>");
		write_title(out, &item);
		buf_printf(out, "(%s)</li>", form_status_zh[item.status]);
	}
	buf_str(out, "</ul>");
}

void evaluation_verdict(struct buf *out, const struct evaluation *e)
{
	const struct form_county *c = e->county;
	const enum verdict verdict = c->judgement.verdict;
	size_t met = 0, failing = 0, unknown = 0;

	for (size_t i = 0; i < items_count(c->standard); i++) {
		struct item item;

		item_get(&c->judgement, c->standard, i, &item);
		met += item.status == STATUS_MET;
		failing += item.status == STATUS_NOT_MET;
		unknown += is_unknown(item.status);
	}
	buf_printf(out, "<h2>一、评估结论</h2><p class=\"verdict %s\">%s</p>",
		   verdict_names[verdict], form_verdict_zh[verdict]);
	buf_str(out, "<p>按《");
	html_text(out, c->standard->title);
	buf_printf(out,
		   "》评估,%zu 项达标,%zu 项未达标,%zu 项缺数据。参与评估的学校:小学 %zu 所、初中 "
		   "%zu 所;"
		   "应报未报的学校 %zu 所。</p>",
		   met, failing, unknown, c->judgement.stages[STAGE_PRIMARY].records,
		   c->judgement.stages[STAGE_JUNIOR].records, c->judgement.missing_schools);
	if (failing)
		write_failing(out, e);
	if (unknown)
		write_unknown(out, e);
}
