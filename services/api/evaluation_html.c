/* SPDX-License-Identifier: Apache-2.0 */
/* The page of the report, and the tables in it. Well-formed as XML, too. */
#include <string.h>

#include "api/evaluation.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"/>"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>";

static const char style[] =
	"@page{size:A4;margin:16mm 14mm 18mm;"
	"@bottom-center{content:counter(page) ' / ' counter(pages);font-size:9pt;color:#555}}"
	"body{font-family:'WenQuanYi Micro Hei','Noto Sans CJK SC','Microsoft YaHei',sans-serif;"
	"font-size:10.5pt;line-height:1.5;color:#1d2329;max-width:60em;margin:0 auto;padding:0 1em}"
	"h1{font-size:20pt;text-align:center;margin:0 0 .3em}"
	"h2{font-size:14pt;border-bottom:2px solid #24577a;margin:1.4em 0 .5em;break-after:avoid}"
	"h3{font-size:11.5pt;margin:1em 0 .3em;break-after:avoid}"
	"p{margin:.4em 0}ul{margin:.3em 0;padding-left:1.4em}"
	".sub,.note{color:#555;font-size:9pt}.sub{text-align:center}"
	".verdict{border:2px solid #555;padding:.6em 1em;margin:1em "
	"0;text-align:center;font-size:14pt}"
	".verdict.met{border-color:#2a7d4f;color:#2a7d4f}"
	".verdict.not_met{border-color:#c0392b;color:#c0392b}"
	"table{border-collapse:collapse;width:100%;font-size:8.5pt;margin:.5em 0}"
	"th,td{border:1px solid #9aa5ad;padding:.25em .4em;vertical-align:top;text-align:left;"
	"overflow-wrap:break-word}"
	"th{background:#e9eff3;break-inside:avoid}tr{break-inside:avoid}thead{display:table-header-"
	"group}"
	".n{text-align:right}.n,.s,.c{white-space:nowrap}"
	".s.met{color:#2a7d4f}.s.not_met{color:#c0392b;font-weight:bold}"
	".s.no_data,.s.undefined,.s.not_applicable{color:#666}"
	".charts{break-inside:avoid;margin:.6em 0}.chart{width:49%;height:auto;vertical-align:top}"
	".chips{margin:.5em 0;line-height:2.1}"
	".chip{border:1px solid #8a8a8a;padding:.15em .5em;font-size:8.5pt;color:#555;"
	"white-space:nowrap}"
	".chip.met{border-color:#2a7d4f;color:#2a7d4f}"
	".chip.not_met{border-color:#c0392b;background:#c0392b;color:#fff}"
	"@media screen and (max-width:50em){.chart{width:100%}}"
	"@media print{body{max-width:none;padding:0}}";

void html_text(struct buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			buf_str(out, "&amp;");
			break;
		case '<':
			buf_str(out, "&lt;");
			break;
		case '>':
			buf_str(out, "&gt;");
			break;
		case '"':
			buf_str(out, "&quot;");
			break;
		case '\'':
			buf_str(out, "&#39;");
			break;
		default:
			buf_add(out, text, 1);
		}
	}
}

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

	buf_str(out, head);
	buf_str(out, "<title>");
	html_text(out, c->name);
	buf_printf(out,
		   " %s 学年义务教育优质均衡发展自评报告</title><style>%s</style></head><body>",
		   c->facts.period, style);
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

	buf_printf(out, "<tr><td>%s</td><td>%s</td>", form_stage_zh[stage], year->period);
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
		     "</ul></body></html>\n");
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
