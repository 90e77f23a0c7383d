/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample_items.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/sample_figures.h"

/* Purpose of the sequence of a county's code and year, see sample_plan.c. */
enum { SEED_ITEMS = 30016 };

enum sort {
	WHOLE,
	THOUSANDTHS,
	LEVEL, /* 3 is III */
	FLAG
};

/* What a figure is made from: low … high of the row are whole numbers (or thousandths) alone,
 * and else per mille of this. */
enum basis {
	ALONE,
	FIRST,  /* the item's first figure */
	BEFORE, /* the figure before */
	SCHOOLS,
	PUPILS,
	JUNIOR, /* pupils of that stage */
	TEACHERS,
	MIGRANTS, /* migrants' children: all, in public schools, in private ones */
	MIGRANTS_PUBLIC,
	MIGRANTS_PRIVATE,
	BASIS_COUNT
};

/* The figures of one item stand together, and of one group of answers or one subject in it. */
static const struct figure {
	const char *item;
	const char *group;
	const char *name;
	enum sort sort;
	enum basis basis;
	int low;
	int high;
	int from; /* first year that its standard judges; 0: all */
} figures[] = {
	/* clang-format off */
	{ "G1",  NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "G2",  NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "G6",  NULL, "base_per_pupil", WHOLE, ALONE,           720,    800, 0 },
	{ "G7",  NULL, "value",          WHOLE, ALONE,          8000,   9800, 0 },
	{ "G8",  NULL, "civil_servant",  WHOLE, ALONE,         88000, 118000, 0 },
	{ "G8",  NULL, "teacher",        WHOLE, FIRST,          1001,   1045, 0 },
	{ "G10", NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "G11", NULL, "eligible",       WHOLE, TEACHERS,        400,    550, 0 },
	{ "G11", NULL, "moved",          WHOLE, FIRST,           120,    165, 0 },
	{ "G11", NULL, "backbone_moved", WHOLE, BEFORE,          260,    350, 0 },
	{ "G14", NULL, "plan",           WHOLE, JUNIOR,          120,    160, 0 },
	{ "G14", NULL, "allocated",      WHOLE, FIRST,           550,    800, 0 },
	{ "G14", NULL, "rural_tilt",     FLAG,  ALONE,             1,      1, 0 },
	{ "G15", NULL, "eligible",       WHOLE, MIGRANTS,       1010,   1060, 0 },
	{ "G15", NULL, "public",         WHOLE, MIGRANTS_PUBLIC, 1000,  1000, 0 },
	{ "G15", NULL, "purchased",      WHOLE, MIGRANTS_PRIVATE, 700,  1000, 0 },
	{ "G15", NULL, "care",           FLAG,  ALONE,             1,      1, 0 },
	{ "Q1",  NULL, "intake",         WHOLE, JUNIOR,          325,    345, 0 },
	{ "Q1",  NULL, "graduating",     WHOLE, FIRST,           970,    985, 0 },
	{ "Q1",  NULL, "moved_in",       WHOLE, FIRST,             2,     12, 0 },
	{ "Q1",  NULL, "moved_out",      WHOLE, FIRST,             8,     12, 0 },
	{ "Q1",  NULL, "deaths",         WHOLE, FIRST,             0,      1, 0 },
	{ "Q2",  NULL, "children",       WHOLE, PUPILS,            4,      8, 0 },
	{ "Q2",  NULL, "enrolled",       WHOLE, FIRST,           985,   1000, 0 },
	{ "Q3",  NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "Q5",  NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "Q6",  NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "Q7",  NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "Q8",  NULL, "confirmed",      FLAG,  ALONE,             1,      1, 0 },
	{ "Q9",  "1",  "level",          LEVEL, ALONE,             3,      4, 0 },
	{ "Q9",  "1",  "difference",     THOUSANDTHS, ALONE,      60,    144, 0 },
	{ "Q9",  "2",  "level",          LEVEL, ALONE,             3,      4, 0 },
	{ "Q9",  "2",  "difference",     THOUSANDTHS, ALONE,      60,    144, 0 },
	{ "S1",  "students", "valid",     WHOLE, ALONE,          400,    900, 0 },
	{ "S1",  "students", "satisfied", WHOLE, BEFORE,         880,    970, 0 },
	{ "S1",  "parents",  "valid",     WHOLE, ALONE,          800,   1600, 0 },
	{ "S1",  "parents",  "satisfied", WHOLE, BEFORE,         870,    960, 0 },
	{ "S1",  "teachers", "valid",     WHOLE, ALONE,          150,    400, 0 },
	{ "S1",  "teachers", "satisfied", WHOLE, BEFORE,         900,    980, 0 },
	{ "S1",  "heads",    "valid",     WHOLE, ALONE,           20,     60, 0 },
	{ "S1",  "heads",    "satisfied", WHOLE, BEFORE,         920,   1000, 0 },
	{ "S1",  "deputies", "valid",     WHOLE, ALONE,           30,     80, 0 },
	{ "S1",  "deputies", "satisfied", WHOLE, BEFORE,         880,    980, 0 },
	{ "S1",  "others",   "valid",     WHOLE, ALONE,           60,    200, 0 },
	{ "S1",  "others",   "satisfied", WHOLE, BEFORE,         860,    960, 0 },
	{ "V1",  NULL, "confirmed",      FLAG,  ALONE,             0,      0, 0 },
	{ "V2",  NULL, "confirmed",      FLAG,  ALONE,             0,      0, 0 },
	{ "V3",  NULL, "confirmed",      FLAG,  ALONE,             0,      0, 0 },
	{ "V4",  NULL, "confirmed",      FLAG,  ALONE,             0,      0, 0 },
	{ "V5",  NULL, "confirmed",      FLAG,  ALONE,             0,      0, 0 },
	{ "V6",  NULL, "confirmed",      FLAG,  ALONE,             0,      0, 0 },
	{ "V7",  NULL, "confirmed",      FLAG,  ALONE,             0,      0, 0 },
	{ "AH2", NULL, "schools",        WHOLE, SCHOOLS,        1000,   1000, SAMPLE_OVERLAY },
	{ "AH2", NULL, "standardised",   WHOLE, FIRST,          1000,   1000, SAMPLE_OVERLAY },
	/* clang-format on */
};

#define FIGURES ARRAY_LEN(figures)

/* One county and year. Values are millionths, whatever the sort; MISSING is left out. */
struct making {
	const struct sample_county *county;
	int year;
	int64_t of[BASIS_COUNT]; /* what the schools add up to */
	int64_t value[FIGURES];
};

/* --- the figures ------------------------------------------------------------------------- */

static void add_school(struct making *m, const struct school *s, const struct report *r)
{
	m->of[SCHOOLS] += !s->parent[0];
	for (int g = 0; g < JUDGED_STAGES; g++) {
		const int64_t *f = r->stages[g].figure;

		if (!r->stages[g].present)
			continue;
		m->of[PUPILS] += f[STAGE_students];
		m->of[JUNIOR] += g == STAGE_JUNIOR ? f[STAGE_students] : 0;
		m->of[TEACHERS] += f[STAGE_teachers];
		m->of[MIGRANTS] += f[STAGE_migrant_students];
		m->of[school_is_public(s) ? MIGRANTS_PUBLIC : MIGRANTS_PRIVATE] +=
			f[STAGE_migrant_students];
	}
}

static void add_schools(struct making *m)
{
	const struct sample_county *c = m->county;
	struct report r;

	for (size_t i = 0; i < c->n; i++) {
		if (c->schools[i].school.kind[0] != '5' && sample_report_make(c, i, m->year, &r))
			add_school(m, &c->schools[i].school, &r);
	}
}

static int64_t unit_of(enum sort sort)
{
	return sort == THOUSANDTHS ? SAMPLE_MICRO / 1000 : SAMPLE_MICRO;
}

/* Rounded half up, and at least 1 unless the row says none: the smallest county has a teacher who
 * moved as well. */
static int64_t part(int64_t of, int64_t per_mille)
{
	const int64_t n = (of * per_mille + 500) / 1000;

	return n == 0 && per_mille > 1 && of > 0 ? 1 : n;
}

static void make_values(struct making *m)
{
	struct sample_random r;
	size_t first = 0;

	sample_random_init(&r, m->county->region->code, (unsigned)m->year + SEED_ITEMS);
	for (size_t i = 0; i < FIGURES; i++) {
		const struct figure *f = &figures[i];
		const int64_t drawn = sample_random_in(&r, f->low, f->high);

		if (!str_equal(f->item, figures[first].item))
			first = i;
		if (f->from > m->year) {
			m->value[i] = MISSING;
			continue;
		}
		m->of[FIRST] = m->value[first] / SAMPLE_MICRO;
		m->of[BEFORE] = i ? m->value[i - 1] / SAMPLE_MICRO : 0;
		m->value[i] = (f->basis == ALONE ? drawn : part(m->of[f->basis], drawn)) *
			      unit_of(f->sort);
	}
}

/* --- items.csv --------------------------------------------------------------------------- */

/* The figure is "G11.moved" or "S1.parents.valid"; parts of it name several. */
static bool is_named(const struct figure *f, const char *name, bool parts)
{
	char whole[SAMPLE_FIGURE];
	const size_t len = strlen(name);
	const int n = snprintf(whole, sizeof(whole), "%s.%s%s%s", f->item, f->group ? f->group : "",
			       f->group ? "." : "", f->name);

	if (n < 0 || (size_t)n >= sizeof(whole) || strncmp(whole, name, len) != 0)
		return false;
	return whole[len] == '\0' || (parts && whole[len] == '.');
}

static bool is_for(const struct sample_change *change, const struct sample_county *c, int year,
		   int64_t school)
{
	return change->school == school && year >= change->from && year <= change->to &&
	       str_equal(change->county, c->region->code);
}

static void change_values(struct making *m, const struct sample_data *d)
{
	for (size_t i = 0; i < d->n_changes; i++) {
		const struct sample_change *change = &d->changes[i];

		if (!is_for(change, m->county, m->year, 0))
			continue;
		for (size_t f = 0; f < FIGURES; f++)
			if (is_named(&figures[f], change->figure, change->value == MISSING))
				m->value[f] = change->value;
	}
}

/* What follows "group." in a name; NULL when it is of another group. */
static const char *in_group(const char *name, const char *group)
{
	const size_t len = strlen(group);

	return str_starts(name, group) && name[len] == '.' ? name + len + 1 : NULL;
}

static int64_t *find_stage_figure(struct report *r, const char *name)
{
	for (int s = 0; s < STAGE_COUNT; s++) {
		const char *field = in_group(name, stage_names[s]);

		for (int i = 0; field && i < STAGE_FIELD_COUNT; i++)
			if (str_equal(stage_fields[i].name, field))
				return &r->stages[s].figure[i];
	}
	return NULL;
}

static int64_t *find_site_figure(struct report *r, const char *name, int64_t *ret_unit)
{
	const char *field = in_group(name, "site");

	for (int i = 0; field && i < SITE_FIELD_COUNT; i++) {
		if (!str_equal(site_fields[i].name, field))
			continue;
		if (site_fields[i].unit != UNIT_COUNT)
			*ret_unit = SAMPLE_MICRO / 100;
		return &r->site[i];
	}
	field = in_group(name, "declared");
	for (int i = 0; field && i < r->declared_n; i++) {
		*ret_unit = SAMPLE_MICRO / 100;
		if (str_equal(r->declared[i].name, field))
			return &r->declared[i].value;
	}
	return NULL;
}

/* A school's figure: "primary.largest_class", "site.training_budget", "declared.fitness_passed".
 * NULL: none. *ret_unit: what 1 of it is, millionths. */
static int64_t *find_figure(struct report *r, const char *name, int64_t *ret_unit)
{
	int64_t *figure = find_stage_figure(r, name);

	*ret_unit = SAMPLE_MICRO;
	return figure ? figure : find_site_figure(r, name, ret_unit);
}

void sample_items_change(const struct sample_data *d, const struct sample_county *c, size_t at,
			 int year, struct report *report)
{
	for (size_t i = 0; i < d->n_changes; i++) {
		const struct sample_change *change = &d->changes[i];
		int64_t unit;
		int64_t *figure;

		if (!is_for(change, c, year, (int64_t)at + 1))
			continue;
		figure = find_figure(report, change->figure, &unit);
		if (figure)
			*figure = change->value == MISSING ? MISSING : change->value / unit;
	}
}

bool sample_change_is_known(const struct sample_change *change)
{
	struct report r;
	int64_t unit;

	report_init(&r);
	sample_declare(&r, 0, 0);
	if (change->school)
		return find_figure(&r, change->figure, &unit) != NULL;
	for (size_t f = 0; f < FIGURES; f++) {
		if (is_named(&figures[f], change->figure, change->value == MISSING))
			return true;
	}
	return false;
}

/* --- writing ----------------------------------------------------------------------------- */

static void write_value(struct sample_json *w, const struct figure *f, int64_t micro)
{
	static const char *const levels[] = { "?", "I", "II", "III", "IV", "V", "VI" };
	const size_t whole = (size_t)(micro / SAMPLE_MICRO);

	if (f->sort == FLAG)
		sample_flag(w, f->name, micro != 0);
	else if (f->sort == LEVEL)
		sample_text(w, f->name, levels[whole < ARRAY_LEN(levels) ? whole : 0]);
	else
		sample_number(w, f->name, micro, 6);
}

/* Which subjects are looked at goes round in three years; two of them. */
static const char *subject_of(int year, const char *group)
{
	static const char *const subjects[][2] = {
		{ "科学", "德育" },
		{ "数学", "体育与健康" },
		{ "语文", "艺术" },
	};

	return subjects[(size_t)(year - SAMPLE_FIRST) % ARRAY_LEN(subjects)][group[0] == '2'];
}

/* figures[from … to) of a group of answers or of a subject. */
static void write_group(struct sample_json *w, const struct making *m, size_t from, size_t to)
{
	const bool subjects = str_equal(figures[from].item, "Q9");

	sample_open(w, subjects ? NULL : figures[from].group, '{');
	if (subjects)
		sample_text(w, "subject", subject_of(m->year, figures[from].group));
	for (size_t i = from; i < to; i++)
		write_value(w, &figures[i], m->value[i]);
	sample_close(w, '}');
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && str_equal(a, b));
}

/* The first figure after from that is not of its item, or (with group) not of its group. */
static size_t end_of(size_t from, bool group)
{
	size_t i = from + 1;

	while (i < FIGURES && str_equal(figures[i].item, figures[from].item) &&
	       (!group || is_same(figures[i].group, figures[from].group)))
		i++;
	return i;
}

static bool is_left_out(const struct making *m, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (m->value[i] != MISSING)
			return false;
	}
	return true;
}

static void write_groups(struct sample_json *w, const struct making *m, size_t from, size_t to)
{
	const bool subjects = str_equal(figures[from].item, "Q9");

	sample_open(w, subjects ? "subjects" : "groups", subjects ? '[' : '{');
	for (size_t i = from, end; i < to; i = end) {
		end = end_of(i, true);
		if (!is_left_out(m, i, end))
			write_group(w, m, i, end);
	}
	sample_close(w, subjects ? ']' : '}');
}

static void write_item(struct sample_json *w, const struct making *m, size_t from, size_t to)
{
	char evidence[64];
	bool shown = false;

	sample_open(w, figures[from].item, '{');
	if (figures[from].group)
		write_groups(w, m, from, to);
	for (size_t i = from; i < to && !figures[from].group; i++) {
		if (m->value[i] == MISSING)
			continue;
		write_value(w, &figures[i], m->value[i]);
		shown |= figures[i].sort == FLAG && m->value[i] != 0;
	}
	/* What is said to be so must be shown. */
	if (shown && snprintf(evidence, sizeof(evidence), "样例材料 %s (虚构 / made up)",
			      figures[from].item) > 0)
		sample_text(w, "evidence", evidence);
	sample_close(w, '}');
}

void sample_items_write(struct sample_json *w, const struct sample_data *d,
			const struct sample_county *c, int year)
{
	struct making m = { .county = c, .year = year };

	add_schools(&m);
	make_values(&m);
	change_values(&m, d);
	sample_open(w, "items", '{');
	for (size_t i = 0, end; i < FIGURES; i = end) {
		end = end_of(i, false);
		if (!is_left_out(&m, i, end))
			write_item(w, &m, i, end);
	}
	sample_close(w, '}');
}
