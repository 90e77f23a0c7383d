/* SPDX-License-Identifier: Apache-2.0 */
/* One condition of an item: a table of members, and which rules have them. */
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "domain/county_report.h"
#include "json/standard_reader.h"

#define THRESHOLD_MAX INT64_C(2000000000) /* two million, in thousandths */
#define PUPILS_MAX    1000000

struct context {
	struct reader *r;
	const struct standard *s;
	int item;
	struct condition *c;
	bool has_of, has_to, has_measure, has_level, has_difference;
	int comparators;
	/* What is there is right too, and can be held against the rest. */
	bool measured, compared, relieved;
};

#define OF(rule) (1u << RULE_##rule)
#define COMPARES (OF(RATIO) | OF(GROWTH) | OF(GROUPS))

/* --- members ---------------------------------------------------------------------------------- */

/* Flags are fields already, unless there were too many of them. */
static void find_flag(struct context *x, const char *name)
{
	const struct item_rule *item = &x->s->items[x->item];
	const int f = declared_field_find(item->fields, item->fields_n, name);

	if (f >= 0 && item->fields[f].flag)
		x->c->flag = f;
	else if (f >= 0)
		reader_problem(x->r, "contradicts", "%s 是数值字段 / %s is a field of numbers",
			       name, name);
}

static void read_flag(struct context *x, json_t *value)
{
	const char *name = json_string_value(value);

	if (!reader_is_string(x->r, value))
		return;
	if (is_field_name(name) && !is_report_word(name))
		find_flag(x, name);
	else
		reader_problem(x->r, "bad_format",
			       "须为字段名 / must be the name of a field: a-z, 0-9 and _");
}

static void read_of(struct context *x, json_t *value)
{
	x->has_of = true;
	standard_read_sum(x->r, value, x->s, x->item, x->c, &x->c->of);
}

static void read_to(struct context *x, json_t *value)
{
	x->has_to = true;
	standard_read_sum(x->r, value, x->s, x->item, x->c, &x->c->to);
}

static void read_measure(struct context *x, json_t *value)
{
	const int measure = reader_choice(x->r, value, measure_names, MEASURE_COUNT);

	x->has_measure = true;
	x->measured = measure >= 0;
	x->c->measure = x->measured ? (enum measure)measure : MEASURE_NUMBER;
}

static void read_comparator(struct context *x, json_t *value, enum compare compare)
{
	x->comparators++;
	x->c->compare = compare;
	x->compared = reader_scaled(x->r, value, 3, THRESHOLD_MAX, &x->c->threshold);
}

static void read_at_least(struct context *x, json_t *value)
{
	read_comparator(x, value, AT_LEAST);
}

static void read_more_than(struct context *x, json_t *value)
{
	read_comparator(x, value, MORE_THAN);
}

static void read_at_most(struct context *x, json_t *value)
{
	read_comparator(x, value, AT_MOST);
}

static void read_less_than(struct context *x, json_t *value)
{
	read_comparator(x, value, LESS_THAN);
}

static void read_share(struct context *x, json_t *value)
{
	(void)reader_bool(x->r, value, &x->c->share);
}

static void read_stage(struct context *x, json_t *value)
{
	x->c->stage = reader_choice(x->r, value, stage_names, JUDGED_STAGES);
}

static void read_where(struct context *x, json_t *value)
{
	static const unsigned opposites[] = {
		1u << FILTER_urban_or_town | 1u << FILTER_rural,
		1u << FILTER_public | 1u << FILTER_private,
		1u << FILTER_day | 1u << FILTER_boarding,
		1u << FILTER_integrated | 1u << FILTER_single,
	};
	json_t *name;
	size_t i;

	if (!reader_is_array(x->r, value))
		return;
	json_array_foreach(value, i, name)
	{
		const size_t mark = reader_enter_index(x->r, i);
		const int filter = reader_choice(x->r, name, filter_names, FILTER_COUNT);

		if (filter >= 0)
			x->c->filters |= 1u << filter;
		reader_leave(x->r, mark);
	}
	for (i = 0; i < ARRAY_LEN(opposites); i++) {
		if ((x->c->filters & opposites[i]) == opposites[i])
			reader_problem(x->r, "contradicts",
				       "没有学校同时符合这些条件 / no school is both");
	}
}

static void read_students_below(struct context *x, json_t *value)
{
	if (reader_count(x->r, value, PUPILS_MAX, &x->c->students_below) && !x->c->students_below)
		reader_problem(x->r, "not_allowed", "须大于 0 / must be above 0");
}

static void read_teaching_points(struct context *x, json_t *value)
{
	(void)reader_bool(x->r, value, &x->c->teaching_points);
}

/* { "name", and the comparator of the condition again } */
static void read_relief(struct context *x, json_t *value)
{
	const char *key;
	json_t *member;
	bool has_name = false, has_threshold = false;

	if (!reader_is_object(x->r, value))
		return;
	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(x->r, key);

		if (str_equal(key, "name")) {
			has_name = true;
			/* The only one that changes a threshold of an item. */
			if (reader_choice(x->r, member, &relief_names[RELIEF_large_school], 1) == 0)
				x->c->relief = RELIEF_large_school;
		} else if (str_equal(key, compare_names[x->c->compare])) {
			has_threshold = true;
			x->relieved = reader_scaled(x->r, member, 3, THRESHOLD_MAX,
						    &x->c->relief_threshold);
		} else {
			reader_problem(x->r, "unknown_field",
				       "须为 name 和 %s / must be name and %s",
				       compare_names[x->c->compare], compare_names[x->c->compare]);
		}
		reader_leave(x->r, mark);
	}
	if (!has_name)
		reader_missing(x->r, "name");
	if (!has_threshold)
		reader_missing(x->r, compare_names[x->c->compare]);
}

static void read_level(struct context *x, json_t *value)
{
	int64_t level = 0;

	x->has_level = true;
	if (!reader_count(x->r, value, LEVEL_MAX, &level))
		return;
	if (level == 0)
		reader_problem(x->r, "not_allowed", "须为 1 到 %d / must be 1 to %d", LEVEL_MAX,
			       LEVEL_MAX);
	x->c->level = (int)level;
}

static void read_difference(struct context *x, json_t *value)
{
	x->has_difference = true;
	(void)reader_scaled(x->r, value, 6, DIFFERENCE_ONE * 9, &x->c->difference_below);
}

static void read_each_group(struct context *x, json_t *value)
{
	(void)reader_bool(x->r, value, &x->c->each_group);
}

/* --- the table -------------------------------------------------------------------------- */

/* In the order that they are read in: a relief repeats the comparator. */
static const struct member {
	const char *name;
	unsigned rules;    /* that have it */
	bool of_schools;   /* only over each_school … */
	bool over_schools; /* … or where the county's figures are summed over schools */
	void (*read)(struct context *x, json_t *value);
} members[] = {
	{ "rule", ~0u, false, false, NULL },
	{ "over", OF(RATIO) | OF(GROWTH), false, false, NULL },
	{ "flag", OF(CONFIRMED) | OF(VETO), false, false, read_flag },
	{ "stage", OF(RATIO), false, true, read_stage },
	{ "where", OF(RATIO), false, true, read_where },
	{ "students_below", OF(RATIO), true, false, read_students_below },
	{ "teaching_points", OF(RATIO), false, true, read_teaching_points },
	{ "of", OF(RATIO) | OF(GROWTH), false, false, read_of },
	{ "to", OF(RATIO) | OF(GROWTH), false, false, read_to },
	{ "measure", COMPARES, false, false, read_measure },
	{ "at_least", COMPARES, false, false, read_at_least },
	{ "more_than", COMPARES, false, false, read_more_than },
	{ "at_most", COMPARES, false, false, read_at_most },
	{ "less_than", COMPARES, false, false, read_less_than },
	{ "share", OF(RATIO), false, false, read_share },
	{ "relief", OF(RATIO), true, false, read_relief },
	{ "classes", OF(ROOMS), false, false, NULL },
	{ "music", OF(ROOMS), false, false, NULL },
	{ "art", OF(ROOMS), false, false, NULL },
	{ "older", OF(ROOMS), false, false, NULL },
	{ "small_rural", OF(ROOMS), false, false, NULL },
	{ "level", OF(SUBJECTS), false, false, read_level },
	{ "difference_below", OF(SUBJECTS), false, false, read_difference },
	{ "each_group", OF(GROUPS), false, false, read_each_group },
};

static bool counts_schools(const struct sum *sum)
{
	for (int i = 0; i < sum->n; i++) {
		if (sum->terms[i].source != SOURCE_ITEM)
			return true;
	}
	return false;
}

/* --- what the members say together ------------------------------------------------------- */

#define TOLD_AS(measure) (1u << MEASURE_##measure)
#define NO_UNIT          3

/* What a sum, or a sum over another, can be told in, by their units. Like over like is a plain
 * number: it may count persons, as 100 pupils' worth of money does. */
static unsigned measures_of(int of, int to)
{
	static const unsigned told[3][4] = {
		/* to:         count                       area            money nothing */
		[UNIT_COUNT] = { TOLD_AS(PERCENT) | TOLD_AS(PERSONS), 0, 0,
				 TOLD_AS(PERSONS) | TOLD_AS(ROOMS) },
		[UNIT_AREA] = { TOLD_AS(AREA), TOLD_AS(PERCENT) | TOLD_AS(PERSONS), 0,
				TOLD_AS(AREA) },
		[UNIT_MONEY] = { TOLD_AS(YUAN), 0, TOLD_AS(PERCENT) | TOLD_AS(PERSONS),
				 TOLD_AS(YUAN) },
	};

	return told[of][to] | TOLD_AS(NUMBER);
}

static int unit_of(struct context *x, const char *member, const struct sum *sum)
{
	const size_t mark = reader_enter(x->r, member);
	const int unit = standard_sum_unit(x->r, x->s, sum);

	reader_leave(x->r, mark);
	return unit;
}

static void problem_at(struct context *x, const char *member, const char *code, const char *detail)
{
	const size_t mark = reader_enter(x->r, member);

	reader_problem(x->r, code, "%s", detail);
	reader_leave(x->r, mark);
}

static void check_units(struct context *x)
{
	const int of = unit_of(x, "of", &x->c->of);
	const int to = x->has_to ? unit_of(x, "to", &x->c->to) : NO_UNIT;
	unsigned told;

	if (of < 0 || to < 0)
		return;
	told = x->c->rule == RULE_GROWTH ? TOLD_AS(PERCENT) : measures_of(of, to);
	if (x->measured && !(told & (1u << x->c->measure)))
		problem_at(x, "measure", "unit_mismatch",
			   "这些字段不能这样计量 / what these fields come to is not told so");
	if (x->c->share && of != to)
		problem_at(x, "share", "contradicts",
			   "须有同单位的 to / needs a to of the same unit");
}

/* What nothing from 0 to 100 % can meet. */
static void check_part(struct context *x)
{
	const int64_t whole = 100 * STANDARD_SCALE;
	const bool never[COMPARE_COUNT] = {
		[AT_LEAST] = x->c->threshold > whole,
		[MORE_THAN] = x->c->threshold >= whole,
		[LESS_THAN] = x->c->threshold == 0,
	};

	if (never[x->c->compare])
		problem_at(x, compare_names[x->c->compare], "contradicts",
			   "部分在 0 与整体之间,达不到 / a part of a whole can never meet this");
}

static void check_relief(struct context *x)
{
	const bool floor = x->c->compare == AT_LEAST || x->c->compare == MORE_THAN;

	if (x->compared && x->relieved &&
	    (floor ? x->c->relief_threshold > x->c->threshold
		   : x->c->relief_threshold < x->c->threshold))
		problem_at(x, "relief", "contradicts",
			   "从宽的限值不能更严 / the limit of a relief cannot be stricter");
}

static void check_comparison(struct context *x)
{
	if (x->comparators != 1)
		reader_problem(x->r, x->comparators ? "contradicts" : "required",
			       "须有 at_least、more_than、at_most、less_than 之一 / must have one "
			       "of at_least, more_than, at_most, less_than");
	if (!x->has_measure)
		reader_missing(x->r, "measure");
	else if (x->measured && x->compared && x->c->measure == MEASURE_PERCENT &&
		 (x->c->share || x->c->rule == RULE_GROUPS))
		check_part(x);
	if (x->c->rule == RULE_GROUPS) {
		if (x->measured && x->c->measure != MEASURE_PERCENT)
			problem_at(x, "measure", "unit_mismatch", "须为 percent / must be percent");
		return;
	}
	if (!x->has_of)
		reader_missing(x->r, "of");
	else if (x->c->of.n)
		check_units(x);
	check_relief(x);
}

static void check_whole(struct context *x, json_t *node)
{
	if ((1u << x->c->rule) & COMPARES)
		check_comparison(x);
	if (x->c->rule == RULE_SUBJECTS && !x->has_level)
		reader_missing(x->r, "level");
	if (x->c->rule == RULE_SUBJECTS && !x->has_difference)
		reader_missing(x->r, "difference_below");
	if (x->c->rule == RULE_ROOMS)
		standard_read_rooms(x->r, node, &x->c->rooms);
	if (x->c->rule != RULE_RATIO || x->c->each_school || counts_schools(&x->c->of) ||
	    counts_schools(&x->c->to))
		return;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (members[i].over_schools && json_object_get(node, members[i].name))
			problem_at(x, members[i].name, "contradicts",
				   "只用于学校的字段 / is about figures of schools");
	}
}

static const struct member *member_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (str_equal(members[i].name, name))
			return &members[i];
	}
	return NULL;
}

/* The rule and where it looks come first: all else hangs on them. */
static bool read_kind(struct context *x, json_t *node)
{
	static const char *const overs[] = { "county", "each_school" };
	json_t *value = json_object_get(node, "rule");
	size_t mark;
	int n;

	if (!value) {
		reader_missing(x->r, "rule");
		return false;
	}
	mark = reader_enter(x->r, "rule");
	n = reader_choice(x->r, value, rule_names, RULE_COUNT);
	reader_leave(x->r, mark);
	if (n < 0)
		return false;
	x->c->rule = (enum rule)n;
	value = json_object_get(node, "over");
	if (!value && x->c->rule == RULE_RATIO)
		reader_missing(x->r, "over");
	if (!value || !((1u << n) & (OF(RATIO) | OF(GROWTH))))
		return x->c->rule != RULE_RATIO;
	mark = reader_enter(x->r, "over");
	/* What schools reported a period before is not at hand: growth is the county's. */
	n = reader_choice(x->r, value, overs, x->c->rule == RULE_GROWTH ? 1 : 2);
	reader_leave(x->r, mark);
	x->c->each_school = n == 1;
	return n >= 0;
}

static void check_members(struct context *x, json_t *node)
{
	const char *key;
	json_t *value;

	json_object_foreach(node, key, value)
	{
		const struct member *m = member_find(key);

		if (!m || !(m->rules & (1u << x->c->rule)))
			reader_unknown(x->r, key);
		else if (m->of_schools && !x->c->each_school)
			problem_at(x, key, "contradicts",
				   "只用于 each_school / is for each_school only");
	}
}

void standard_read_condition(struct reader *r, json_t *value, const struct standard *s, int item,
			     struct condition *out)
{
	struct context x = { .r = r, .s = s, .item = item, .c = out };

	*out = (struct condition){ .stage = -1, .relief = -1 };
	if (!reader_is_object(r, value) || !read_kind(&x, value))
		return;
	check_members(&x, value);
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const struct member *m = &members[i];
		json_t *member = json_object_get(value, m->name);
		size_t mark;

		if (!member || !m->read || !(m->rules & (1u << out->rule)))
			continue;
		mark = reader_enter(r, m->name);
		m->read(&x, member);
		reader_leave(r, mark);
	}
	if ((out->rule == RULE_CONFIRMED || out->rule == RULE_VETO) &&
	    !json_object_get(value, "flag"))
		find_flag(&x, "confirmed");
	check_whole(&x, value);
}
