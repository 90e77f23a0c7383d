/* SPDX-License-Identifier: Apache-2.0 */
/* A row a figure of a county's own report, by the items of its standard. */
#include <stdio.h>
#include <string.h>

#include "api/template.h"
#include "api/xlsx_file.h"
#include "base/decimal.h"
#include "base/str.h"
#include "domain/county_report.h"

#define HEADING_ROW 2
#define SUBJECTS    6 /* of the national monitoring; rows that stay empty are none */
#define TEXT_BYTES  256
#define LINE_BYTES  66 /* of a title that one line holds */
#define TWO_LINES   30

enum { ITEM, ITEM_TITLE_ZH, WHAT, UNIT_SIGN, VALUE, FIELD, COLUMNS };

static const struct {
	const char *heading;
	double width;
} columns[COLUMNS] = {
	[ITEM] = { "项目", 8 },      [ITEM_TITLE_ZH] = { "项目名称", 46 },
	[WHAT] = { "填报内容", 34 }, [UNIT_SIGN] = { "单位", 10 },
	[VALUE] = { "填报值", 26 },  [FIELD] = { "字段", 22 },
};

/* What may be filled in. */
enum kind_of_value { OF_TEXT, OF_CODE, OF_PERIOD, OF_FLAG, OF_COUNT, OF_AMOUNT, OF_LEVEL, KINDS };

static const struct {
	const char *unit;
	int format;
} kinds_of_values[KINDS] = {
	[OF_TEXT] = { "文字", TEMPLATE_CODE },       [OF_CODE] = { "6 位数字", TEMPLATE_CODE },
	[OF_PERIOD] = { "4 位数字", TEMPLATE_CODE }, [OF_FLAG] = { "是/否", TEMPLATE_CODE },
	[OF_COUNT] = { "整数", TEMPLATE_COUNT },     [OF_AMOUNT] = { "数值", TEMPLATE_AMOUNT },
	[OF_LEVEL] = { "I–VI", TEMPLATE_CODE },
};

struct writing {
	const struct template_sheet *s;
	lxw_row_t row; /* the next one */
	lxw_error e;
};

static const char *const yes_no[] = { "是", "否", NULL };
static const char *const levels[] = { "I", "II", "III", "IV", "V", "VI", NULL };

static void text(struct writing *w, lxw_col_t column, const char *value, int format)
{
	if (w->e == LXW_NO_ERROR)
		w->e = xlsx_text(w->s->to, w->row, column, value, w->s->formats[format]);
}

static lxw_error rule(const struct writing *w, enum kind_of_value kind)
{
	switch (kind) {
	case OF_PERIOD:
		return template_only_periods(w->s, w->row, VALUE, w->row);
	case OF_FLAG:
		return template_only_these(w->s, w->row, VALUE, w->row, yes_no);
	case OF_LEVEL:
		return template_only_these(w->s, w->row, VALUE, w->row, levels);
	case OF_COUNT:
		return template_only_whole(w->s, w->row, VALUE, w->row);
	case OF_AMOUNT:
		return template_only_amounts(w->s, w->row, VALUE, w->row, DECIMAL_MAX);
	case OF_TEXT:
	case OF_CODE:
	case KINDS:
		break;
	}
	return LXW_NO_ERROR;
}

/* item: NULL of the county and the period. unit: NULL what the kind has. */
static void line(struct writing *w, const struct item_rule *item, const char *what,
		 const char *unit, enum kind_of_value kind, const char *field, const char *value)
{
	if (!item) {
		text(w, ITEM, "", TEMPLATE_TEXT);
		text(w, ITEM_TITLE_ZH, "", TEMPLATE_TEXT);
	}
	text(w, WHAT, what, TEMPLATE_TEXT);
	text(w, UNIT_SIGN, unit ? unit : kinds_of_values[kind].unit, TEMPLATE_TEXT);
	text(w, VALUE, value, kinds_of_values[kind].format);
	text(w, FIELD, field, TEMPLATE_TEXT);
	if (w->e == LXW_NO_ERROR)
		w->e = rule(w, kind);
	w->row++;
}

static bool asks_for(const struct item_rule *item, enum rule wanted)
{
	for (int k = 0; k < item->n; k++) {
		if (item->conditions[k].rule == wanted)
			return true;
	}
	return false;
}

static void write_field(struct writing *w, const struct item_rule *item,
			const struct declared_field *f)
{
	static const struct {
		const char *sign;
		enum kind_of_value kind;
	} units[] = { [UNIT_COUNT] = { NULL, OF_COUNT },
		      [UNIT_AREA] = { "㎡", OF_AMOUNT },
		      [UNIT_MONEY] = { "元", OF_AMOUNT } };
	char field[TEXT_BYTES];

	if (snprintf(field, sizeof(field), "%s.%s", item->name, f->name) < 0)
		return;
	if (f->flag)
		line(w, item, f->zh, NULL, OF_FLAG, field, "");
	else
		line(w, item, f->zh, units[f->unit].sign, units[f->unit].kind, field, "");
}

static void write_evidence(struct writing *w, const struct item_rule *item)
{
	char field[TEXT_BYTES];

	for (int f = 0; f < item->fields_n; f++) {
		if (!item->fields[f].flag)
			continue;
		if (snprintf(field, sizeof(field), "%s.evidence", item->name) > 0)
			line(w, item, "佐证材料(选「是」时必填)", NULL, OF_TEXT, field, "");
		return;
	}
}

static void write_groups(struct writing *w, const struct item_rule *item)
{
	static const struct {
		const char *name;
		const char *zh;
	} answers[] = { { "valid", "有效票" }, { "satisfied", "满意票" } };

	for (int g = 0; g < ANSWER_GROUPS; g++) {
		for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
			char field[TEXT_BYTES], what[TEXT_BYTES];

			if (snprintf(field, sizeof(field), "%s.%s.%s", item->name,
				     answer_group_names[g], answers[i].name) > 0 &&
			    snprintf(what, sizeof(what), "%s:%s", answer_group_zh[g],
				     answers[i].zh) > 0)
				line(w, item, what, NULL, OF_COUNT, field, "");
		}
	}
}

static void write_subjects(struct writing *w, const struct item_rule *item)
{
	static const struct {
		const char *name;
		const char *zh;
		enum kind_of_value kind;
	} members[] = { { "subject", "学科", OF_TEXT },
			{ "level", "达到的等级", OF_LEVEL },
			{ "difference", "校际差异", OF_AMOUNT } };

	for (int n = 1; n <= SUBJECTS; n++) {
		for (size_t i = 0; i < ARRAY_LEN(members); i++) {
			char field[TEXT_BYTES], what[TEXT_BYTES];

			if (snprintf(field, sizeof(field), "%s.%d.%s", item->name, n,
				     members[i].name) > 0 &&
			    snprintf(what, sizeof(what), "学科 %d:%s", n, members[i].zh) > 0)
				line(w, item, what, NULL, members[i].kind, field, "");
		}
	}
}

/* Its name and title, once over its rows. */
static void write_name(struct writing *w, const struct item_rule *item, lxw_row_t first)
{
	const lxw_row_t last = w->row - 1;
	const char *const texts[] = { [ITEM] = item->name, [ITEM_TITLE_ZH] = item->zh };

	if (w->row == first)
		return;
	if (first == last) {
		w->row = first;
		text(w, ITEM, item->name, TEMPLATE_TEXT);
		text(w, ITEM_TITLE_ZH, item->zh, TEMPLATE_TEXT);
		w->row++;
		if (w->e == LXW_NO_ERROR && strlen(item->zh) > LINE_BYTES)
			w->e = worksheet_set_row(w->s->to, first, TWO_LINES, NULL);
		return;
	}
	for (int i = ITEM; i <= ITEM_TITLE_ZH && w->e == LXW_NO_ERROR; i++) {
		const lxw_col_t c = (lxw_col_t)i;

		w->e = xlsx_text_over(w->s->to, first, c, last, c, texts[i],
				      w->s->formats[TEMPLATE_TEXT]);
	}
}

static void write_items(struct writing *w, const struct standard *standard)
{
	for (int i = 0; standard && i < standard->items_n; i++) {
		const struct item_rule *item = &standard->items[i];
		const lxw_row_t first = w->row;

		for (int f = 0; f < item->fields_n; f++)
			write_field(w, item, &item->fields[f]);
		write_evidence(w, item);
		if (asks_for(item, RULE_SUBJECTS))
			write_subjects(w, item);
		if (asks_for(item, RULE_GROUPS))
			write_groups(w, item);
		write_name(w, item, first);
	}
}

lxw_error template_write_county(const struct template_sheet *s)
{
	struct writing w = { .s = s, .row = HEADING_ROW };

	w.e = template_write_title(s, "县级项目填报表", COLUMNS);
	for (int i = 0; i < COLUMNS && w.e == LXW_NO_ERROR; i++) {
		const lxw_col_t c = (lxw_col_t)i;

		w.e = worksheet_set_column(s->to, c, c, columns[i].width, NULL);
		text(&w, c, columns[i].heading, TEMPLATE_HEADING);
	}
	w.row++;
	line(&w, NULL, "县代码", NULL, OF_CODE, "county", s->data->county);
	line(&w, NULL, "学年", NULL, OF_PERIOD, "period", s->data->period);
	write_items(&w, s->data->standard);
	worksheet_freeze_panes(s->to, HEADING_ROW + 1, 0);
	worksheet_fit_to_pages(s->to, 1, 0);
	return w.e == LXW_NO_ERROR ? worksheet_repeat_rows(s->to, HEADING_ROW, HEADING_ROW) : w.e;
}
