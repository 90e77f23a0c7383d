/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

/* Purposes of the sequences of one code; the figures use those from 16 on. */
enum { SEED_COUNTY = 1, SEED_SCHOOL = 2 };

void sample_random_init(struct sample_random *r, const char *code, unsigned purpose)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (const char *p = code; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	r->state = (h ^ purpose) * UINT64_C(1099511628211);
}

static uint64_t random_next(struct sample_random *r)
{
	uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int64_t sample_random_in(struct sample_random *r, int64_t low, int64_t high)
{
	return low + (int64_t)(random_next(r) % (uint64_t)(high - low + 1));
}

int64_t sample_random_normal(struct sample_random *r)
{
	int64_t sum = 0;

	for (int i = 0; i < 12; i++)
		sum += sample_random_in(r, 0, 1000);
	return sum - 6000;
}

/* Pupils of a kind by locale: city, town, village. The range of each stage. */
struct size {
	const char *kind;
	struct {
		int low;
		int high;
	} of[3][STAGE_COUNT];
};

/* clang-format off */
static const struct size sizes[] = {
	{ "211", { { {500, 1900}, {0, 0},      {0, 0} },
		   { {250, 1100}, {0, 0},      {0, 0} },
		   { { 90,  420}, {0, 0},      {0, 0} } } },
	{ "218", { { { 60,  120}, {0, 0},      {0, 0} },
		   { { 35,  120}, {0, 0},      {0, 0} },
		   { { 18,  110}, {0, 0},      {0, 0} } } },
	{ "311", { { {0, 0},      {600, 1700}, {0, 0} },
		   { {0, 0},      {350, 1100}, {0, 0} },
		   { {0, 0},      {180,  500}, {0, 0} } } },
	{ "312", { { {400,  950}, {250,  650}, {0, 0} },
		   { {250,  800}, {150,  500}, {0, 0} },
		   { {120,  400}, { 90,  300}, {0, 0} } } },
	{ "341", { { {0, 0},      {400,  950}, {600, 1600} },
		   { {0, 0},      {300,  800}, {500, 1400} },
		   { {0, 0},      {250,  600}, {400, 1000} } } },
	{ "345", { { {350,  700}, {200,  550}, {200,  600} },
		   { {300,  650}, {200,  500}, {200,  500} },
		   { {250,  500}, {150,  400}, {150,  400} } } },
	{ "514", { { { 45,   90}, { 15,   45}, {0, 0} },
		   { { 40,   80}, { 15,   40}, {0, 0} },
		   { { 40,   80}, { 15,   40}, {0, 0} } } },
};
/* clang-format on */

static int locale_class(const char *locale)
{
	return locale[0] == '2' ? 2 : locale[1] - '1';
}

static const char *pick_locale(struct sample_random *r, const char *county_name)
{
	static const char *const code[3][3] = { { "111", "111", "112" },
						{ "121", "122", "123" },
						{ "210", "220", "220" } };
	const size_t len = strlen(county_name);
	/* 区 and 县 end in known bytes; a 县级市 is between the two. */
	const bool district = len >= 3 && str_equal(county_name + len - 3, "区");
	const bool rural = len >= 3 && str_equal(county_name + len - 3, "县");
	const int city = district ? 60 : rural ? 25 : 35;
	const int town = district ? 25 : rural ? 40 : 35;
	const int64_t x = sample_random_in(r, 0, 99);
	const int class = x < city ? 0 : x < city + town ? 1 : 2;

	return code[class][sample_random_in(r, 0, 2)];
}

static const char *kind_word(const char *kind)
{
	static const struct {
		const char *kind;
		const char *word;
	} words[] = {
		{ "211", "小学" },       { "218", "教学点" },   { "311", "初级中学" },
		{ "312", "九年制学校" }, { "341", "完全中学" }, { "345", "十二年制学校" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_equal(words[i].kind, kind))
			return words[i].word;
	return "特殊教育学校";
}

/* 甲, 乙, 丙 … stand for nobody's town: the name says that the school is made up. */
static void name_school(struct school *s, const struct sample_county *c, int nth)
{
	static const char *const stems[] = { "甲", "乙", "丙", "丁", "戊",
					     "己", "庚", "辛", "壬", "癸" };
	static const char *const places[] = { "街道", "镇", "乡" };
	int len = 0;

	if (s->kind[0] == '5')
		len = snprintf(s->name, sizeof(s->name), "%s样例特殊教育学校", c->region->name);
	else
		len = snprintf(s->name, sizeof(s->name), "%s%s%s%s第%d%s", c->region->name,
			       stems[(size_t)(nth - 1) % ARRAY_LEN(stems)],
			       places[locale_class(s->locale)], s->sponsor == 10 ? "民办" : "", nth,
			       kind_word(s->kind));
	if (len < 0 || (size_t)len >= sizeof(s->name))
		str_trim_utf8(s->name);
}

static void pick_students(struct sample_school *out, struct sample_random *r)
{
	const int class = locale_class(out->school.locale);

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		if (!str_equal(sizes[i].kind, out->school.kind))
			continue;
		for (int s = 0; s < STAGE_COUNT; s++)
			out->students[s] = sample_random_in(r, sizes[i].of[class][s].low,
							    sizes[i].of[class][s].high);
	}
}

/* The serial is the county's place in the list and the school's in the county,
 * so that a change in one county leaves every other code as it was. */
static void code_school(struct school *s, const char *kind, size_t county_index, size_t in_county)
{
	const int len = snprintf(s->code, sizeof(s->code), "%.2s34%06u", kind,
				 (unsigned)(county_index * 100 + in_county) % 1000000);

	if (len != SCHOOL_CODE - 1)
		s->code[0] = '\0';
}

static struct sample_school *add_school(struct sample_county *c, const char *kind,
					size_t county_index)
{
	if (c->n == SAMPLE_SCHOOLS)
		return NULL;

	struct sample_school *out = &c->schools[c->n++];
	struct school *s = &out->school;
	struct sample_random r;
	int nth = 1;

	for (size_t i = 0; i + 1 < c->n; i++)
		nth += str_equal(c->schools[i].school.kind, kind);
	memset(out, 0, sizeof(*out));
	str_copy(s->kind, sizeof(s->kind), kind);
	str_copy(s->county, sizeof(s->county), c->region->code);
	code_school(s, kind, county_index, c->n);
	sample_random_init(&r, s->code, SEED_SCHOOL);
	str_copy(s->locale, sizeof(s->locale), pick_locale(&r, c->region->name));
	s->sponsor = (int)sample_random_in(&r, 3, 5);
	if (str_equal(kind, "345") || (kind[0] != '5' && sample_random_in(&r, 0, 99) < 5))
		s->sponsor = 10;
	s->founded = (int)sample_random_in(&r, 1951, 2020);
	s->boarding = s->locale[0] != '1' ||
		      (s->locale[1] != '1' && kind[0] == '3' && sample_random_in(&r, 0, 1));
	s->boarding = s->boarding && kind[0] == '3';
	s->dense_centre =
		s->locale[0] == '1' && s->locale[1] == '1' && sample_random_in(&r, 0, 9) == 0;
	pick_students(out, &r);
	for (int g = 0; g < JUDGED_STAGES; g++)
		for (int i = 0; i < SAMPLE_INDICATORS; i++)
			out->z[g][i] = sample_random_normal(&r);
	name_school(s, c, nth);
	return out;
}

static void add_many(struct sample_county *c, const char *kind, int64_t n, size_t county_index)
{
	for (int64_t i = 0; i < n; i++)
		add_school(c, kind, county_index);
}

/* A campus of the county's i-th school, with a site and a report of its own. */
static void add_campus(struct sample_county *c, size_t i, size_t county_index)
{
	static const char suffix[] = "东校区";
	struct sample_school *out = add_school(c, "211", county_index);

	if (!out)
		return;

	const struct sample_school *parent = &c->schools[i];
	struct school *s = &out->school;

	str_copy(s->parent, sizeof(s->parent), parent->school.code);
	str_copy(s->locale, sizeof(s->locale), parent->school.locale);
	s->sponsor = parent->school.sponsor;
	out->students[STAGE_PRIMARY] = 80 + out->students[STAGE_PRIMARY] % 220;

	const int len =
		snprintf(s->name, sizeof(s->name), "%.*s%s",
			 (int)(sizeof(s->name) - sizeof(suffix)), parent->school.name, suffix);

	if (len < 0)
		s->name[0] = '\0';
}

/* Eight to forty schools, most often about twenty, with a few of each kind. */
static void plan_ordinary(struct sample_county *c, size_t county_index, bool first_of_prefecture)
{
	struct sample_random r;

	sample_random_init(&r, c->region->code, SEED_COUNTY);

	const int64_t a = sample_random_in(&r, 0, 30);
	const int64_t b = sample_random_in(&r, 0, 30);
	const int64_t n = 10 + (a < b ? a : b);
	const int64_t middle = n * 18 / 100 < 2 ? 2 : n * 18 / 100;
	const int64_t nine = n / 10 < 1 ? 1 : n / 10;
	const int64_t points = n * 12 / 100;
	const int64_t senior = n >= 13;
	const int64_t twelve = n >= 22;
	const int64_t campuses = (n >= 11) + (n >= 26);

	add_many(c, "211", n - middle - nine - points - senior - twelve - campuses, county_index);
	add_many(c, "218", points, county_index);
	add_many(c, "311", middle, county_index);
	add_many(c, "312", nine, county_index);
	add_many(c, "341", senior, county_index);
	add_many(c, "345", twelve, county_index);
	if (first_of_prefecture)
		add_many(c, "514", 1, county_index);
	if (c->what == SAMPLE_ORDINARY && sample_random_in(&r, 0, 7) == 0) {
		struct sample_school *closed = add_school(c, "218", county_index);

		if (closed)
			closed->school.closed = true;
	}
	for (int64_t i = 0; i < campuses; i++)
		add_campus(c, (size_t)(1 + i), county_index);
}

/* The five schools of the method's worked example, and three small junior schools. */
static void plan_worked_example(struct sample_county *c, size_t county_index)
{
	static const int primary[] = { 45, 37, 89, 76, 55 };
	static const int junior[] = { 61, 84, 57 };

	add_many(c, "211", (int64_t)ARRAY_LEN(primary), county_index);
	add_many(c, "311", (int64_t)ARRAY_LEN(junior), county_index);
	for (size_t i = 0; i < ARRAY_LEN(primary); i++)
		c->schools[i].students[STAGE_PRIMARY] = primary[i];
	for (size_t i = 0; i < ARRAY_LEN(junior); i++)
		c->schools[ARRAY_LEN(primary) + i].students[STAGE_JUNIOR] = junior[i];
}

static void plan_published(struct sample_county *c, const struct sample_data *d)
{
	for (size_t i = 0; i < d->n_published && c->n < SAMPLE_SCHOOLS; i++) {
		struct sample_school *out = &c->schools[c->n++];

		memset(out, 0, sizeof(*out));
		out->published = &d->published[i];
		out->school = d->published[i].school;
		str_copy(out->school.county, sizeof(out->school.county), c->region->code);
		for (int s = 0; s < JUDGED_STAGES; s++)
			if (out->published->figures.stages[s].present)
				out->students[s] =
					out->published->figures.stages[s].figure[STAGE_students];
	}
}

/* A quarter of the counties steady, half of them fair, the rest wider apart. */
static const char *pick_shape(struct sample_random *r)
{
	const int64_t x = sample_random_in(r, 0, 99);

	return x < 26   ? "steady"
	       : x < 70 ? "fair"
	       : x < 82 ? "narrow"
	       : x < 92 ? "jiujiang"
			: "broad";
}

static void plan_nature(struct sample_county *c, const struct sample_data *d)
{
	struct sample_random r;
	size_t shape = 0;

	sample_random_init(&r, c->region->code, SEED_COUNTY + 16);
	shape = sample_shape_find(d, pick_shape(&r));
	c->what = SAMPLE_ORDINARY;
	for (size_t i = 0; i < d->n_cases; i++) {
		if (!str_equal(d->cases[i].county, c->region->code))
			continue;
		c->what = d->cases[i].what;
		shape = d->cases[i].shape;
	}
	c->shape = &d->shapes[shape < d->n_shapes ? shape : 0];
	/* Most counties improve by some per cent in two years; a fifth falls behind. */
	c->drift = (int)(sample_random_in(&r, 0, 4) ? sample_random_in(&r, 10, 40)
						    : -sample_random_in(&r, 10, 30));
	c->growth = (int)sample_random_in(&r, -25, 15);
}

void sample_county_plan(const struct sample_data *d, size_t at, struct sample_county *out)
{
	size_t county_index = 0;
	bool first = true;

	for (size_t i = 0; i < at; i++) {
		if (strlen(d->regions[i].code) != COUNTY_CODE - 1)
			continue;
		county_index++;
		if (strncmp(d->regions[i].code, d->regions[at].code, 4) == 0)
			first = false;
	}
	out->region = &d->regions[at];
	out->n = 0;
	plan_nature(out, d);
	if (out->what == SAMPLE_PUBLISHED_TABLE)
		plan_published(out, d);
	else if (out->what == SAMPLE_WORKED_EXAMPLE)
		plan_worked_example(out, county_index);
	else
		plan_ordinary(out, county_index, first);
}
