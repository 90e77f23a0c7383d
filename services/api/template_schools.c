/* SPDX-License-Identifier: Apache-2.0 */
/* A row a school: what fields.def has, stage by stage, the site, and what the standard declares. */
#include <stdio.h>
#include <string.h>

#include "api/template.h"
#include "api/xlsx_file.h"
#include "base/decimal.h"
#include "base/str.h"

#define TITLE_COLUMNS 12 /* of the title: what a screen shows */
#define GROUP_ROW     2
#define HEADING_ROW   3
#define FIRST_ROW     4
#define HEADING_HIGH  60
#define HEADING_TEXT  192
#define TEN_THOUSANDS 10000

/* The first columns. */
enum { CODE, NAME, KIND_NAME, YEAR, KEYS };

static const struct {
	const char *heading;
	double width;
} keys[KEYS] = {
	[CODE] = { "学校标识码", 13 },
	[NAME] = { "学校名称", 28 },
	[KIND_NAME] = { "办学类型", 14 },
	[YEAR] = { "学年", 8 },
};

enum value { VALUE_COUNT, VALUE_AMOUNT, VALUE_ROOMS };

/* A column of figures. */
struct column {
	const char *group;
	char heading[HEADING_TEXT];
	enum value value;
	int stage; /* -1: of none */
	double max;
};

#define COLUMNS_MAX \
	(JUDGED_STAGES * STAGE_FIELD_COUNT + 1 + SITE_FIELD_COUNT + ROOM_LIST_COUNT + DECLARED_MAX)

struct columns {
	size_t n;
	struct column at[COLUMNS_MAX];
};

static void add(struct columns *to, const char *group, const struct field *field, int stage)
{
	struct column *c = &to->at[to->n++];
	const bool wan = str_equal(field->sign, "万元");

	*c = (struct column){ .group = group, .stage = stage };
	if (snprintf(c->heading, sizeof(c->heading), "%s(%s)", field->zh, field->sign) < 0)
		return;
	c->value = field->unit == UNIT_COUNT ? VALUE_COUNT : VALUE_AMOUNT;
	c->max = wan ? DECIMAL_MAX / TEN_THOUSANDS : DECIMAL_MAX;
}

/* What only a province knows has its name in the heading: nothing else says which field it is. */
static void add_declared(struct columns *to, const struct declared_field *field)
{
	struct column *c = &to->at[to->n++];

	*c = (struct column){ .group = "省定数据", .stage = -1, .max = DECIMAL_MAX };
	c->value = field->unit == UNIT_COUNT ? VALUE_COUNT : VALUE_AMOUNT;
	if (snprintf(c->heading, sizeof(c->heading), "%s(declared.%s)", field->zh, field->name) < 0)
		c->heading[0] = '\0';
}

static void list_columns(const struct standard *standard, struct columns *out)
{
	out->n = 0;
	for (int s = 0; s < JUDGED_STAGES; s++) {
		for (int f = 0; f < STAGE_FIELD_COUNT; f++)
			add(out, stage_zh[s], &stage_fields[f], s);
	}
	add(out, stage_zh[STAGE_SENIOR], &stage_fields[STAGE_students], STAGE_SENIOR);
	for (int f = 0; f < SITE_FIELD_COUNT; f++) {
		if (f < SITE_public_funds)
			add(out, "校舍与设施", &site_fields[f], -1);
	}
	for (int l = 0; l < ROOM_LIST_COUNT; l++) {
		add(out, "校舍与设施", &room_lists[l], -1);
		out->at[out->n - 1].value = VALUE_ROOMS;
		if (snprintf(out->at[out->n - 1].heading, HEADING_TEXT, "%s各间面积(%s)",
			     room_lists[l].zh, room_lists[l].sign) < 0)
			return;
	}
	for (int f = SITE_public_funds; f < SITE_FIELD_COUNT; f++)
		add(out, "经费", &site_fields[f], -1);
	for (int f = 0; standard && f < standard->fields_n; f++)
		add_declared(out, &standard->fields[f]);
}

static lxw_error write_group(const struct template_sheet *s, lxw_col_t first, lxw_col_t last,
			     const char *text)
{
	return first == last ? xlsx_text(s->to, GROUP_ROW, first, text, s->formats[TEMPLATE_GROUP])
			     : xlsx_text_over(s->to, GROUP_ROW, first, GROUP_ROW, last, text,
					      s->formats[TEMPLATE_GROUP]);
}

static lxw_error write_headings(const struct template_sheet *s, const struct columns *columns)
{
	lxw_error e = write_group(s, 0, KEYS - 1, "学校");
	size_t first = 0;

	for (lxw_col_t i = 0; i < KEYS && e == LXW_NO_ERROR; i++) {
		e = worksheet_set_column(s->to, i, i, keys[i].width, NULL);
		if (e == LXW_NO_ERROR)
			e = xlsx_text(s->to, HEADING_ROW, i, keys[i].heading,
				      s->formats[TEMPLATE_HEADING]);
	}
	for (size_t i = 0; i < columns->n && e == LXW_NO_ERROR; i++) {
		const char *group = columns->at[i].group;

		e = xlsx_text(s->to, HEADING_ROW, (lxw_col_t)(KEYS + i), columns->at[i].heading,
			      s->formats[TEMPLATE_HEADING]);
		if (e != LXW_NO_ERROR ||
		    (i + 1 < columns->n && str_equal(columns->at[i + 1].group, group)))
			continue;
		e = write_group(s, (lxw_col_t)(KEYS + first), (lxw_col_t)(KEYS + i), group);
		first = i + 1;
	}
	return e;
}

/* Which cells of a row are filled in later, and how. */
static int format_of(const struct column *c, const struct kind *kind)
{
	static const int formats[] = { [VALUE_COUNT] = TEMPLATE_COUNT,
				       [VALUE_AMOUNT] = TEMPLATE_AMOUNT,
				       [VALUE_ROOMS] = TEMPLATE_CODE };

	if (kind && c->stage >= 0 && !kind_has_stage(kind, (enum stage)c->stage))
		return TEMPLATE_NONE;
	return formats[c->value];
}

static lxw_error write_row(const struct template_sheet *s, const struct columns *columns,
			   lxw_row_t row, const struct listed_school *school)
{
	const struct kind *kind = school ? kind_find(school->kind) : NULL;
	const char *const texts[KEYS] = { [CODE] = school ? school->code : "",
					  [NAME] = school ? school->name : "",
					  [KIND_NAME] = kind ? kind->zh : "",
					  [YEAR] = school ? s->data->period : "" };
	lxw_error e = LXW_NO_ERROR;

	for (lxw_col_t i = 0; i < KEYS && e == LXW_NO_ERROR; i++)
		e = xlsx_text(s->to, row, i, texts[i],
			      s->formats[school && texts[i][0] ? TEMPLATE_TEXT : TEMPLATE_CODE]);
	for (size_t i = 0; i < columns->n && e == LXW_NO_ERROR; i++)
		e = worksheet_write_blank(s->to, row, (lxw_col_t)(KEYS + i),
					  s->formats[format_of(&columns->at[i], kind)]);
	return e;
}

static lxw_error write_rules(const struct template_sheet *s, const struct columns *columns,
			     lxw_row_t last)
{
	lxw_error e = template_only_periods(s, FIRST_ROW, YEAR, last);

	for (size_t i = 0; i < columns->n && e == LXW_NO_ERROR; i++) {
		const lxw_col_t c = (lxw_col_t)(KEYS + i);

		if (columns->at[i].value == VALUE_COUNT)
			e = template_only_whole(s, FIRST_ROW, c, last);
		else if (columns->at[i].value == VALUE_AMOUNT)
			e = template_only_amounts(s, FIRST_ROW, c, last, columns->at[i].max);
	}
	return e;
}

lxw_error template_write_schools(const struct template_sheet *s)
{
	const struct school_list *schools = &s->data->schools;
	const size_t rows = schools->n > TEMPLATE_ROWS ? schools->n : TEMPLATE_ROWS;
	struct columns columns;
	lxw_error e;

	list_columns(s->data->standard, &columns);
	e = template_write_title(s, "学校填报表", TITLE_COLUMNS);
	if (e == LXW_NO_ERROR)
		e = worksheet_set_column(s->to, KEYS, (lxw_col_t)(KEYS + columns.n - 1), 12, NULL);
	if (e == LXW_NO_ERROR)
		e = worksheet_set_row(s->to, HEADING_ROW, HEADING_HIGH, NULL);
	if (e == LXW_NO_ERROR)
		e = write_headings(s, &columns);
	for (size_t i = 0; i < rows && e == LXW_NO_ERROR; i++)
		e = write_row(s, &columns, FIRST_ROW + (lxw_row_t)i,
			      i < schools->n ? &schools->items[i] : NULL);
	if (e == LXW_NO_ERROR)
		e = write_rules(s, &columns, FIRST_ROW + (lxw_row_t)rows - 1);
	worksheet_freeze_panes(s->to, FIRST_ROW, NAME + 1);
	if (e == LXW_NO_ERROR)
		e = worksheet_repeat_rows(s->to, GROUP_ROW, HEADING_ROW);
	return e == LXW_NO_ERROR ? worksheet_repeat_columns(s->to, CODE, NAME) : e;
}
