/* SPDX-License-Identifier: Apache-2.0 */
/* Table Ⅰ: the county, a line a figure. */
#include <stdio.h>

#include "api/form_model.h"
#include "base/auto.h"
#include "base/str.h"

static const struct form_column columns[] = {
	{ "项目", "figure", FORM_TEXT, 28 },
	{ "内容", "value", FORM_EMPTY, 44 },
	{ "单位", "unit", FORM_TEXT, 10 },
	{ "备注", "remark", FORM_TEXT, 34 },
};

static const struct {
	const char *code;
	const char *zh;
} kinds[] = {
#define KIND(code, zh, stages, judged, point) { code, zh },
#include "domain/kinds.def"
#undef KIND
};

#define NOTE_BYTES 96

static void line(struct form *form, const char *name, const char *text, const char *note)
{
	form_text(form, name);
	form_text(form, text);
	form_empty(form);
	form_text(form, note);
}

static void number_line(struct form *form, const char *name, int64_t n, const char *unit,
			const char *note)
{
	form_text(form, name);
	form_count(form, n);
	form_text(form, unit);
	form_text(form, note);
}

/* Open ones, and those that were still there to report; campuses are no schools. */
static bool counts(const struct school_facts *s)
{
	return !s->school.parent[0] && (s->reported || !s->school.closed);
}

static void fill_schools(struct form *form, const struct county_facts *facts)
{
	int64_t all = 0, campuses = 0;

	for (size_t i = 0; i < facts->n; i++) {
		all += counts(&facts->schools[i]);
		campuses += facts->schools[i].school.parent[0] != '\0';
	}
	number_line(form, "学校数", all, "所", campuses ? "不含校区" : "");
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		char name[NOTE_BYTES];
		int64_t n = 0;

		for (size_t i = 0; i < facts->n; i++)
			n += counts(&facts->schools[i]) &&
			     str_equal(kind_find(facts->schools[i].school.kind)->code,
				       kinds[k].code);
		if (n &&
		    snprintf(name, sizeof(name), "其中:%s(%s)", kinds[k].zh, kinds[k].code) > 0)
			number_line(form, name, n, "所", "");
	}
	if (campuses)
		number_line(form, "校区数", campuses, "个", "");
}

/* A figure of a stage over its records, as far as it is known. */
static void fill_sum(struct form *form, int stage, enum stage_field field, const char *unit)
{
	const struct form_county *c = form->county;
	char name[NOTE_BYTES], note[NOTE_BYTES] = "";
	size_t n, missing = 0;
	const struct record *records = form_records(c, stage, &n);
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		struct merged m;
		int64_t figure = MISSING;

		if (merged_get(&c->index, &c->facts, records[i].school, &m))
			figure = m.report.stages[stage].figure[field];
		sum += figure == MISSING ? 0 : figure;
		missing += figure == MISSING;
	}
	if (missing && snprintf(note, sizeof(note), "另有 %zu 所学校缺此数据", missing) < 0)
		note[0] = '\0';
	if (snprintf(name, sizeof(name), "%s:%s", stage_zh[stage], stage_fields[field].zh) > 0)
		number_line(form, name, missing == n ? MISSING : sum, unit, note);
}

static void fill_stage(struct form *form, int stage)
{
	const struct stage_judgement *j = &form->county->judgement.stages[stage];
	char name[NOTE_BYTES];

	if (snprintf(name, sizeof(name), "%s:参与评估学校数", stage_zh[stage]) > 0)
		number_line(form, name, (int64_t)j->records, "所", "");
	fill_sum(form, stage, STAGE_students, "人");
	fill_sum(form, stage, STAGE_classes, "班");
	fill_sum(form, stage, STAGE_teachers, "人");
}

/* Which vetoes happened: "未发生" when all are known not to have. */
static void fill_vetoes(struct form *form)
{
	const struct form_county *c = form->county;
	auto_buf struct buf happened;
	size_t unknown = 0;

	buf_init(&happened, STANDARD_ITEMS_MAX * (ITEM_NAME + 3));
	for (int i = 0; i < c->standard->items_n; i++) {
		const struct item_rule *rule = &c->standard->items[i];
		const enum status status = c->judgement.items[i].status;

		if (rule->group != GROUP_VETO)
			continue;
		unknown += status == STATUS_NO_DATA;
		if (status == STATUS_NOT_MET)
			buf_printf(&happened, "%s%s", happened.len ? "、" : "", rule->name);
	}
	line(form, "一票否决事项",
	     happened.len ? happened.data
	     : unknown    ? ""
			  : "未发生",
	     unknown ? "有事项未上报" : "");
}

static void fill_head(struct form *form)
{
	const struct form_county *c = form->county;
	const struct standard *s = c->standard;

	line(form, "县(市、区)名称", c->name, "");
	line(form, "行政区划代码", c->facts.county, "");
	line(form, "学年", c->facts.period, "以学年开始的年份表示");
	line(form, "评估标准", s->title, s->id);
	number_line(form, "评估标准版本", s->version, "", "");
	line(form, "评估标准出处", s->source, "");
}

void form_fill_county(struct form *form)
{
	const struct form_county *c = form->county;

	form_begin(form, FORM_COUNTY, columns, ARRAY_LEN(columns));
	fill_head(form);
	line(form, "总人口", "", "由县填写");
	line(form, "义务教育适龄人口", "", "由县填写");
	fill_schools(form, &c->facts);
	number_line(form, "未上报学校数", (int64_t)c->judgement.missing_schools, "所", "");
	for (int stage = 0; stage < JUDGED_STAGES; stage++)
		fill_stage(form, stage);
	fill_vetoes(form);
	line(form, "评估结论", form_verdict_zh[c->judgement.verdict], "");
	number_line(form, "数据版本", c->facts.version, "", "");
	line(form, "计算时间", c->computed_at, "UTC");
}
