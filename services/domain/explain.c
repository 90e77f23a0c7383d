/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "domain/record.h"
#include "domain/wide.h"

#define PER_STAGE   (INDICATORS + 1)
#define PERCENT     100
#define PER_HUNDRED 100

#define NAME_MAX_CHARS 16 /* of an item of a standard */

/* "R2.primary.schools" from "R2.primary.cv": the items that no verdict rests on. */
static bool is_schools_of(const char *name, const char *cv_name)
{
	const size_t stem = strlen(cv_name) - strlen("cv");

	return strncmp(name, cv_name, stem) == 0 && str_equal(name + stem, "schools");
}

/* An item that some standard may have: a capital, then capitals, digits and '_'; those of
 * section 4 have names of their own. */
static bool is_item_of_standard(const char *name)
{
	const size_t len = strlen(name);
	size_t digits = 0;

	if (name[0] < 'A' || name[0] > 'Z' || len < 2 || len > NAME_MAX_CHARS)
		return false;
	for (size_t i = 1; i < len; i++) {
		const bool digit = name[i] >= '0' && name[i] <= '9';

		if (!digit && !(name[i] >= 'A' && name[i] <= 'Z') && name[i] != '_')
			return false;
		digits += digit;
	}
	return name[0] != 'R' || digits < len - 1;
}

static bool parse_resource(const char *name, struct explain_item *out)
{
	for (size_t i = 0; i < RESOURCE_ITEMS; i++) {
		const char *cv = item_name(NULL, i);
		const bool whole = i % PER_STAGE == INDICATORS;
		const bool schools = !whole && is_schools_of(name, cv);

		if (!schools && !str_equal(name, cv))
			continue;
		*out = (struct explain_item){
			.part = schools ? EXPLAIN_SCHOOLS
				: whole ? EXPLAIN_RECORDS
					: EXPLAIN_CV,
			.stage = (enum stage)(i / PER_STAGE),
			.indicator = whole ? -1 : (int)(i % PER_STAGE),
		};
		return true;
	}
	return false;
}

bool explain_item_parse(const char *name, struct explain_item *out)
{
	if (is_item_of_standard(name))
		*out = (struct explain_item){ .part = EXPLAIN_ITEM, .indicator = -1 };
	else if (!parse_resource(name, out))
		return false;
	str_copy(out->name, sizeof(out->name), name);
	return true;
}

static bool has_value(const struct record *r, int indicator)
{
	return r->values[indicator].status != STATUS_NO_DATA;
}

/* --- a CV ----------------------------------------------------------------------- */

void explain_total(const struct record *records, size_t n, int indicator, struct explain_total *out)
{
	/* A value per hundred pupils counts teachers or rooms by the hundred. */
	const int64_t per = indicators[indicator].per_hundred ? PER_HUNDRED : 1;
	int128 whole = 0;
	double parts = 0;

	*out = (struct explain_total){ .exact = true };
	for (size_t i = 0; i < n; i++) {
		const struct record_value *v = &records[i].values[indicator];
		const int128 amount = (int128)v->num * records[i].students;
		const int128 by = (int128)v->den * per;
		const int128 rest = amount % by;

		if (!has_value(&records[i], indicator))
			continue;
		out->records++;
		out->students += records[i].students;
		whole += amount / by;
		parts += (double)rest / (double)by;
		out->exact = out->exact && rest == 0;
	}
	out->exact = out->exact && whole <= INT64_MAX;
	out->hundredths = out->exact ? (int64_t)whole : 0;
	out->total = ((double)whole + parts) / DECIMAL_SCALE;
}

/* X_a − X_b in hundredths: the difference is exact before it becomes a double. */
static double difference(const struct record_value *a, const struct record_value *b)
{
	const int128 num = (int128)a->num * b->den - (int128)b->num * a->den;

	return (double)num / (double)((int128)a->den * b->den);
}

static int by_share(const void *a, const void *b)
{
	const struct contribution *x = a, *y = b;

	if (x->share != y->share)
		return x->share < y->share ? 1 : -1;
	return x->record < y->record ? -1 : x->record > y->record;
}

/* Differences from the first record become those from the mean. */
static void center(const struct record *records, size_t n, struct contribution *c)
{
	double pupils = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		pupils += (double)records[c[i].record].students;
		sum += (double)records[c[i].record].students * c[i].deviation;
	}
	for (size_t i = 0; i < n; i++)
		c[i].deviation -= sum / pupils;
}

size_t explain_cv(const struct record *records, size_t n, int indicator,
		  const struct indicator_judgement *j, struct contribution *out)
{
	const double square = j->has_cv ? j->cv * j->cv : 0;
	const struct record_value *first = NULL;
	size_t count = 0;
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct record_value *v = &records[i].values[indicator];

		if (!has_value(&records[i], indicator))
			continue;
		if (!first)
			first = v;
		out[count++] = (struct contribution){ i, difference(v, first), 0, 0 };
	}
	center(records, count, out);
	for (size_t i = 0; i < count; i++) {
		out[i].share = (double)records[out[i].record].students * out[i].deviation *
			       out[i].deviation;
		sum += out[i].share;
	}
	for (size_t i = 0; i < count; i++) {
		const double part = sum > 0 && square > 0 ? out[i].share / sum : 0;

		out[i].share = part * square;
		out[i].percent = part * PERCENT;
		out[i].deviation /= DECIMAL_SCALE;
	}
	qsort(out, count, sizeof(*out), by_share);
	return count;
}

size_t explain_below_mean(const struct record *records, size_t n, int indicator,
			  const struct indicator_judgement *j, struct contribution *out)
{
	const size_t found = explain_cv(records, n, indicator, j, out);
	size_t below = 0;

	for (size_t i = 0; i < found; i++) {
		if (out[i].deviation < 0)
			out[below++] = out[i];
	}
	return below;
}

bool explain_cv_without(const struct record *records, size_t n, int indicator, size_t skip,
			double *ret_cv)
{
	const struct record_value *first = NULL;
	double pupils = 0, total = 0, shift = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		const struct record_value *v = &records[i].values[indicator];
		const double p = (double)records[i].students;
		double d;

		if (i == skip || !has_value(&records[i], indicator))
			continue;
		if (!first)
			first = v;
		/* One pass that does not cancel: the mean of the differences moves by
		 * each record's part, the squares by what it is off before and after. */
		d = difference(v, first) / DECIMAL_SCALE - shift;
		pupils += p;
		total += p * v->value;
		shift += d * p / pupils;
		squares += p * d * d * (1 - p / pupils);
	}
	if (total <= 0)
		return false;
	*ret_cv = sqrt(squares / pupils) / (total / pupils);
	return true;
}

/* --- what schools lack ------------------------------------------------------------ */

static enum status status_by(const struct record *r, int indicator)
{
	return indicator < 0 ? r->status : r->values[indicator].status;
}

/* Judging the other way round: what is displayed for what is exact. */
static enum status judge_otherwise(const struct record *r, int indicator, const struct standard *s)
{
	struct record_value values[INDICATORS];

	memcpy(values, r->values, sizeof(values));
	for (int i = 0; i < INDICATORS; i++) {
		const struct record_value *v = &r->values[i];
		const struct indicator_ratio ratio = { v->num, v->den, 0, v->unit };

		if (has_value(r, i))
			record_value_judge(&ratio, s, !s->judge_rounded, r->stage, i, &values[i]);
	}
	return indicator < 0 ? record_status(values, s) : values[indicator].status;
}

bool explain_sensitive(const struct record *r, int indicator, const struct standard *s)
{
	return judge_otherwise(r, indicator, s) != status_by(r, indicator);
}

void explain_count(const struct record *records, size_t n, int indicator, const struct standard *s,
		   size_t missing, struct explain_counts *out)
{
	size_t failed = 0, unknown = 0;

	*out = (struct explain_counts){ .met = 0 };
	for (size_t i = 0; i < n; i++) {
		const enum status is = status_by(&records[i], indicator);
		const enum status would = judge_otherwise(&records[i], indicator, s);

		out->met += is == STATUS_MET;
		out->not_met += is == STATUS_NOT_MET;
		failed += would == STATUS_NOT_MET;
		unknown += would == STATUS_NO_DATA;
	}
	out->no_data = n - out->met - out->not_met;
	out->status = status_of_all(n, out->not_met, out->no_data + missing);
	out->rounding_sensitive = status_of_all(n, failed, unknown + missing) != out->status;
}

static int by_rank(const void *a, const void *b)
{
	const struct shortfall *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->record < y->record ? -1 : x->record > y->record;
}

size_t explain_shortfalls(const struct record *records, size_t n, int indicator,
			  struct shortfall *out)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct record *r = &records[i];
		const enum status status = status_by(r, indicator);
		double rank = indicator < 0 ? r->met_count : r->values[indicator].value;

		if (status == STATUS_MET)
			continue;
		if (status == STATUS_NO_DATA)
			rank = HUGE_VAL;
		out[count++] = (struct shortfall){ i, rank };
	}
	qsort(out, count, sizeof(*out), by_rank);
	return count;
}

size_t explain_failing(const struct record *records, size_t n, struct shortfall *out)
{
	const size_t found = explain_shortfalls(records, n, -1, out);
	size_t failing = 0;

	for (size_t i = 0; i < found; i++) {
		if (records[out[i].record].status == STATUS_NOT_MET)
			out[failing++] = out[i];
	}
	return failing;
}

static int128 divide_up(int128 a, int128 b)
{
	return (a + b - 1) / b;
}

/* The least numerator that reaches percent of the threshold: record_value_judge() solved
 * for num. */
static int128 numerator_needed(int64_t den, const struct standard *s, enum stage stage,
			       int indicator, int percent)
{
	/* In thousandths of hundredths … */
	const int128 wanted = (int128)s->threshold[stage][indicator] * percent;
	const int per_hundredth = STANDARD_SCALE / DECIMAL_SCALE * PERCENT;
	int128 shown;

	if (!s->judge_rounded)
		return divide_up(wanted * den, per_hundredth);
	/* … and rounded half up: num / den + 1/2 reaches the whole hundredth. */
	shown = divide_up(wanted, per_hundredth);
	return shown > 0 ? divide_up((2 * shown - 1) * den, 2) : 0;
}

/* What num lacks to needed, in units of the figure, and in the stage's share of that. */
static int64_t lack_of(const struct record *r, int indicator, int128 needed, int64_t *ret_share)
{
	const struct record_value *v = &r->values[indicator];
	const int per = indicators[indicator].per_hundred ? PER_HUNDRED : 1;

	*ret_share = 0;
	if (needed <= v->num)
		return 0;
	needed -= v->num;
	*ret_share = wide_saturated(divide_up(needed * r->students, (int128)v->den * per));
	return wide_saturated(divide_up(needed, v->unit));
}

void explain_lack(const struct record *r, const struct standard *s, int indicator, struct lack *out)
{
	const int64_t den = r->values[indicator].den;
	const int128 threshold = numerator_needed(den, s, r->stage, indicator, PERCENT);
	const int128 floor = numerator_needed(den, s, r->stage, indicator, s->floor_percent);

	/* A stage alone on its site is divided by its own pupils. */
	out->shared = den != r->students;
	out->to_threshold = lack_of(r, indicator, threshold, &out->share_to_threshold);
	out->to_floor = lack_of(r, indicator, floor, &out->share_to_floor);
	if (!out->shared)
		out->share_to_threshold = out->share_to_floor = 0;
}

/* What letting a short value stay at its floor would spare: all, something, or nothing,
 * as where the one teacher who reaches the floor reaches the threshold as well. */
static int spares(const struct record *r, const struct standard *s, int indicator)
{
	struct lack lack;

	if (r->values[indicator].floor_met)
		return 2;
	explain_lack(r, s, indicator, &lack);
	return lack.to_floor < lack.to_threshold;
}

/* Of the values that are to be lifted to their threshold, the one to let stay. */
static int to_stay(const struct record *r, const struct standard *s,
		   const enum lift lift[INDICATORS])
{
	double lowest = 0;
	int best = -1, most = 0;

	for (int i = 0; i < INDICATORS; i++) {
		double part;
		int spared;

		if (lift[i] != LIFT_THRESHOLD)
			continue;
		part = r->values[i].value / (double)s->threshold[r->stage][i];
		spared = spares(r, s, i);
		if (best < 0 || spared > most || (spared == most && part < lowest)) {
			best = i;
			most = spared;
			lowest = part;
		}
	}
	return best;
}

void explain_lift(const struct record *r, const struct standard *s, enum lift out[INDICATORS])
{
	for (int i = 0; i < INDICATORS; i++)
		out[i] = r->values[i].status == STATUS_NOT_MET ? LIFT_THRESHOLD : LIFT_NONE;
	for (int may = INDICATORS - s->indicators_needed; may > 0; may--) {
		const int i = to_stay(r, s, out);

		if (i < 0)
			return;
		out[i] = r->values[i].floor_met ? LIFT_NONE : LIFT_FLOOR;
	}
}

/* --- figures ------------------------------------------------------------------------ */

#define ON_SITE (-1)

/* What an indicator is made of; the first is the one that grows. */
static const struct made_of {
	int n;
	int field[2];
} made_of[INDICATORS] = {
	{ 1, { STAGE_teachers_above_degree } },
	{ 1, { STAGE_teachers_backbone } },
	{ 1, { STAGE_teachers_pe_art } },
	{ 2, { SITE_teaching_area, SITE_indoor_sports_area } },
	{ 2, { SITE_sports_ground_area, SITE_indoor_sports_area } },
	{ 1, { SITE_equipment_value } },
	{ 1, { SITE_multimedia_rooms } },
};

struct figure_ref explain_figure(enum stage stage, int indicator)
{
	return (struct figure_ref){ indicators[indicator].site ? ON_SITE : (int)stage,
				    made_of[indicator].field[0] };
}

/* Which of some stages report no number of pupils. */
static size_t missing_students(const struct merged *m, int from, int to, struct figure_ref *out)
{
	size_t n = 0;

	for (int i = from; i < to; i++) {
		const struct stage_report *r = &m->report.stages[i];

		if (r->present && r->figure[STAGE_students] == MISSING)
			out[n++] = (struct figure_ref){ i, STAGE_students };
	}
	return n;
}

size_t explain_missing(const struct merged *m, enum stage stage, int indicator,
		       struct figure_ref out[EXPLAIN_FIGURES_MAX])
{
	const bool site = indicators[indicator].site;
	const int64_t *figure = site ? m->report.site : m->report.stages[stage].figure;
	const int own = (int)stage;
	size_t n = site ? missing_students(m, 0, STAGE_COUNT, out)
			: missing_students(m, own, own + 1, out);

	for (int i = 0; i < made_of[indicator].n; i++) {
		const int field = made_of[indicator].field[i];

		if (figure[field] == MISSING)
			out[n++] = (struct figure_ref){ site ? ON_SITE : own, field };
	}
	/* The relief of small rural schools asks for the pupils of the other stage too. */
	return n ? n : missing_students(m, 0, JUDGED_STAGES, out);
}
