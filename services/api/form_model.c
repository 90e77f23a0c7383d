/* SPDX-License-Identifier: Apache-2.0 */
#include "api/form_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const form_kind_names[FORM_KINDS] = {
	[FORM_EMPTY] = "any",
	[FORM_TEXT] = "text",
	[FORM_NUMBER] = "number",
	[FORM_STATUS] = "status",
};

const char *const form_status_zh[STATUS_COUNT] = {
	[STATUS_MET] = "达标",
	[STATUS_NOT_MET] = "未达标",
	[STATUS_NO_DATA] = "缺数据",
	[STATUS_UNDEFINED] = "无法计算",
	[STATUS_NOT_APPLICABLE] = "不适用",
};

const char *const form_verdict_zh[VERDICT_COUNT] = {
	[VERDICT_MET] = "达标",
	[VERDICT_NOT_MET] = "未达标",
	[VERDICT_INCOMPLETE] = "数据不全",
};

const struct form_title form_titles[FORM_TABLES] = {
	[FORM_COUNTY] = { "1", "Ⅰ", "县(市、区)基本情况", "the county",
			  "本系统没有的数据留空,由县填写 / figures that are not kept here are left "
			  "empty" },
	[FORM_INDICATORS] = { "2-1", "Ⅱ-1", "学校资源配置指标达标情况",
			      "schools that meet each indicator",
			      "比例为达标学校数占学校数的百分比;"
			      "九年、十二年一贯制学校的小学、初中分别计 / "
			      "schools with both stages count in each" },
	[FORM_RECORDS] = { "2-2", "Ⅱ-2", "各学校资源配置情况", "the schools, stage by stage",
			   "R1、R2、R3、R7 为每百名学生拥有数,R4、R5 为生均平方米,R6 为生均元 / "
			   "R1, R2, R3, R7 per hundred pupils, R4, R5 m² and R6 yuan per pupil" },
	[FORM_DIFFERENCES] = { "3", "Ⅲ", "校际差异系数", "differences between schools",
			       "按学生数加权;综合为七项差异系数的平均值,仅供参考,不作判定 / "
			       "weighted by "
			       "pupils; the composite is shown, never judged" },
	[FORM_GUARANTEE] = { "4", "Ⅳ", "政府保障程度", "government guarantee",
			     "按学校判定的项目,值为达标学校的比例 / of items judged school by "
			     "school the value "
			     "is the share of schools that meet it" },
	[FORM_QUALITY] = { "5", "Ⅴ", "教育质量", "quality",
			   "按学校判定的项目,值为达标学校的比例 / of items judged school by school "
			   "the value "
			   "is the share of schools that meet it" },
	[FORM_RECOGNITION] = { "6", "Ⅵ", "社会认可度", "recognition",
			       "认可度为满意答卷占有效答卷的百分比 / satisfied among valid "
			       "answers" },
	[FORM_VETOES] = { "veto", "否决", "一票否决事项", "vetoes",
			  "任一情形发生即不能通过 / any one fails the county" },
	[FORM_OWN] = { "own", "附", "省定项目", "items of the province",
		       "本省标准在国家标准之外的要求 / what the province asks for besides" },
};

/* --- cells ------------------------------------------------------------------------------ */

#define CELLS_MAX (1u << 20)

void form_begin(struct form *form, enum form_id id, const struct form_column *columns, size_t n)
{
	form->tables[form->tables_n++] =
		(struct form_table){ .id = id, .columns = columns, .columns_n = n };
}

static void add(struct form *form, struct form_cell cell)
{
	struct form_table *t = &form->tables[form->tables_n - 1];

	if (form->err != ERR_OK)
		return;
	if (t->n == t->room) {
		const size_t room = t->room ? 2 * t->room : 256;
		struct form_cell *cells;

		if (room > CELLS_MAX) {
			form->err = ERR_TOO_BIG;
			return;
		}
		cells = realloc(t->cells, room * sizeof(*cells));
		if (!cells) {
			form->err = ERR_NOMEM;
			return;
		}
		t->cells = cells;
		t->room = room;
	}
	t->cells[t->n++] = cell;
}

void form_empty(struct form *form)
{
	add(form, (struct form_cell){ .kind = FORM_EMPTY });
}

void form_text(struct form *form, const char *text)
{
	const size_t at = form->texts.len;

	if (!text[0]) {
		form_empty(form);
		return;
	}
	buf_add(&form->texts, text, strlen(text) + 1);
	if (buf_failed(&form->texts) && form->err == ERR_OK)
		form->err = form->texts.err;
	add(form, (struct form_cell){ .kind = FORM_TEXT, .text = at });
}

void form_number(struct form *form, int64_t scaled, int decimals)
{
	add(form,
	    (struct form_cell){ .kind = FORM_NUMBER, .decimals = decimals, .scaled = scaled });
}

void form_count(struct form *form, int64_t n)
{
	if (n == MISSING)
		form_empty(form);
	else
		form_number(form, n, 0);
}

/* As few decimals as tell it exactly. */
static int shorten(int64_t *thousandths)
{
	int decimals = 3;

	for (; decimals > 0 && *thousandths % 10 == 0; decimals--)
		*thousandths /= 10;
	return decimals;
}

void form_thousandths(struct form *form, int64_t thousandths)
{
	const int decimals = shorten(&thousandths);

	form_number(form, thousandths, decimals);
}

void form_status(struct form *form, enum status status)
{
	add(form, (struct form_cell){ .kind = FORM_STATUS, .status = status });
}

int64_t form_share(size_t part, size_t whole)
{
	return whole ? (int64_t)((part * 2000 + whole) / (whole * 2)) : 0;
}

/* --- reading ---------------------------------------------------------------------------- */

char *form_decimal_text(int64_t scaled, int decimals, char out[FORM_NUMBER_TEXT])
{
	static const uint64_t powers[] = { 1, 10, 100, 1000 };
	const uint64_t magnitude = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
	const uint64_t one = powers[decimals];
	const char *sign = scaled < 0 ? "-" : "";
	int len;

	if (decimals)
		len = snprintf(out, FORM_NUMBER_TEXT, "%s%llu.%0*llu", sign,
			       (unsigned long long)(magnitude / one), decimals,
			       (unsigned long long)(magnitude % one));
	else
		len = snprintf(out, FORM_NUMBER_TEXT, "%s%llu", sign,
			       (unsigned long long)magnitude);
	if (len < 0)
		out[0] = '\0';
	return out;
}

char *form_threshold_text(int64_t thousandths, char out[FORM_NUMBER_TEXT])
{
	const int decimals = shorten(&thousandths);

	return form_decimal_text(thousandths, decimals, out);
}

const char *form_cell_text(const struct form *form, const struct form_cell *cell,
			   char number[FORM_NUMBER_TEXT])
{
	switch (cell->kind) {
	case FORM_TEXT:
		return form->texts.data + cell->text;
	case FORM_NUMBER:
		return form_decimal_text(cell->scaled, cell->decimals, number);
	case FORM_STATUS:
		return form_status_zh[cell->status];
	case FORM_EMPTY:
	case FORM_KINDS:
		break;
	}
	return "";
}

const struct form_table *form_find(const struct form *form, enum form_id id)
{
	for (size_t i = 0; i < form->tables_n; i++) {
		if (form->tables[i].id == id)
			return &form->tables[i];
	}
	return NULL;
}

/* --- all tables --------------------------------------------------------------------------- */

static bool has_own(const struct standard *standard)
{
	for (int i = 0; i < standard->items_n; i++) {
		if (standard->items[i].group == GROUP_OWN)
			return true;
	}
	return false;
}

enum err form_build(const struct form_county *county, struct form *out)
{
	*out = (struct form){ .county = county };
	buf_init(&out->texts, FORM_TEXT_MAX);
	form_fill_county(out);
	form_fill_indicators(out);
	form_fill_records(out);
	form_fill_differences(out);
	form_fill_items(out, FORM_GUARANTEE, GROUP_GUARANTEE);
	form_fill_items(out, FORM_QUALITY, GROUP_QUALITY);
	form_fill_recognition(out);
	form_fill_items(out, FORM_VETOES, GROUP_VETO);
	if (has_own(county->standard))
		form_fill_items(out, FORM_OWN, GROUP_OWN);
	return out->err;
}

void form_release(struct form *form)
{
	for (size_t i = 0; i < form->tables_n; i++)
		free(form->tables[i].cells);
	buf_release(&form->texts);
	*form = (struct form){ .county = NULL };
}
