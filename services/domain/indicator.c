/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/indicator.h"

#include "base/decimal.h"

#define HUNDRED_PUPILS 100

/* Relief of R3: rural schools of 50 to 99 pupils (乡村小规模学校). */
#define SMALL_SCHOOL_FROM 50
#define SMALL_SCHOOL_TO   99

enum { R1, R2, R3, R4, R5, R6, R7 };

/* clang-format off */
const struct indicator indicators[INDICATORS] = {
	[R1] = { "R1", "每百名学生拥有高于规定学历教师数",
		 "teachers above the required degree per 100 pupils", true, false, NULL },
	[R2] = { "R2", "每百名学生拥有县级以上骨干教师数",
		 "backbone teachers per 100 pupils", true, false, NULL },
	[R3] = { "R3", "每百名学生拥有体育、艺术专任教师数",
		 "PE and art teachers per 100 pupils", true, false, "visiting_pe_art" },
	[R4] = { "R4", "生均教学及辅助用房面积",
		 "teaching area per pupil, m²", false, true, NULL },
	[R5] = { "R5", "生均体育运动场馆面积",
		 "sports area per pupil, m²", false, true, "extra_sports_area" },
	[R6] = { "R6", "生均教学仪器设备值",
		 "equipment value per pupil, yuan", false, true, NULL },
	[R7] = { "R7", "每百名学生拥有网络多媒体教室数",
		 "multimedia classrooms per 100 pupils", true, true, NULL },
};
/* clang-format on */

static int64_t amount(int64_t figure)
{
	return figure == MISSING ? MISSING : figure * DECIMAL_SCALE * HUNDRED_PUPILS;
}

/* What a relief adds to R3, in teachers; MISSING when that cannot be told. */
static int64_t visiting_teachers(const struct merged *m, const struct standard *s, enum stage stage)
{
	const int64_t visiting = m->report.stages[stage].figure[STAGE_teachers_pe_art_visiting];
	bool complete;
	int64_t pupils;

	/* MISSING is below 0 too. */
	if (!s->reliefs[RELIEF_visiting_pe_art] || !locale_is_rural(m->info->locale) ||
	    visiting <= 0)
		return 0;
	pupils = merged_pupils(m, &complete);
	if (pupils > SMALL_SCHOOL_TO)
		return 0;
	if (!complete)
		return MISSING;
	return pupils >= SMALL_SCHOOL_FROM ? visiting : 0;
}

/* The numerator of a stage's own indicator, or MISSING. */
static int64_t stage_amount(const struct merged *m, const struct standard *s, enum stage stage,
			    int indicator, int64_t *ret_relief)
{
	const int64_t *figure = m->report.stages[stage].figure;
	int64_t visiting;

	if (indicator == R1)
		return amount(figure[STAGE_teachers_above_degree]);
	if (indicator == R2)
		return amount(figure[STAGE_teachers_backbone]);
	visiting = visiting_teachers(m, s, stage);
	if (figure[STAGE_teachers_pe_art] == MISSING || visiting == MISSING)
		return MISSING;
	*ret_relief = amount(visiting);
	return amount(figure[STAGE_teachers_pe_art] + visiting);
}

/* R4 and R5 divide one total between them: what of the teaching area is indoor
 * sports counts as sports. Parts above wholes were refused long before; should
 * one appear, the value is 0 and not negative. */
static int64_t teaching_amount(const int64_t *site)
{
	const int64_t whole = site[SITE_teaching_area];
	const int64_t sports = site[SITE_indoor_sports_area];

	if (whole == MISSING || sports == MISSING)
		return MISSING;
	return whole > sports ? whole - sports : 0;
}

static int64_t sports_amount(const struct merged *m, const struct standard *s, int64_t *ret_relief)
{
	const int64_t *site = m->report.site;
	const int64_t extra = site[SITE_extra_sports_area];
	int64_t sum;

	if (site[SITE_sports_ground_area] == MISSING || site[SITE_indoor_sports_area] == MISSING)
		return MISSING;
	sum = site[SITE_sports_ground_area] + site[SITE_indoor_sports_area];
	if (!s->reliefs[RELIEF_extra_sports_area] || !m->info->dense_centre || extra == MISSING)
		return sum;
	*ret_relief = extra;
	return sum + extra;
}

/* The numerator of an indicator that the stages share, or MISSING. */
static int64_t site_amount(const struct merged *m, const struct standard *s, int indicator,
			   int64_t *ret_relief)
{
	switch (indicator) {
	case R4:
		return teaching_amount(m->report.site);
	case R5:
		return sports_amount(m, s, ret_relief);
	case R6:
		return m->report.site[SITE_equipment_value];
	default:
		return amount(m->report.site[SITE_multimedia_rooms]);
	}
}

/* The stage's weight and the sum of weighted pupils; false when the pupils of a
 * stage are missing. */
static bool split(const struct merged *m, const struct standard *s, enum stage stage,
		  int64_t *ret_weight, int64_t *ret_pupils)
{
	int64_t weighted = 0;
	int sharing = 0;

	for (int i = 0; i < STAGE_COUNT; i++) {
		const struct stage_report *r = &m->report.stages[i];
		const int64_t pupils = r->present ? r->figure[STAGE_students] : 0;

		if (pupils == MISSING)
			return false;
		if (pupils == 0)
			continue;
		weighted += pupils * standard_weight(s, m->info->kind, (enum stage)i);
		sharing++;
	}
	*ret_weight = sharing > 1 ? standard_weight(s, m->info->kind, stage) : 1;
	*ret_pupils = sharing > 1 ? weighted : m->report.stages[stage].figure[STAGE_students];
	return true;
}

bool indicator_compute(const struct merged *m, const struct standard *s, enum stage stage,
		       int indicator, struct indicator_ratio *out)
{
	int64_t weight = 1, pupils = m->report.stages[stage].figure[STAGE_students];
	int64_t relief = 0, sum;

	if (pupils == MISSING)
		return false;
	if (indicators[indicator].site) {
		if (!split(m, s, stage, &weight, &pupils))
			return false;
		sum = site_amount(m, s, indicator, &relief);
	} else {
		sum = stage_amount(m, s, stage, indicator, &relief);
	}
	if (sum == MISSING)
		return false;
	out->num = sum * weight;
	out->den = pupils;
	out->relief = relief * weight;
	out->unit = indicators[indicator].per_hundred ? amount(weight) : weight;
	return true;
}
