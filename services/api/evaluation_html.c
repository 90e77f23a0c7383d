/* SPDX-License-Identifier: Apache-2.0 */
/* The page of the report, and the tables in it. */
#include <string.h>

#include "api/evaluation.h"
#include "api/html.h"

/* --- tables --------------------------------------------------------------------------------- */

/* "R1", "2134001001": stays on one line. */
static bool is_code(const char *text)
{
	return !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")];
}

static void write_cell(struct buf *out, const struct form *form, const struct form_cell *cell)
{
	char number[FORM_NUMBER_TEXT];
	const char *text = form_cell_text(form, cell, number);

	if (cell->kind == FORM_NUMBER)
		buf_str(out, "<td class=\"n\">");
	else if (cell->kind == FORM_STATUS)
		buf_printf(out, "<td class=\"s %s\">", status_names[cell->status]);
	else
		buf_str(out, is_code(text) ? "<td class=\"c\">" : "<td>");
	html_text(out, text);
	buf_str(out, "</td>");
}

void evaluation_table(struct buf *out, const struct form *form, enum form_id id)
{
	const struct form_table *t = form_find(form, id);

	if (!t || !t->n) {
		buf_str(out, "<p>标准中没有此类项目。</p>");
		return;
	}
	buf_str(out, "<table><thead><tr>");
	for (size_t i = 0; i < t->columns_n; i++) {
		buf_str(out, "<th>");
		html_text(out, t->columns[i].zh);
		buf_str(out, "</th>");
	}
	buf_str(out, "</tr></thead><tbody>");
	for (size_t i = 0; i < t->n; i++) {
		const size_t column = i % t->columns_n;

		if (column == 0)
			buf_str(out, "<tr>");
		write_cell(out, form, &t->cells[i]);
		if (column == t->columns_n - 1)
			buf_str(out, "</tr>");
	}
	buf_str(out, "</tbody></table>");
}

/* --- sections ------------------------------------------------------------------------------- */

static void write_heading(struct buf *out, const struct evaluation *e)
{
	const struct form_county *c = e->county;

	html_begin(out);
	html_text(out, c->name);
	buf_printf(out, " %s 学年义务教育优质均衡发展自评报告", c->facts.period);
	html_body(out);
	buf_str(out, "<h1>");
	html_text(out, c->name);
	buf_str(out, "义务教育优质均衡发展自评报告</h1>");
	buf_printf(out,
		   "<p class=\"sub\">行政区划代码 %s · %s 学年(%s 年秋季起)· 数据版本 %lld</p>",
		   c->facts.county, c->facts.period, c->facts.period, (long long)c->facts.version);
}

static enum err write_resources(struct buf *out, const struct evaluation *e)
{
	enum err err = ERR_OK;

	buf_str(out, "<h2>二、资源配置</h2>");
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		buf_str(out, "<div class=\"charts\">");
		evaluation_differences_chart(out, e, stage);
		evaluation_shares_chart(out, e, stage);
		buf_str(out, "</div>");
	}
	buf_str(out, "<h3>各指标达标情况</h3>");
	evaluation_table(out, e->form, FORM_INDICATORS);
	buf_str(out, "<h3>校际差异系数</h3>");
	evaluation_table(out, e->form, FORM_DIFFERENCES);
	buf_str(out, "<p class=\"note\">按学生数加权计算;综合为七项差异系数的平均值,仅供参考。</p>"
		     "<h2>三、差距最大的学校</h2>");
	for (int stage = 0; stage < JUDGED_STAGES && err == ERR_OK; stage++)
		err = evaluation_schools(out, e, stage);
	evaluation_missing(out, e);
	return err;
}

static void write_chips(struct buf *out, const struct evaluation *e)
{
	const struct standard *s = e->county->standard;

	buf_str(out, "<div class=\"chips\">");
	for (int i = 0; i < s->items_n; i++) {
		const enum status status = e->county->judgement.items[i].status;

		buf_printf(out, "<span class=\"chip %s\">%s %s</span> ", status_names[status],
			   s->items[i].name, form_status_zh[status]);
	}
	buf_str(out, "</div>");
}

static void write_items(struct buf *out, const struct evaluation *e)
{
	static const struct {
		const char *title;
		enum form_id id;
	} sections[] = {
		{ "五、政府保障程度", FORM_GUARANTEE }, { "六、教育质量", FORM_QUALITY },
		{ "七、社会认可度", FORM_RECOGNITION }, { "八、一票否决事项", FORM_VETOES },
		{ "九、省定项目", FORM_OWN },
	};

	buf_str(out, "<h2>四、各项目一览</h2>");
	write_chips(out, e);
	for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
		buf_printf(out, "<h2>%s</h2>", sections[i].title);
		evaluation_table(out, e->form, sections[i].id);
	}
}

static void write_year(struct buf *out, const struct evaluation_year *year, int stage)
{
	const struct stage_judgement *j = &year->stages[stage];
	char text[FORM_NUMBER_TEXT];

	buf_printf(out, "<tr><td>%s</td><td>%s</td>", stage_zh[stage], year->period);
	for (int i = 0; i < INDICATORS; i++) {
		const struct indicator_judgement *x = &j->indicators[i];

		buf_printf(out, "<td class=\"n s %s\">%s</td>", status_names[x->cv_status],
			   x->has_cv ? form_decimal_text(x->cv_rounded, 3, text) : "");
	}
	buf_printf(out, "<td class=\"n\">%zu/%zu</td></tr>", j->records_met, j->records);
}

static void write_years(struct buf *out, const struct evaluation *e)
{
	buf_str(out, "<h2>十、历年变化</h2><table><thead><tr><th>学段</th><th>学年</th>");
	for (int i = 0; i < INDICATORS; i++)
		buf_printf(out, "<th>%s</th>", indicators[i].code);
	buf_str(out, "<th>达标学校</th></tr></thead><tbody>");
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		for (size_t i = 0; i < e->years_n; i++)
			write_year(out, &e->years[i], stage);
	}
	buf_str(out, "</tbody></table><p class=\"note\">R1 至 R7 "
		     "为各学年的校际差异系数,红色为超过限值。</p>");
}

static void write_sources(struct buf *out, const struct evaluation *e)
{
	const struct form_county *c = e->county;
	const struct standard *s = c->standard;

	buf_str(out, "<h2>附:依据与说明</h2><ul><li>评估标准:《");
	html_text(out, s->title);
	buf_printf(out, "》(%s 第 %lld 版),", s->id, (long long)s->version);
	html_text(out, s->source);
	buf_printf(out, "</li><li>判定方式:%s</li>",
		   s->judge_rounded ? "按修约后的数值判定" : "按精确值判定,修约只用于显示");
	buf_printf(out,
		   "<li>数据版本 %lld,计算时间 %.10s %.8s;"
		   "本报告生成于 %.10s %.8s(UTC)</li>",
		   (long long)c->facts.version, c->computed_at, c->computed_at + 11, e->made_at,
		   e->made_at + 11);
	buf_str(out, "<li>数值按四舍五入显示:学校数值和均值两位小数,差异系数三位,百分比一位</li>"
		     "</ul>");
	html_end(out);
}

enum err evaluation_write(struct buf *out, const struct evaluation *e)
{
	enum err err;

	write_heading(out, e);
	evaluation_verdict(out, e);
	err = write_resources(out, e);
	if (err != ERR_OK)
		return err;
	write_items(out, e);
	write_years(out, e);
	write_sources(out, e);
	return ERR_OK;
}
