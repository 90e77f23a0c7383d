/* SPDX-License-Identifier: Apache-2.0 */
/* A bulletin as a page for people. */
#include <string.h>

#include "api/html.h"
#include "api/publication_view.h"
#include "base/str.h"

static const char *const state_zh[COUNTY_STATES] = { "达标", "未达标", "数据不全", "尚未评定",
						     "未填报" };

/* Of the name of a verdict or state; "" when the county is not there. */
static const char *zh_of(const char *name)
{
	enum county_state state;

	return county_state_parse(name, &state) ? state_zh[state] : "无";
}

static void write_element(struct buf *out, const char *tag, const char *text)
{
	buf_printf(out, "<%s>", tag);
	html_text(out, text);
	buf_printf(out, "</%s>", tag);
}

static void write_title(struct buf *out, const struct publication *p)
{
	if (p->title[0]) {
		html_text(out, p->title);
		return;
	}
	html_text(out, p->name);
	buf_printf(out, " %s 学年义务教育优质均衡监测公报", p->period);
}

static void write_heading(struct buf *out, const struct publication *p)
{
	html_begin(out);
	write_title(out, p);
	html_body(out);
	buf_str(out, "<h1>");
	write_title(out, p);
	buf_str(out, "</h1><p class=\"sub\">");
	html_text(out, p->name);
	buf_printf(out, " 第%lld号 · %s 学年 · 发布于 %.10s %.8s(UTC)</p>",
		   (long long)p->ref.number, p->period, p->published_at, p->published_at + 11);
	if (p->note[0])
		write_element(out, "p", p->note);
}

static void write_row(struct buf *out, const char *name, const int64_t counties[COUNTY_STATES])
{
	int64_t total = 0;

	buf_str(out, "<tr>");
	write_element(out, "td", name);
	for (int i = 0; i < COUNTY_STATES; i++)
		total += counties[i];
	buf_printf(out, "<td class=\"n\">%lld</td>", (long long)total);
	for (int i = 0; i < COUNTY_STATES; i++)
		buf_printf(out, "<td class=\"n\">%lld</td>", (long long)counties[i]);
	buf_str(out, "</tr>");
}

static void write_counts(struct buf *out, const struct bulletin *b)
{
	int64_t all[COUNTY_STATES] = { 0 };

	buf_str(out, "<h2>一、总体情况</h2><table><thead><tr><th>地区</th><th>县(市、区)</th>");
	for (int i = 0; i < COUNTY_STATES; i++)
		write_element(out, "th", state_zh[i]);
	buf_str(out, "</tr></thead><tbody>");
	for (size_t i = 0; i < b->n; i++)
		all[b->counties[i].state]++;
	write_row(out, b->head.name, all);
	for (size_t i = 0; i < b->n && strlen(b->head.region) == 2;) {
		int64_t counties[COUNTY_STATES];
		const struct published_county *first = &b->counties[i];
		char code[5];

		str_copy(code, sizeof(code), first->code);
		i = publication_view_count(b, i, counties);
		write_row(out, first->prefecture[0] ? first->prefecture : code, counties);
	}
	buf_str(out, "</tbody></table>");
}

/* Names with commas between: with room to break the line. */
static void write_names(struct buf *out, const char *names)
{
	buf_str(out, "<td>");
	while (*names) {
		const size_t len = strcspn(names, ",");

		buf_printf(out, "%.*s%s", (int)len, names, names[len] ? ", " : "");
		names += len + (names[len] == ',');
	}
	buf_str(out, "</td>");
}

static void write_county(struct buf *out, const struct published_county *c)
{
	buf_printf(out, "<tr><td class=\"c\">%s</td>", c->code);
	write_element(out, "td", c->name);
	buf_printf(out, "<td class=\"s %s\">%s%s</td>", county_state_names[c->state],
		   state_zh[c->state], c->behind ? "*" : "");
	write_names(out, c->failing);
	write_names(out, c->missing);
	buf_str(out, "<td>");
	if (c->standard[0])
		buf_printf(out, "%s 第 %lld 版", c->standard, (long long)c->standard_version);
	buf_printf(out, "</td><td class=\"n\">%lld</td></tr>", (long long)c->version);
}

static void write_counties(struct buf *out, const struct bulletin *b)
{
	bool behind = false;

	buf_str(out, "<h2>二、各县(市、区)</h2><table><thead><tr><th>代码</th><th>县(市、区)</th>"
		     "<th>结论</th><th>未达标项目</th><th>缺数据的项目</th><th>评估标准</th>"
		     "<th>数据版本</th></tr></thead><tbody>");
	for (size_t i = 0; i < b->n; i++) {
		write_county(out, &b->counties[i]);
		behind = behind || b->counties[i].behind;
	}
	buf_str(out, "</tbody></table>");
	if (behind)
		buf_str(out, "<p class=\"note\">* 发布时另有已接收而尚未计算的数据。</p>");
}

static void write_corrections(struct buf *out, const struct bulletin *b)
{
	if (!b->corrects.id)
		return;
	buf_printf(out, "<h2>三、对第%lld号的更正</h2>", (long long)b->corrects.number);
	if (!b->corrections.n) {
		buf_str(out, "<p>没有更正。</p>");
		return;
	}
	buf_str(out,
		"<table><thead><tr><th>代码</th><th>县(市、区)</th><th>原结论</th><th>现结论</th>"
		"</tr></thead><tbody>");
	for (size_t i = 0; i < b->corrections.n; i++) {
		const struct correction *c = &b->corrections.items[i];

		buf_printf(out, "<tr><td class=\"c\">%s</td>", c->code);
		write_element(out, "td", c->name);
		buf_printf(out, "<td class=\"s %s\">%s</td><td class=\"s %s\">%s</td></tr>",
			   c->from, zh_of(c->from), c->to, zh_of(c->to));
	}
	buf_str(out, "</tbody></table>");
}

void publication_view_page(struct buf *out, const struct bulletin *b)
{
	write_heading(out, &b->head);
	write_counts(out, b);
	write_counties(out, b);
	write_corrections(out, b);
	buf_str(out, "<p class=\"note\">本公报发布后不再改变,更正见以后各号。</p>");
	html_end(out);
}
