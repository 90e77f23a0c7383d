/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample_figures.h"

#include <string.h>

#include "base/auto.h"
#include "base/str.h"

/* Purposes of the sequences of one school code: year + SEED_…, see sample_plan.c. */
enum { SEED_VALUES = 16, SEED_DETAILS = 10016, SEED_DECLARED = 20016 };

enum { R1, R2, R3, R4, R5, R6, R7 };

/* Thresholds that the special cases lie beside (national method of 2017), micro. */
#define R4_PRIMARY INT64_C(4500000)
#define R5_JUNIOR  INT64_C(10200000)

/* Everything about one report that its figures are made from. */
struct making {
	const struct sample_county *county;
	const struct sample_school *school;
	size_t at; /* index of the school */
	int year;
	int64_t students[STAGE_COUNT];
	int64_t value[JUDGED_STAGES][SAMPLE_INDICATORS]; /* aimed at, micro */
	int64_t low[JUDGED_STAGES][SAMPLE_INDICATORS];
};

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t ceil_div(int64_t a, int64_t b)
{
	return (a + b - 1) / b;
}

/* A school's value: its standing z within a mean and a spread that drift towards
 * those of the shape, which are of the last year. */
static int64_t draw(const struct making *m, const struct sample_spread *s, int64_t z,
		    struct sample_random *r)
{
	const int64_t years = SAMPLE_LAST - m->year;
	const int64_t mean = s->mean / 1000 * (1000 - years * m->county->drift);
	const int64_t sd = s->sd / 1000 * (1000 + years * m->county->drift / 2);
	const int64_t noisy = z + sample_random_normal(r) / 8;

	return min64(max64(mean + sd * noisy / 1000, s->low), mean + sd * 5 / 2);
}

/* Three schools of four at the threshold and the fourth far above, further every
 * year: the only thing wrong in this county is the difference between schools. */
static void make_r2_uneven(struct making *m)
{
	static const int64_t high[] = { 1900000, 2200000, 3100000 };
	const bool rich = m->at % 4 == 1;

	m->value[STAGE_PRIMARY][R2] = rich ? high[m->year - SAMPLE_FIRST] : 1080000;
	m->low[STAGE_PRIMARY][R2] = 1000000;
}

static void make_special(struct making *m)
{
	const struct school *s = &m->school->school;

	if (m->county->what == SAMPLE_R2_CV && m->students[STAGE_PRIMARY]) {
		make_r2_uneven(m);
	} else if (m->county->what == SAMPLE_ONE_SHORT && m->at == 0 && m->year == SAMPLE_LAST) {
		m->value[STAGE_PRIMARY][R4] = R4_PRIMARY * 80 / 100; /* below the 85 % */
		m->low[STAGE_PRIMARY][R4] = 0;
	} else if (m->county->what == SAMPLE_RECOVERING && m->year < SAMPLE_LAST &&
		   str_equal(s->kind, "311")) {
		m->value[STAGE_JUNIOR][R5] = R5_JUNIOR * (m->year == SAMPLE_FIRST ? 65 : 75) / 100;
		m->low[STAGE_JUNIOR][R5] = 0;
	} else if (m->county->what == SAMPLE_UNDEFINED) {
		m->value[STAGE_JUNIOR][R2] = 0;
		m->low[STAGE_JUNIOR][R2] = 0;
	}
}

static void make_values(struct making *m)
{
	struct sample_random r;

	sample_random_init(&r, m->school->school.code, (unsigned)m->year + SEED_VALUES);
	for (int s = 0; s < STAGE_COUNT; s++)
		m->students[s] = m->school->students[s] *
				 (1000 - (SAMPLE_LAST - m->year) * m->county->growth) / 1000;
	if (m->county->what == SAMPLE_WORKED_EXAMPLE)
		memcpy(m->students, m->school->students, sizeof(m->students));
	for (int s = 0; s < JUDGED_STAGES; s++)
		for (int i = 0; i < SAMPLE_INDICATORS; i++) {
			m->value[s][i] =
				draw(m, &m->county->shape->of[s][i], m->school->z[s][i], &r);
			m->low[s][i] = m->county->shape->of[s][i].low;
		}
	make_special(m);
}

/* Persons among P pupils for a value per hundred, not below the school's low. */
static int64_t persons(const struct making *m, int stage, int i)
{
	const int64_t unit = INT64_C(100) * SAMPLE_MICRO;
	const int64_t pupils = m->students[stage];
	const int64_t n = (m->value[stage][i] * pupils + unit / 2) / unit;

	return max64(n, ceil_div(m->low[stage][i] * pupils, unit));
}

static void make_teachers(const struct making *m, int stage, struct sample_random *r,
			  int64_t *figure)
{
	const bool rural = m->school->school.locale[0] == '2';
	const int64_t above = persons(m, stage, R1);
	const int64_t backbone = persons(m, stage, R2);
	const int64_t pe_art = persons(m, stage, R3);
	const int64_t all = max64(
		above + sample_random_in(r, 0, 4),
		max64(ceil_div(m->students[stage], stage ? 14 : 19), max64(backbone, pe_art)));

	figure[STAGE_teachers] = all;
	figure[STAGE_teachers_above_degree] = above;
	figure[STAGE_teachers_backbone] = backbone;
	figure[STAGE_teachers_pe_art] = pe_art;
	figure[STAGE_teachers_pe_art_visiting] =
		rural && figure[STAGE_students] < 100 ? sample_random_in(r, 0, 1) : 0;
}

static void make_stage(const struct making *m, int stage, struct sample_random *r,
		       struct stage_report *out)
{
	const struct school *s = &m->school->school;
	const int64_t pupils = m->students[stage];
	const int64_t limit = stage == STAGE_PRIMARY ? 45 : 50; /* a class, for G5 */
	const bool city = s->locale[0] == '1';
	int64_t *f = out->figure;

	out->present = pupils > 0;
	f[STAGE_students] = pupils;
	if (!out->present || stage == STAGE_SENIOR)
		return;

	const int64_t grades = stage == STAGE_PRIMARY ? 6 : 3;
	const int64_t classes = max64(ceil_div(pupils, limit - sample_random_in(r, 1, 6)),
				      min64(grades, ceil_div(pupils, 12)));
	const int64_t largest =
		min64(min64(pupils, limit), ceil_div(pupils, classes) + sample_random_in(r, 0, 3));

	f[STAGE_classes] = classes;
	f[STAGE_largest_class] = largest;
	f[STAGE_oversized_classes] = 0;
	f[STAGE_teachers_pe_art_visiting] = 0;
	if (!m->school->published)
		make_teachers(m, stage, r, f);
	f[STAGE_teachers_certified] = f[STAGE_teachers];
	f[STAGE_teachers_trained] = f[STAGE_teachers];

	const int64_t far = sample_random_in(r, 0, 24); /* per mille of the junior pupils */

	f[STAGE_zone_students] = s->sponsor == 10 ? 0 : pupils * (1000 - (stage ? far : 0)) / 1000;
	f[STAGE_migrant_students] = city ? pupils * sample_random_in(r, 2, 18) / 100 : 0;
}

/* Weights of the stages that share a site, in hundredths (domain: 1 : 1.1 : 1.32,
 * and 1 : 1.2 where there is no primary). */
static void site_weights(const int64_t students[STAGE_COUNT], int64_t ret_weight[STAGE_COUNT])
{
	const bool primary = students[STAGE_PRIMARY] > 0;

	ret_weight[STAGE_PRIMARY] = 100;
	ret_weight[STAGE_JUNIOR] = primary ? 110 : 100;
	ret_weight[STAGE_SENIOR] = primary ? 132 : 120;
}

/* The amount of the whole site, in micro units, that gives every judged stage at
 * least its value (per pupil; per hundred pupils for R7). */
static int64_t site_amount(const struct making *m, const int64_t value[][SAMPLE_INDICATORS], int i)
{
	int64_t weight[STAGE_COUNT];
	int64_t weighted = 0;
	int64_t amount = 0;

	site_weights(m->students, weight);
	for (int s = 0; s < STAGE_COUNT; s++)
		weighted += weight[s] * m->students[s];
	for (int s = 0; s < JUDGED_STAGES; s++)
		if (m->students[s])
			amount = max64(amount, ceil_div(value[s][i] * weighted, weight[s]));
	return amount;
}

static void make_site(const struct making *m, struct sample_random *r, int64_t *site)
{
	const int64_t total = m->students[0] + m->students[1] + m->students[2];
	const int64_t hundredth = SAMPLE_MICRO / 100;
	const int64_t unit = INT64_C(100) * SAMPLE_MICRO;
	const int64_t teaching = ceil_div(site_amount(m, m->value, R4), hundredth);
	const int64_t sports = ceil_div(site_amount(m, m->value, R5), hundredth);
	int64_t indoor = 0;

	if (total > 500 && sample_random_in(r, 0, 9) < 6)
		indoor = min64(sample_random_in(r, 30, 90) * 1000, sports / 2);
	site[SITE_teaching_area] = teaching + indoor;
	site[SITE_indoor_sports_area] = indoor;
	site[SITE_sports_ground_area] = sports - indoor;
	/* Whole yuan: hundredths would look more exact than a made-up figure is. */
	site[SITE_equipment_value] = ceil_div(site_amount(m, m->value, R6), SAMPLE_MICRO) * 100;
	site[SITE_multimedia_rooms] = max64((site_amount(m, m->value, R7) + unit / 2) / unit,
					    ceil_div(site_amount(m, m->low, R7), unit));
}

/* The amounts of the published example, one a school, as plain teaching area:
 * R4 needs no factor, so its CV is the example's. */
static void make_worked_example(const struct making *m, int64_t *site)
{
	static const int64_t amounts[] = { 279, 137, 935, 160, 402 };

	if (m->at >= ARRAY_LEN(amounts))
		return;
	site[SITE_teaching_area] = amounts[m->at] * 100;
	site[SITE_indoor_sports_area] = 0;
}

static bool has_campus(const struct making *m)
{
	const struct sample_county *c = m->county;

	for (size_t i = 0; i < c->n; i++) {
		if (str_equal(c->schools[i].school.parent, m->school->school.code))
			return true;
	}
	return false;
}

/* How large its rooms are: as new ones must be; as those of an old building; as those of a small
 * village school with small classes. A campus is judged as part of its parent, so that both have
 * full rooms. */
static const int64_t *room_areas(const struct making *m, const struct report *r)
{
	static const int64_t full[ROOM_LIST_COUNT] = { 97, 91 };
	static const int64_t old[ROOM_LIST_COUNT] = { 74, 68 };
	static const int64_t small[ROOM_LIST_COUNT] = { 62, 62 };
	const struct school *s = &m->school->school;
	const int64_t pupils = m->students[STAGE_PRIMARY] + m->students[STAGE_JUNIOR];
	int64_t largest = 0;

	for (int g = 0; g < JUDGED_STAGES; g++) {
		if (r->stages[g].present)
			largest = max64(largest, r->stages[g].figure[STAGE_largest_class]);
	}
	if (s->parent[0] || has_campus(m))
		return full;
	if (s->locale[0] == '2' && pupils < 100 && largest < 30)
		return small;
	return s->founded <= 1990 ? old : full;
}

/* One room of each kind for every twelve classes, as far as the building has room. */
static void make_rooms(const struct making *m, struct sample_random *r, int64_t classes,
		       struct report *out)
{
	const int64_t *base = room_areas(m, out);
	int64_t left = (out->site[SITE_teaching_area] - out->site[SITE_indoor_sports_area]) / 100;

	for (int list = 0; list < ROOM_LIST_COUNT; list++)
		out->rooms[list].n = 0;
	for (int64_t nth = 0; nth < ceil_div(classes, 12); nth++)
		for (int list = 0; list < ROOM_LIST_COUNT; list++) {
			struct rooms *rooms = &out->rooms[list];
			const int64_t area = base[list] + sample_random_in(r, 0, 20);

			if (rooms->n == ROOMS_MAX || area > left)
				continue;
			rooms->area[rooms->n++] = area * 100;
			left -= area;
		}
}

static void make_money(const struct making *m, struct sample_random *r, int64_t *site)
{
	const int64_t pupils = max64(m->students[0] + m->students[1] + m->students[2], 100);
	const int64_t funds = pupils * sample_random_in(r, 800, 980);

	site[SITE_public_funds] = funds * 100;
	site[SITE_public_funds_budget] = funds / 100 * sample_random_in(r, 100, 108) * 100;
	/* Whole yuan, rounded up: five per cent are five per cent. */
	site[SITE_training_budget] =
		ceil_div(site[SITE_public_funds_budget] * sample_random_in(r, 5, 7), 10000) * 100;
	site[SITE_extra_sports_area] =
		m->school->school.dense_centre ? sample_random_in(r, 200, 900) * 100 : 0;
}

void sample_declare(struct report *r, int64_t fitness_tested, int64_t fitness_passed)
{
	const struct declared_figure figures[] = {
		{ "fitness_passed", fitness_passed * 100 },
		{ "fitness_tested", fitness_tested * 100 },
	};

	memcpy(r->declared, figures, sizeof(figures));
	r->declared_n = (int)ARRAY_LEN(figures);
}

/* Nearly all of the pupils are tested, and enough of them pass. */
static void make_declared(const struct making *m, struct report *out)
{
	const int64_t pupils = m->students[STAGE_PRIMARY] + m->students[STAGE_JUNIOR];
	struct sample_random r;
	int64_t tested;

	sample_random_init(&r, m->school->school.code, (unsigned)m->year + SEED_DECLARED);
	tested = pupils * sample_random_in(&r, 980, 1000) / 1000;
	sample_declare(out, tested, ceil_div(tested * sample_random_in(&r, 962, 990), 1000));
}

static bool reports(const struct making *m)
{
	const bool last = m->year == SAMPLE_LAST;

	if (m->school->school.closed)
		return m->year == SAMPLE_FIRST;
	if (m->county->what != SAMPLE_MISSING_REPORTS || !last)
		return true;
	/* Its first primary school, and its first junior school. */
	if (m->at == 0)
		return false;
	return !str_equal(m->school->school.kind, "311") ||
	       str_equal(m->county->schools[m->at - 1].school.kind, "311");
}

bool sample_report_make(const struct sample_county *c, size_t at, int year, struct report *out)
{
	struct making m = { .county = c, .school = &c->schools[at], .at = at, .year = year };
	struct sample_random r;
	int64_t classes = 0;

	if (!reports(&m))
		return false;
	sample_random_init(&r, m.school->school.code, (unsigned)year + SEED_DETAILS);
	make_values(&m);
	if (m.school->published) {
		*out = m.school->published->figures;
		memcpy(m.students, m.school->students, sizeof(m.students));
	} else {
		report_init(out);
		make_site(&m, &r, out->site);
	}
	for (int s = 0; s < STAGE_COUNT; s++) {
		make_stage(&m, s, &r, &out->stages[s]);
		if (out->stages[s].present && s != STAGE_SENIOR)
			classes += out->stages[s].figure[STAGE_classes];
	}
	if (c->what == SAMPLE_WORKED_EXAMPLE)
		make_worked_example(&m, out->site);
	make_money(&m, &r, out->site);
	make_rooms(&m, &r, classes, out);
	if (year >= SAMPLE_OVERLAY)
		make_declared(&m, out);
	if (c->what == SAMPLE_MISSING_FIGURE && at == 0 && year == SAMPLE_LAST)
		out->site[SITE_multimedia_rooms] = MISSING;
	return true;
}
