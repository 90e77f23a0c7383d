/* SPDX-License-Identifier: Apache-2.0 */
#include "api/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/import_workbook.h"
#include "api/xlsx_file.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "store/plans.h"
#include "store/standards.h"

#define A4          9
#define NOTES_WIDTH 110
#define GROUP_COLOR 0xDDEBF7
#define INPUT_COLOR 0xFFFFE5
#define NONE_COLOR  0xD9D9D9
#define LIST_MAX    16

/* --- notes -------------------------------------------------------------------------------- */

static const char *const common_notes[] = {
	"填报说明 / How to fill in",
	"1. 只填浅黄色单元格;不要改动表头和「字段」列,可以增删行、调整列序。 / Fill in the light "
	"yellow cells; leave headings and the column 字段 as they are. Rows may be added and "
	"removed, "
	"columns moved.",
	"2. 没有数据的单元格留空:空为「缺失」,不等于 0;0 表示确实没有。 / Leave a cell empty when "
	"there "
	"is no figure: empty is missing, which is not zero; 0 says that there is none.",
	"3. 人数、班数、间数为非负整数;面积、金额至多两位小数;一校任何一项不超过 1000 万。 / "
	"Persons, classes "
	"and rooms are whole numbers; areas and money have at most two decimals; nothing is "
	"negative.",
	"4. 单位见表头。教学仪器设备资产值以万元计,至多六位小数,存为元;其余金额以元计。 / Units "
	"are in the "
	"headings: 教学仪器设备资产值 in 万元 (ten thousand yuan, at most six decimals), other "
	"money in "
	"yuan.",
	"5. 不要千位分隔符、百分号和文字(如「无」「—」)。 / No thousands separators, percent signs "
	"or words.",
};

static const char *const school_notes[] = {
	"6. 填好后用 POST /v1/imports 上传(先看识别结果:?preview=true);错误按单元格指出。 / Send "
	"it with "
	"POST /v1/imports (with ?preview=true to look first); mistakes are named by cell.",
	"7. 一所学校一个学年一行;只有学校信息而没有数据的行不读,原有数据不变。 / A row a school "
	"and school "
	"year; a row without any figure is not read, and changes nothing.",
	"8. 上传的行取代该校该学年原有的全部数据。 / A row replaces all that the school had "
	"reported of "
	"that year.",
	"9. 灰色单元格不填:该办学类型没有这一学段。 / Grey cells stay empty: schools of that kind "
	"have no "
	"such stage.",
	"10. 音乐、美术专用教室填每间面积,用分号分开(96;90.5);没有教室填 0。 / Rooms: the area of "
	"each, "
	"separated by semicolons; 0 when there is none.",
	"11. 部分不超过整体:持证上岗教师不超过专任教师,室内体育用房不超过教学及辅助用房,等等。 / A "
	"part "
	"never exceeds its whole.",
};

static const char *const county_notes[] = {
	"6. 填好后用 POST /v1/imports 上传(先看识别结果:?preview=true);错误按单元格指出。 / Send "
	"it with "
	"POST /v1/imports (with ?preview=true to look first); mistakes are named by cell.",
	"7. 一个县一个学年一份,取代原有的全部县级数据;没填的项目为缺失。一项都没填的表不读,"
	"原有数据不变。 / One a county and school year; it "
	"replaces what the county had reported. Items that are not filled in are missing. A sheet "
	"without any is not read, and changes nothing.",
	"8. 选「是」的项目须填佐证材料(至多 500 字)。 / What is 是 (yes) needs its evidence.",
	"9. 部分不超过整体:交流教师不超过符合条件教师,满意票不超过有效票,等等。 / A part never "
	"exceeds its "
	"whole.",
	"10. 监测等级填 I 至 VI,校际差异至多六位小数。 / Levels are I to VI; differences have at "
	"most six "
	"decimals.",
};

static const char *const plan_notes[] = {
	"6. 该县已有的规划已填入。填好后用 PUT /v1/plans/{county} 提交(supervisor "
	"密钥),整份取代原规划;错误按单元格指出。 / The plan that the county has is filled in. Send "
	"it with PUT /v1/plans/{county} (role supervisor); it replaces the plan. Mistakes are "
	"named "
	"by cell.",
	"7. 年度目标:项目 × "
	"年度填目标值,单位见「目标单位」;没有数值的项目选「达标」;不列目标的项目不填。 / "
	"Targets: a figure in the unit that is named; 达标 (met) for items without a figure.",
	"8. 更晚的年度可在右侧加列,表头写作「2037年」。 / Later years: add columns, headed 2037年.",
	"9. 年度任务须填年度和任务;涉及项目写代码,用空格分开(G1 G3)。 / A task needs its year and "
	"text; "
	"items by their names, separated by blanks.",
};

/* --- forms -------------------------------------------------------------------------------- */

#define FORM_SHEETS 3

static const struct template_form {
	const char *file;
	const char *name; /* of the file that is saved */
	bool of_county;   /* one county's, not a region's */
	bool of_plan;
	const char *const *notes;
	size_t notes_n;
	struct {
		const char *name; /* NULL: there are no more */
		template_writer *write;
	} sheets[FORM_SHEETS];
} forms[] = {
	{ "school-reports.xlsx",
	  "学校填报模板",
	  false,
	  false,
	  school_notes,
	  ARRAY_LEN(school_notes),
	  { { "学校填报", template_write_schools } } },
	{ "county-items.xlsx",
	  "县级项目填报模板",
	  true,
	  false,
	  county_notes,
	  ARRAY_LEN(county_notes),
	  { { "县级项目", template_write_county } } },
	{ "plan.xlsx",
	  "创建规划表",
	  true,
	  true,
	  plan_notes,
	  ARRAY_LEN(plan_notes),
	  { { "年度目标", template_write_plan },
	    { "年度任务", template_write_tasks },
	    { "保障措施", template_write_safeguards } } },
};

/* --- the workbook ------------------------------------------------------------------------- */

struct book {
	const struct template_form *form;
	const struct template_data *data;
};

static void set_input(lxw_format *f, uint8_t align, const char *shape)
{
	xlsx_set_border(f, align);
	format_set_bg_color(f, INPUT_COLOR);
	format_set_num_format(f, shape);
}

static bool make_formats(lxw_workbook *book, lxw_format *f[TEMPLATE_FORMATS])
{
	for (int i = 0; i < TEMPLATE_FORMATS; i++) {
		f[i] = workbook_add_format(book);
		if (!f[i])
			return false;
	}
	format_set_bold(f[TEMPLATE_TITLE]);
	format_set_font_size(f[TEMPLATE_TITLE], 14);
	format_set_align(f[TEMPLATE_TITLE], LXW_ALIGN_CENTER);
	format_set_text_wrap(f[TEMPLATE_NOTE]);
	format_set_align(f[TEMPLATE_NOTE], LXW_ALIGN_VERTICAL_TOP);
	xlsx_set_border(f[TEMPLATE_GROUP], LXW_ALIGN_CENTER);
	format_set_bold(f[TEMPLATE_GROUP]);
	format_set_bg_color(f[TEMPLATE_GROUP], GROUP_COLOR);
	xlsx_set_border(f[TEMPLATE_HEADING], LXW_ALIGN_CENTER);
	format_set_text_wrap(f[TEMPLATE_HEADING]);
	format_set_bg_color(f[TEMPLATE_HEADING], GROUP_COLOR);
	xlsx_set_border(f[TEMPLATE_TEXT], LXW_ALIGN_LEFT);
	format_set_text_wrap(f[TEMPLATE_TEXT]);
	set_input(f[TEMPLATE_CODE], LXW_ALIGN_LEFT, "@");
	set_input(f[TEMPLATE_COUNT], LXW_ALIGN_RIGHT, "0");
	set_input(f[TEMPLATE_AMOUNT], LXW_ALIGN_RIGHT, "General");
	xlsx_set_border(f[TEMPLATE_NONE], LXW_ALIGN_LEFT);
	format_set_bg_color(f[TEMPLATE_NONE], NONE_COLOR);
	return true;
}

static lxw_error write_lines(lxw_worksheet *to, lxw_row_t row, const char *const *lines, size_t n,
			     lxw_format *const *f)
{
	lxw_error e = LXW_NO_ERROR;

	for (size_t i = 0; i < n && e == LXW_NO_ERROR; i++)
		e = xlsx_text(to, row + (lxw_row_t)i, 0, lines[i], f[TEMPLATE_NOTE]);
	return e;
}

static lxw_error write_notes(lxw_workbook *book, const struct template_form *form,
			     lxw_format *const *f)
{
	lxw_worksheet *to = workbook_add_worksheet(book, "填报说明");
	lxw_error e;

	if (!to)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	e = worksheet_set_column(to, 0, 0, NOTES_WIDTH, NULL);
	if (e == LXW_NO_ERROR)
		e = write_lines(to, 0, common_notes, ARRAY_LEN(common_notes), f);
	if (e == LXW_NO_ERROR)
		e = write_lines(to, ARRAY_LEN(common_notes), form->notes, form->notes_n, f);
	return e;
}

static lxw_error write_sheets(lxw_workbook *book, const struct book *b, lxw_format *const *f)
{
	lxw_error e = LXW_NO_ERROR;

	for (int i = 0; i < FORM_SHEETS && b->form->sheets[i].name && e == LXW_NO_ERROR; i++) {
		const struct template_sheet s = {
			workbook_add_worksheet(book, b->form->sheets[i].name), f, b->data
		};

		if (!s.to)
			return LXW_ERROR_MEMORY_MALLOC_FAILED;
		worksheet_set_landscape(s.to);
		worksheet_set_paper(s.to, A4);
		e = b->form->sheets[i].write(&s);
	}
	return e;
}

static lxw_error write_book(const char *path, const void *context)
{
	const struct book *b = context;
	lxw_workbook *book = workbook_new(path);
	/* Not the time of this request: the same template is the same bytes. */
	lxw_doc_properties properties = { .created = 1 };
	lxw_format *formats[TEMPLATE_FORMATS];
	lxw_error e = LXW_ERROR_MEMORY_MALLOC_FAILED;
	lxw_error closed;

	if (!book)
		return e;
	if (make_formats(book, formats))
		e = workbook_set_properties(book, &properties);
	if (e == LXW_NO_ERROR)
		e = write_sheets(book, b, formats);
	if (e == LXW_NO_ERROR)
		e = write_notes(book, b->form, formats);
	closed = workbook_close(book);
	return e == LXW_NO_ERROR ? closed : e;
}

lxw_error template_write_title(const struct template_sheet *s, const char *title, lxw_col_t columns)
{
	char text[REGION_NAME + 64];
	lxw_error e;

	if (snprintf(text, sizeof(text), "%s%s", s->data->county_name, title) < 0)
		return LXW_ERROR_MEMORY_MALLOC_FAILED;
	e = xlsx_text_over(s->to, 0, 0, 0, (lxw_col_t)(columns - 1), text,
			   s->formats[TEMPLATE_TITLE]);
	if (e != LXW_NO_ERROR)
		return e;
	return xlsx_text_over(s->to, 1, 0, 1, (lxw_col_t)(columns - 1),
			      "填浅黄色单元格;空为缺失,不等于 0;见「填报说明」 / fill in the "
			      "yellow cells; empty is missing, not zero; see 填报说明",
			      s->formats[TEMPLATE_NOTE]);
}

/* --- what may stand in a cell --------------------------------------------------------------- */

/* The library does not change the texts, though it would be allowed to. */
static char *text_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

static lxw_error validate(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
			  lxw_row_t last, lxw_data_validation *v)
{
	v->error_title = text_of("请改正 / please correct");
	return worksheet_data_validation_range(s->to, first, column, last, column, v);
}

lxw_error template_only_whole(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
			      lxw_row_t last)
{
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_INTEGER,
				  .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
				  .minimum_number = 0,
				  .maximum_number = COUNT_MAX,
				  .error_message = text_of("须为非负整数 / a whole number, not "
							   "negative") };

	return validate(s, first, column, last, &v);
}

lxw_error template_only_amounts(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
				lxw_row_t last, double max)
{
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_DECIMAL,
				  .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
				  .minimum_number = 0,
				  .maximum_number = max,
				  .error_message = text_of("须为非负数 / a number, not negative") };

	return validate(s, first, column, last, &v);
}

lxw_error template_only_these(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
			      lxw_row_t last, const char *const *values)
{
	char *list[LIST_MAX + 1];
	size_t n = 0;
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST,
				  .value_list = list,
				  .error_message = text_of("请从列表选择 / choose from the list") };

	while (values[n] && n < LIST_MAX) {
		list[n] = text_of(values[n]);
		n++;
	}
	list[n] = NULL;
	return validate(s, first, column, last, &v);
}

lxw_error template_only_periods(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
				lxw_row_t last)
{
	const char *const values[] = { s->data->periods[0], s->data->periods[1],
				       s->data->periods[2], NULL };

	return template_only_these(s, first, column, last, values);
}

/* --- the request -------------------------------------------------------------------------- */

static void list_periods(struct template_data *out)
{
	char last[PERIOD_CODE];
	int64_t year = 0;

	import_last_period(last);
	if (!str_to_int64(last, &year))
		return;
	for (int i = 0; i < 3; i++) {
		char text[INT64_TEXT];

		str_from_int64(year - 2 + i, text);
		str_copy(out->periods[i], PERIOD_CODE, text);
	}
}

static enum err find_name(struct call *c, struct template_data *out)
{
	struct region region;
	const enum err e = store_region_get(c->api->store, out->county, &region, &c->info);

	if (e == ERR_OK)
		str_copy(out->county_name, sizeof(out->county_name), region.name);
	return e;
}

static enum err read_query(struct call *c, const struct template_form *form,
			   struct template_data *out)
{
	const char *county = "", *period = "";
	enum err e = call_county(c, &county);

	if (e == ERR_OK)
		e = call_period(c, &period);
	if (e != ERR_OK)
		return e;
	if (form->of_county && county[0] && strlen(county) != COUNTY_CODE - 1)
		return err_set(&c->info, ERR_PARAMETER,
			       "county 须为 6 位数字 / county must be 6 digits");
	str_copy(out->county, sizeof(out->county), county);
	str_copy(out->period, sizeof(out->period), period);
	return ERR_OK;
}

/* Without a period by the standard of now. That there is none is no mistake of a template. */
static enum err find_standard(struct call *c, struct template_data *out)
{
	const char *period = out->period[0] ? out->period : out->periods[1];
	const enum err e =
		store_standard_for(c->api->store, out->county, period, &out->standard, &c->info);

	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* What the county plans: who sends the template back replaces all of it. */
static enum err find_plan(struct call *c, struct template_data *out)
{
	auto_stored_plan struct stored_plan stored = { .document = NULL };
	struct err_info info = { .code = ERR_OK };
	enum err e;

	if (!out->standard) /* which a plan is held against: none can be sent */
		return ERR_OK;
	e = store_plan_get(c->api->store, out->county, &stored, &info);
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK) {
		c->info = info;
		return e;
	}
	out->plan = calloc(1, sizeof(*out->plan));
	if (!out->plan)
		return ERR_NOMEM;
	e = json_parse_plan(stored.document, strlen(stored.document), out->standard, out->plan,
			    &c->info);
	return e == ERR_OK ? plan_texts_read(stored.document, &out->plan_texts, &c->info) : e;
}

static enum err load(struct call *c, const struct template_form *form, struct template_data *out)
{
	enum err e = read_query(c, form, out);

	list_periods(out);
	if (e == ERR_OK && out->county[0])
		e = find_name(c, out);
	if (e == ERR_OK && out->county[0] && !form->of_county)
		e = store_school_list(c->api->store, out->county, TEMPLATE_SCHOOLS_MAX,
				      &out->schools, &c->info);
	if (e == ERR_OK)
		e = find_standard(c, out);
	return e == ERR_OK && form->of_plan && out->county[0] ? find_plan(c, out) : e;
}

static void release(struct template_data *data)
{
	school_list_release(&data->schools);
	standard_release(data->standard);
	plan_texts_release(&data->plan_texts);
	free(data->plan);
}
#define auto_data AUTO(release)

static void name_file(struct call *c, const struct book *b)
{
	char ascii[128], name[256];

	if (snprintf(ascii, sizeof(ascii), "junheng-%s%s%s", b->data->county,
		     b->data->county[0] ? "-" : "", b->form->file) < 0 ||
	    snprintf(name, sizeof(name), "%s%s%s.xlsx", b->data->county_name, b->form->name,
		     b->data->period) < 0)
		return;
	reply_file(c->rp, "attachment", ascii, name);
}

static enum err no_such_form(struct call *c)
{
	char names[160] = "";

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const size_t len = strlen(names);

		IGNORE(snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
				forms[i].file) < 0,
		       "names are short");
	}
	return err_set(&c->info, ERR_NOT_FOUND,
		       "没有此模板,有: %s / no such template: there are %s", names, names);
}

enum err template_get(struct call *c)
{
	struct template_data auto_data data = { .county = "" };
	struct book b = { .data = &data };
	enum err e;

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (str_equal(forms[i].file, call_path(c, "form")))
			b.form = &forms[i];
	}
	if (!b.form)
		return no_such_form(c);
	e = load(c, b.form, &data);
	if (e == ERR_OK)
		e = xlsx_write(write_book, &b, &c->rp->body, &c->info);
	if (e != ERR_OK)
		return e;
	c->rp->content_type = XLSX_TYPE;
	name_file(c, &b);
	return ERR_OK;
}
