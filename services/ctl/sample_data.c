/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample_data.h"

#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/sample_items.h"
#include "ctl/sample_table.h"

static const char *const case_names[SAMPLE_CASE_COUNT] = {
	[SAMPLE_ORDINARY] = "ordinary",
	[SAMPLE_ALL_MET] = "all_met",
	[SAMPLE_PUBLISHED_TABLE] = "published",
	[SAMPLE_R2_CV] = "r2_cv",
	[SAMPLE_WORKED_EXAMPLE] = "worked_example",
	[SAMPLE_MISSING_REPORTS] = "missing_reports",
	[SAMPLE_UNDEFINED] = "undefined",
	[SAMPLE_MISSING_FIGURE] = "missing_figure",
	[SAMPLE_RECOVERING] = "recovering",
	[SAMPLE_ONE_SHORT] = "one_short",
	[SAMPLE_WIDE] = "wide",
};

size_t sample_shape_find(const struct sample_data *d, const char *name)
{
	size_t i = 0;

	while (i < d->n_shapes && !str_equal(d->shapes[i].name, name))
		i++;
	return i;
}

/* Names go into JSON as they are, so what would need an escape is refused. */
static bool take_name(char *dst, size_t size, const char *src)
{
	const size_t len = strlen(src);

	if (len == 0 || len >= size || strpbrk(src, "\"\\") || !str_is_text(src, len))
		return false;
	str_copy(dst, size, src);
	return true;
}

static bool take_digits(char *dst, size_t digits, const char *src)
{
	if (!str_is_digits(src, digits))
		return false;
	str_copy(dst, digits + 1, src);
	return true;
}

static bool take_region(void *into, char *const *field)
{
	struct sample_data *d = into;
	const size_t len = strlen(field[0]);

	if (d->n_regions == SAMPLE_REGIONS || (len != 2 && len != 4 && len != 6))
		return false;

	struct sample_region *r = &d->regions[d->n_regions++];

	return take_digits(r->code, len, field[0]) && take_name(r->name, sizeof(r->name), field[1]);
}

static bool take_shape(void *into, char *const *field)
{
	struct sample_data *d = into;
	const size_t at = sample_shape_find(d, field[0]);
	const int stage = str_equal(field[1], "primary")  ? STAGE_PRIMARY
			  : str_equal(field[1], "junior") ? STAGE_JUNIOR
							  : -1;

	if (at == SAMPLE_SHAPES || stage < 0 || field[2][0] != 'R' || field[2][1] < '1' ||
	    field[2][1] > '0' + SAMPLE_INDICATORS || field[2][2] != '\0')
		return false;

	struct sample_shape *s = &d->shapes[at];
	const int i = field[2][1] - '1';

	if (at == d->n_shapes) {
		if (!take_name(s->name, sizeof(s->name), field[0]))
			return false;
		d->n_shapes++;
	}
	s->known[stage] |= 1U << i;

	struct sample_spread *v = &s->of[stage][i];

	return sample_micro(field[3], &v->mean) && sample_micro(field[4], &v->sd) &&
	       sample_micro(field[5], &v->low);
}

static bool take_case(void *into, char *const *field)
{
	struct sample_data *d = into;
	int what = 0;

	if (d->n_cases == SAMPLE_CASES)
		return false;

	struct sample_special *c = &d->cases[d->n_cases++];

	while (what < SAMPLE_CASE_COUNT && !str_equal(case_names[what], field[1]))
		what++;
	if (what == SAMPLE_CASE_COUNT)
		return false;
	c->what = (enum sample_case)what;
	c->shape = sample_shape_find(d, field[2]);
	return c->shape < d->n_shapes && take_digits(c->county, 6, field[0]);
}

static bool take_target(void *into, char *const *field)
{
	struct sample_data *d = into;
	const size_t len = strlen(field[0]);
	int64_t share = 0;

	if (d->n_targets == SAMPLE_TARGETS || (len != 2 && len != 4 && len != 6))
		return false;

	struct sample_target *t = &d->targets[d->n_targets++];

	return take_digits(t->region, len, field[0]) &&
	       take_name(t->kind, sizeof(t->kind), field[1]) && take_digits(t->year, 4, field[2]) &&
	       sample_micro(field[3], &share) && share <= SAMPLE_MICRO &&
	       take_name(t->share, sizeof(t->share), field[3]);
}

/* The columns of jiujiang.csv after the school's own six. */
static const int stage_columns[] = {
	STAGE_students,          STAGE_teachers,        STAGE_teachers_above_degree,
	STAGE_teachers_backbone, STAGE_teachers_pe_art,
};
static const int site_columns[] = {
	SITE_teaching_area,
	SITE_indoor_sports_area,
	SITE_sports_ground_area,
	SITE_equipment_value,
};

static bool take_figures(struct report *r, char *const *field)
{
	report_init(r);
	for (int s = 0; s < JUDGED_STAGES; s++) {
		struct stage_report *g = &r->stages[s];

		for (size_t i = 0; i < ARRAY_LEN(stage_columns); i++)
			if (!sample_count(*field++, &g->figure[stage_columns[i]]))
				return false;
		g->present = g->figure[STAGE_students] != MISSING;
	}
	for (size_t i = 0; i < ARRAY_LEN(site_columns); i++)
		if (!sample_hundredths(*field++, &r->site[site_columns[i]]))
			return false;
	return sample_count(*field, &r->site[SITE_multimedia_rooms]);
}

static bool take_published(void *into, char *const *field)
{
	struct sample_data *d = into;
	int64_t sponsor = 0;
	int64_t founded = 0;

	if (d->n_published == SAMPLE_PUBLISHED)
		return false;

	struct sample_published *p = &d->published[d->n_published++];
	struct school *s = &p->school;

	if (!take_digits(s->code, 10, field[0]) || !take_name(s->name, sizeof(s->name), field[1]) ||
	    !take_digits(s->kind, 3, field[2]) || !take_digits(s->locale, 3, field[3]) ||
	    !sample_count(field[4], &sponsor) || !sample_count(field[5], &founded) || sponsor < 1 ||
	    sponsor > 10 || founded < 1800 || founded > 2100)
		return false;
	s->sponsor = (int)sponsor;
	s->founded = (int)founded;
	return take_figures(&p->figures, field + 6);
}

static bool take_year(const char *text, int *ret_year)
{
	int64_t year = 0;

	if (!str_is_digits(text, 4) || !sample_count(text, &year))
		return false;
	*ret_year = (int)year;
	return true;
}

/* A number, true or false; nothing when it is left out. */
static bool take_value(const char *text, int64_t *ret_value)
{
	*ret_value = text[0] == '\0' ? MISSING : str_equal(text, "true") ? SAMPLE_MICRO : 0;
	return text[0] == '\0' || str_equal(text, "true") || str_equal(text, "false") ||
	       sample_micro(text, ret_value);
}

static bool take_change(void *into, char *const *field)
{
	struct sample_data *d = into;

	if (d->n_changes == SAMPLE_CHANGES)
		return false;

	struct sample_change *c = &d->changes[d->n_changes++];

	if (!take_digits(c->county, 6, field[0]) || !take_year(field[1], &c->from) ||
	    !take_year(field[2], &c->to) || !sample_count(field[3], &c->school) ||
	    !take_name(c->figure, sizeof(c->figure), field[4]) || !take_value(field[5], &c->value))
		return false;
	if (c->school == MISSING)
		c->school = 0;
	return sample_change_is_known(c);
}

static bool take_recognised(void *into, char *const *field)
{
	struct sample_data *d = into;

	for (size_t i = 0; i < d->n_regions; i++) {
		struct sample_region *r = &d->regions[i];

		if (str_is_digits(field[0], 6) && str_equal(r->code, field[0]))
			return take_digits(r->recognised, 4, field[1]);
	}
	return false;
}

static bool take_standard(void *into, char *const *field)
{
	struct sample_data *d = into;

	if (d->n_standards == SAMPLE_STANDARDS)
		return false;

	struct sample_standard *s = &d->standards[d->n_standards++];

	return take_name(s->id, sizeof(s->id), field[0]) &&
	       take_name(s->file, sizeof(s->file), field[1]);
}

static bool take_bulletin(void *into, char *const *field)
{
	struct sample_data *d = into;
	const size_t len = strlen(field[0]);

	if (d->n_bulletins == SAMPLE_BULLETINS || (len != 2 && len != 4))
		return false;

	struct sample_bulletin *b = &d->bulletins[d->n_bulletins++];

	return take_digits(b->region, len, field[0]) && take_digits(b->period, 4, field[1]) &&
	       take_name(b->title, sizeof(b->title), field[2]);
}

static bool take_plan(void *into, char *const *field)
{
	struct sample_data *d = into;

	if (d->n_plans == SAMPLE_PLAN_ROWS)
		return false;

	struct sample_plan_row *row = &d->plans[d->n_plans++];

	return take_digits(row->county, COUNTY_CODE - 1, field[0]) &&
	       sample_count(field[1], &row->in) && row->in <= 20 &&
	       take_name(row->what, sizeof(row->what), field[2]) &&
	       (!field[3][0] || take_name(row->text, sizeof(row->text), field[3]));
}

static enum err check_shapes(const struct sample_data *d, struct err_info *info)
{
	const unsigned all = (1U << SAMPLE_INDICATORS) - 1;

	for (size_t i = 0; i < d->n_shapes; i++)
		for (int s = 0; s < JUDGED_STAGES; s++)
			if (d->shapes[i].known[s] != all)
				return err_set(info, ERR_INVALID,
					       "样例形状 %s 不完整 / the shape %s is incomplete",
					       d->shapes[i].name, d->shapes[i].name);
	return ERR_OK;
}

enum err sample_data_read(const char *dir, struct sample_data *out, struct err_info *info)
{
	static const struct {
		const char *file;
		const char *header;
		size_t fields;
		sample_row_fn *take;
	} tables[] = {
		{ "regions.csv", "code,name", 2, take_region },
		{ "recognised.csv", "county,year", 2, take_recognised },
		{ "shapes.csv", "shape,stage,indicator,mean,sd,low,source", 7, take_shape },
		{ "cases.csv", "county,case,shape", 3, take_case },
		{ "targets.csv", "region,kind,year,share", 4, take_target },
		{ "jiujiang.csv",
		  "school,name,kind,locale,sponsor,founded,primary.students,primary.teachers,"
		  "primary.teachers_above_degree,primary.teachers_backbone,primary.teachers_pe_art,"
		  "junior.students,junior.teachers,junior.teachers_above_degree,"
		  "junior.teachers_backbone,junior.teachers_pe_art,site.teaching_area,"
		  "site.indoor_sports_area,site.sports_ground_area,site.equipment_value,"
		  "site.multimedia_rooms",
		  21, take_published },
		{ "items.csv", "county,from,to,school,figure,value", 6, take_change },
		{ "standards.csv", "standard,file", 2, take_standard },
		{ "bulletins.csv", "region,period,title", 3, take_bulletin },
		{ "plans.csv", "county,in,what,text", 4, take_plan },
	};

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		const enum err e = sample_table_read(dir, tables[i].file, tables[i].header,
						     tables[i].fields, tables[i].take, out, info);

		if (e)
			return e;
	}
	return check_shapes(out, info);
}
