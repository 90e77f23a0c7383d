/* SPDX-License-Identifier: Apache-2.0 */
/* Table Ⅱ-2: a line a record, that is a school and stage. */
#include "api/form_model.h"
#include "base/auto.h"
#include "base/str.h"
#include "domain/explain.h"

static const struct form_column columns[] = {
	{ "序号", "number", FORM_NUMBER, 6 },    { "学校名称", "school", FORM_TEXT, 26 },
	{ "学校标识码", "code", FORM_TEXT, 13 }, { "办学类型", "kind", FORM_TEXT, 16 },
	{ "举办者", "sponsor", FORM_TEXT, 8 },   { "学段", "stage", FORM_TEXT, 7 },
	{ "学生数", "pupils", FORM_NUMBER, 9 },  { "班数", "classes", FORM_NUMBER, 7 },
	{ "R1", "R1", FORM_NUMBER, 9 },          { "R2", "R2", FORM_NUMBER, 9 },
	{ "R3", "R3", FORM_NUMBER, 9 },          { "R4", "R4", FORM_NUMBER, 9 },
	{ "R5", "R5", FORM_NUMBER, 9 },          { "R6", "R6", FORM_NUMBER, 11 },
	{ "R7", "R7", FORM_NUMBER, 9 },          { "是否达标", "met", FORM_STATUS, 10 },
	{ "备注", "remark", FORM_TEXT, 44 },
};

#define REMARK_BYTES     2048
#define SPONSOR_BUSINESS 9

static const char *sponsor_zh(const struct school *s)
{
	if (school_is_public(s))
		return "公办";
	return s->sponsor == SPONSOR_BUSINESS ? "企业办" : "民办";
}

static void separate(struct buf *out)
{
	if (out->len)
		buf_str(out, ";");
}

/* Whether other stages have pupils on the same site. */
static bool shares_site(const struct merged *m)
{
	int stages = 0;

	for (int s = 0; s < STAGE_COUNT; s++)
		stages += m->report.stages[s].present &&
			  m->report.stages[s].figure[STAGE_students] != 0;
	return stages > 1;
}

static const char *relief_text(const char *name)
{
	for (int i = 0; i < RELIEF_COUNT; i++) {
		if (str_equal(relief_names[i], name))
			return relief_zh[i];
	}
	return name;
}

static void add_reliefs(struct buf *out, const struct record *r)
{
	for (int i = 0; i < INDICATORS; i++) {
		if (!r->values[i].relief)
			continue;
		separate(out);
		buf_printf(out, "%s:%s", indicators[i].code, relief_text(indicators[i].relief));
	}
}

/* A record that meets the standard although some value is only at its floor. */
static void add_floors(struct buf *out, const struct record *r, const struct standard *s)
{
	for (int i = 0; r->status == STATUS_MET && i < INDICATORS; i++) {
		if (r->values[i].status != STATUS_NOT_MET)
			continue;
		separate(out);
		buf_printf(out, "%s 不低于标准的 %d%%", indicators[i].code, s->floor_percent);
	}
}

/* Every figure that some indicator lacks, once. */
static void add_missing(struct buf *out, const struct record *r, const struct merged *m)
{
	bool told[STAGE_COUNT + 1][STAGE_FIELD_COUNT + SITE_FIELD_COUNT] = { { false } };
	bool first = true;

	for (int i = 0; i < INDICATORS; i++) {
		struct figure_ref figures[EXPLAIN_FIGURES_MAX];
		const size_t n = r->values[i].status == STATUS_NO_DATA
					 ? explain_missing(m, r->stage, i, figures)
					 : 0;

		for (size_t k = 0; k < n; k++) {
			const struct figure_ref *f = &figures[k];
			bool *seen = &told[f->stage + 1][f->field];

			if (*seen)
				continue;
			*seen = true;
			if (first)
				separate(out);
			buf_str(out, first ? "缺:" : "、");
			first = false;
			buf_printf(out, "%s%s", f->stage < 0 ? "" : stage_zh[f->stage],
				   f->stage < 0 ? site_fields[f->field].zh
						: stage_fields[f->field].zh);
		}
	}
}

static void fill_remark(struct form *form, const struct record *r, const struct merged *m)
{
	const struct form_county *c = form->county;
	auto_buf struct buf text;

	buf_init(&text, REMARK_BYTES);
	if (shares_site(m))
		buf_str(&text, "与其他学段共用校舍,按加权学生数分摊");
	if (c->index.next[r->school] != MERGE_END) {
		separate(&text);
		buf_str(&text, "含校区");
	}
	add_reliefs(&text, r);
	add_floors(&text, r, c->standard);
	add_missing(&text, r, m);
	form_text(form, text.data);
}

static void fill_values(struct form *form, const struct record *r)
{
	for (int i = 0; i < INDICATORS; i++) {
		if (r->values[i].status == STATUS_NO_DATA)
			form_empty(form);
		else
			form_number(form, r->values[i].rounded, 2);
	}
	form_status(form, r->status);
}

void form_fill_records(struct form *form)
{
	const struct form_county *c = form->county;

	form_begin(form, FORM_RECORDS, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < c->n && form->err == ERR_OK; i++) {
		const struct record *r = &c->records[i];
		const struct school *s = &c->facts.schools[r->school].school;
		struct merged m;

		if (!merged_get(&c->index, &c->facts, r->school, &m))
			continue;
		form_number(form, (int64_t)i + 1, 0);
		form_text(form, s->name);
		form_text(form, s->code);
		form_text(form, kind_find(s->kind)->zh);
		form_text(form, sponsor_zh(s));
		form_text(form, stage_zh[r->stage]);
		form_count(form, r->students);
		form_count(form, m.report.stages[r->stage].figure[STAGE_classes]);
		fill_values(form, r);
		fill_remark(form, r, &m);
	}
}
