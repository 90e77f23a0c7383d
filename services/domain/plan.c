/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/plan.h"

#include <math.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"

#define STANDARD_TO_PLAN (PLAN_ONE / STANDARD_SCALE)
#define CV_DECIMALS      6
#define FIGURE_DECIMALS  3
#define DATE_CHARS       10

/* --- what can be planned ------------------------------------------------------------- */

/* clang-format off */
static const char *const reaching_names[JUDGED_STAGES * INDICATORS] = {
	"R1.primary.schools", "R2.primary.schools", "R3.primary.schools", "R4.primary.schools",
	"R5.primary.schools", "R6.primary.schools", "R7.primary.schools",
	"R1.junior.schools", "R2.junior.schools", "R3.junior.schools", "R4.junior.schools",
	"R5.junior.schools", "R6.junior.schools", "R7.junior.schools",
};
/* clang-format on */

size_t plan_items_count(const struct standard *s)
{
	return items_count(s) + ARRAY_LEN(reaching_names);
}

const char *plan_item_name(const struct standard *s, size_t i)
{
	return i < items_count(s) ? item_name(s, i) : reaching_names[i - items_count(s)];
}

int plan_item_find(const struct standard *s, const char *name)
{
	const int i = item_find(s, name);

	for (size_t k = 0; i < 0 && k < ARRAY_LEN(reaching_names); k++) {
		if (str_equal(reaching_names[k], name))
			return (int)(items_count(s) + k);
	}
	return i;
}

static void failing_item(struct plan_item *out)
{
	out->unit = PLAN_FAILING;
	out->most = PLAN_SCHOOLS_MAX;
	out->has_limit = true;
}

static void resource_item(const struct standard *s, size_t i, struct plan_item *out)
{
	const size_t per_stage = RESOURCE_ITEMS / JUDGED_STAGES;

	if (i % per_stage == INDICATORS) {
		failing_item(out);
		return;
	}
	out->unit = PLAN_CV;
	out->decimals = CV_DECIMALS;
	out->most = PLAN_CV_MAX;
	out->has_limit = true;
	out->limit = s->cv_limit[i / per_stage] * STANDARD_TO_PLAN;
}

static void figure_item(const struct item_rule *rule, const struct condition *c,
			struct plan_item *out)
{
	const bool part = c->rule == RULE_GROUPS || (c->rule == RULE_RATIO && c->share);

	out->unit = PLAN_FIGURE;
	out->decimals = FIGURE_DECIMALS;
	/* What has grown can have shrunk, but not by more than all of it. */
	out->least = c->rule == RULE_GROWTH ? -PLAN_SHARE_MAX : 0;
	out->most = part && c->measure == MEASURE_PERCENT ? PLAN_SHARE_MAX
		    : part                                ? PLAN_ONE
							  : PLAN_FIGURE_MAX;
	out->has_limit = true;
	out->limit = c->threshold * STANDARD_TO_PLAN;
	out->rising = c->compare == AT_LEAST || c->compare == MORE_THAN;
	out->strict = c->compare == MORE_THAN || c->compare == LESS_THAN;
	out->other_conditions = rule->n > 1 || c->each_group;
}

void plan_item_get(const struct standard *s, size_t i, struct plan_item *out)
{
	const size_t of_items = items_count(s);
	const struct item_rule *rule;
	int figure;

	*out = (struct plan_item){ .name = plan_item_name(s, i), .unit = PLAN_MET };
	if (i >= of_items) {
		out->unit = PLAN_REACHING;
		out->most = PLAN_SCHOOLS_MAX;
		out->rising = true;
		return;
	}
	if (i < RESOURCE_ITEMS) {
		resource_item(s, i, out);
		return;
	}
	rule = &s->items[i - RESOURCE_ITEMS];
	figure = item_figure(rule);
	if (figure == ITEM_OF_SCHOOLS)
		failing_item(out);
	else if (figure >= 0)
		figure_item(rule, &rule->conditions[figure], out);
}

/* --- where it stands ------------------------------------------------------------------- */

int64_t plan_millionths(double value)
{
	const double scaled = value * PLAN_ONE;

	if (scaled >= (double)PLAN_FIGURE_MAX)
		return PLAN_FIGURE_MAX;
	return scaled <= -(double)PLAN_FIGURE_MAX ? -PLAN_FIGURE_MAX : llround(scaled);
}

void plan_item_judged(const struct county_judgement *j, const struct standard *s, size_t i,
		      struct item *out)
{
	const struct indicator_judgement *indicator;
	size_t k;

	if (i < items_count(s)) {
		item_get(j, s, i, out);
		return;
	}
	k = i - items_count(s);
	indicator = &j->stages[k / INDICATORS].indicators[k % INDICATORS];
	*out = (struct item){ .stage = (enum stage)(k / INDICATORS),
			      .indicator = (int)(k % INDICATORS),
			      .status = indicator->schools,
			      .has_value = indicator->has_mean,
			      .value = (double)indicator->records_met };
	str_copy(out->name, sizeof(out->name), plan_item_name(s, i));
}

size_t plan_item_basis(const struct standard *s, size_t i)
{
	const size_t of_items = items_count(s), per_stage = RESOURCE_ITEMS / JUDGED_STAGES;
	const size_t k = i - of_items;

	return i < of_items ? i : k / INDICATORS * per_stage + k % INDICATORS;
}

void plan_latest_get(const struct county_judgement *j, const struct standard *s, size_t i,
		     struct plan_latest *out)
{
	struct item item;

	plan_item_judged(j, s, i, &item);
	*out = (struct plan_latest){ item.status, item.has_value, plan_millionths(item.value) };
}

/* --- the line ---------------------------------------------------------------------------- */

static void add_point(struct plan_line *line, int year, bool met, int64_t value)
{
	if (line->n < PLAN_POINTS_MAX)
		line->points[line->n++] = (struct plan_point){ year, met, met ? 0 : value };
}

static void start_at(struct plan_line *line, const struct plan_latest *latest, int year)
{
	line->started = true;
	add_point(line, year, false, latest->value);
}

/* Through the milestones. */
static void make_given(const struct plan *plan, size_t item, const struct plan_latest *latest,
		       int latest_year, struct plan_line *out)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_milestone *m = &plan->milestones[i];

		if ((size_t)m->item != item)
			continue;
		if (out->n == 0 && !m->met && latest->has_value && latest_year < m->year)
			start_at(out, latest, latest_year);
		add_point(out, m->year, m->met, m->target);
	}
}

static bool reaches(const struct plan_item *item, int64_t value)
{
	return item->rising ? value >= item->limit : value <= item->limit;
}

static void make_derived(const struct plan_item *item, const struct plan_latest *latest,
			 int latest_year, int target_year, struct plan_line *out)
{
	out->derived = true;
	if (item->unit == PLAN_MET || !latest->has_value ||
	    (item->other_conditions && reaches(item, latest->value))) {
		add_point(out, target_year, true, 0);
		return;
	}
	if (latest_year < target_year && target_year - latest_year <= PLAN_YEARS)
		start_at(out, latest, latest_year);
	add_point(out, target_year, false, item->limit);
}

bool plan_line_make(const struct plan *plan, const struct standard *s, size_t item,
		    const struct plan_latest *latest, int latest_year, int target_year,
		    struct plan_line *out)
{
	struct plan_line line = { .n = 0 };
	struct plan_item what;

	make_given(plan, item, latest, latest_year, &line);
	if (line.n == 0 && latest->status == STATUS_NOT_MET && target_year) {
		plan_item_get(s, item, &what);
		/* Of the records that reach a threshold nothing is judged. */
		if (what.has_limit || what.unit == PLAN_MET)
			make_derived(&what, latest, latest_year, target_year, &line);
	}
	if (line.n == 0)
		return false;
	*out = line;
	return true;
}

/* An instant as a fraction of years: the end of 2027 is 2027. */
struct instant {
	int64_t num;
	int64_t den; /* days of the year */
};

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Digits without anything else; -1. */
static int number(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static bool instant_of(const char *date, struct instant *out)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day, passed = 0;
	bool leap;

	if (strlen(date) != DATE_CHARS || date[4] != '-' || date[7] != '-')
		return false;
	year = number(date, 4);
	month = number(date + 5, 2);
	day = number(date + 8, 2);
	leap = is_leap(year);
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > month_days[month - 1] + (month == 2 && leap))
		return false;
	for (int m = 1; m < month; m++)
		passed += month_days[m - 1] + (m == 2 && leap);
	out->den = 365 + leap;
	out->num = (year - 1) * out->den + passed + day;
	return true;
}

static bool is_before(const struct instant *t, int year)
{
	return t->num < year * t->den;
}

/* a at its year's end, b at its: whatever lies between is on the straight line. */
static struct plan_value between(const struct plan_point *a, const struct plan_point *b,
				 const struct instant *t)
{
	const int64_t years = b->year - a->year;

	return (struct plan_value){
		.wanted = PLAN_WANTED_VALUE,
		.num = (int128)a->value * years * t->den +
		       ((int128)b->value - a->value) * (t->num - a->year * t->den),
		.den = years * t->den,
	};
}

static struct plan_value value_at(const struct plan_line *line, const struct instant *t)
{
	const struct plan_point *last = NULL, *next = NULL;

	for (size_t i = 0; i < line->n && !next; i++) {
		if (is_before(t, line->points[i].year))
			next = &line->points[i];
		else
			last = &line->points[i];
	}
	if (!last)
		return (struct plan_value){ PLAN_WANTED_NOTHING, 0, 1 };
	if (last->met)
		return (struct plan_value){ PLAN_WANTED_MET, 0, 1 };
	if (!next || next->met)
		return (struct plan_value){ PLAN_WANTED_VALUE, last->value, 1 };
	return between(last, next, t);
}

bool plan_line_at(const struct plan_line *line, const char *date, struct plan_value *out)
{
	struct instant t;

	if (!instant_of(date, &t))
		return false;
	*out = value_at(line, &t);
	return true;
}

static int64_t shown(const struct plan_value *v, enum plan_unit unit)
{
	if (unit != PLAN_FAILING)
		return wide_saturated(wide_round(v->num, v->den));
	return wide_saturated(v->num / ((int128)v->den * PLAN_ONE)) * PLAN_ONE;
}

size_t plan_line_years(const struct plan_line *line, enum plan_unit unit,
		       struct plan_point out[PLAN_POINTS_MAX])
{
	const struct plan_point *end = &line->points[line->n - 1];
	const int first = line->started ? line->points[0].year + 1 : end->year;
	size_t n = 0;

	for (int year = first; year <= end->year && n < PLAN_POINTS_MAX; year++) {
		const struct instant t = { year, 1 };
		const struct plan_value v = value_at(line, &t);

		out[n++] = v.wanted == PLAN_WANTED_MET
				   ? (struct plan_point){ year, true, 0 }
				   : (struct plan_point){ year, false, shown(&v, unit) };
	}
	return n;
}

int plan_target_year(const struct plan *plan, const int above[PLAN_ABOVE], int this_year,
		     size_t *ret_above)
{
	*ret_above = PLAN_ABOVE;
	if (plan->recognition_year)
		return plan->recognition_year;
	for (size_t i = 0; i < PLAN_ABOVE; i++) {
		if (above[i] < this_year)
			continue;
		*ret_above = i;
		return above[i];
	}
	return 0;
}
