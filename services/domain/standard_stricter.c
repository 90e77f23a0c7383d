/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a province's standard asks for at least what its base asks for. */
#include <string.h>

#include "base/str.h"
#include "domain/items.h"

/* What is compared, and where its first weakness goes. */
struct comparison {
	const struct standard *s;
	const struct standard *base;
	const struct item_rule *item;
	const struct item_rule *base_item;
	char at[64]; /* the pointer of the item or condition that is compared */
	struct standard_finding *out;
};

/* One text after another, cut at the end. */
static void append(char *to, size_t size, const char *a, const char *b)
{
	const size_t at = strlen(to);

	str_copy(to + at, size - at, a);
	str_copy(to + strlen(to), size - strlen(to), b);
}

static void go_to(struct comparison *x, const char *member, const char *name)
{
	append(x->at, sizeof(x->at), "/", member);
	append(x->at, sizeof(x->at), "/", name);
}

/* Names a member below x->at, or one of the member's own. Always false, to be returned. */
static bool weaker(struct comparison *x, const char *member, const char *of_member)
{
	struct standard_finding *out = x->out;

	*out = (struct standard_finding){ .code = "weaker" };
	append(out->pointer, sizeof(out->pointer), x->at, "/");
	append(out->pointer, sizeof(out->pointer), member, *of_member ? "/" : "");
	append(out->pointer, sizeof(out->pointer), of_member, "");
	append(out->text, sizeof(out->text), "比所依据的标准宽松: ", x->base->id);
	append(out->text, sizeof(out->text), " / weaker than in the standard it is based on, ",
	       x->base->id);
	return false;
}

/* --- section 4 ---------------------------------------------------------------------- */

static bool stage_rules(struct comparison *x, int stage)
{
	for (int i = 0; i < INDICATORS; i++) {
		if (x->s->threshold[stage][i] >= x->base->threshold[stage][i])
			continue;
		go_to(x, "thresholds", stage_names[stage]);
		return weaker(x, indicators[i].code, "");
	}
	if (x->s->cv_limit[stage] > x->base->cv_limit[stage])
		return weaker(x, "cv_limit", stage_names[stage]);
	return true;
}

static bool resources(struct comparison *x)
{
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		if (!stage_rules(x, stage))
			return false;
	}
	if (x->s->indicators_needed < x->base->indicators_needed)
		return weaker(x, "indicators_needed", "");
	if (x->s->floor_percent < x->base->floor_percent)
		return weaker(x, "floor_percent", "");
	if (x->s->teaching_point_students > x->base->teaching_point_students)
		return weaker(x, "teaching_point_students", "");
	return true;
}

/* --- conditions --------------------------------------------------------------------- */

static bool is_floor(enum compare compare)
{
	return compare == AT_LEAST || compare == MORE_THAN;
}

static bool is_strict(enum compare compare)
{
	return compare == MORE_THAN || compare == LESS_THAN;
}

/* Whether what meets one threshold meets the other. */
static bool implies(enum compare compare, int64_t threshold, enum compare other, int64_t base)
{
	if (is_floor(compare) != is_floor(other))
		return false;
	if (threshold == base)
		return is_strict(compare) || !is_strict(other);
	return is_floor(compare) == (threshold > base);
}

/* The name of what a term counts: the place of a field may differ from standard to standard. */
static const char *field_name(const struct standard *s, const struct term *t)
{
	switch (t->source) {
	case SOURCE_ITEM:
		return s->items[t->item].fields[t->field].name;
	case SOURCE_STAGE:
		return stage_fields[t->field].name;
	case SOURCE_SITE:
		return site_fields[t->field].name;
	case SOURCE_DECLARED:
		break;
	}
	return s->fields[t->field].name;
}

static bool same_term(const struct comparison *x, const struct term *a, const struct term *b)
{
	return a->minus == b->minus && a->source == b->source &&
	       str_equal(field_name(x->s, a), field_name(x->base, b)) &&
	       (a->source != SOURCE_ITEM ||
		str_equal(x->s->items[a->item].name, x->base->items[b->item].name));
}

static bool same_sum(const struct comparison *x, const struct sum *a, const struct sum *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++) {
		if (!same_term(x, &a->terms[i], &b->terms[i]))
			return false;
	}
	return true;
}

/* Over schools one by one, more of them is more; a sum over others is another figure. */
static bool covers(struct comparison *x, const struct condition *c, const struct condition *b)
{
	const bool alike = !condition_is_of_schools(c);
	/* The largest school that it is about. */
	const int64_t below = c->students_below ? c->students_below : INT64_MAX;
	const int64_t base_below = b->students_below ? b->students_below : INT64_MAX;

	if (c->each_school != b->each_school)
		return weaker(x, "over", "");
	if (c->stage != b->stage)
		return weaker(x, "stage", "");
	if (alike ? c->filters != b->filters : c->filters & ~b->filters)
		return weaker(x, "where", "");
	if (below < base_below)
		return weaker(x, "students_below", "");
	if (alike ? c->teaching_points != b->teaching_points
		  : !c->teaching_points && b->teaching_points)
		return weaker(x, "teaching_points", "");
	return true;
}

static bool threshold(struct comparison *x, const struct condition *c, const struct condition *b)
{
	if (c->measure != b->measure)
		return weaker(x, "measure", "");
	if (!implies(c->compare, c->threshold, b->compare, b->threshold))
		return weaker(x, compare_names[c->compare], "");
	return true;
}

static bool relief(struct comparison *x, const struct condition *c, const struct condition *b)
{
	if (c->relief < 0)
		return true;
	if (c->relief != b->relief)
		return weaker(x, "relief", "");
	if (!implies(c->compare, c->relief_threshold, b->compare, b->relief_threshold))
		return weaker(x, "relief", compare_names[c->compare]);
	return true;
}

static bool ratio(struct comparison *x, const struct condition *c, const struct condition *b)
{
	if (!covers(x, c, b))
		return false;
	if (!same_sum(x, &c->of, &b->of))
		return weaker(x, "of", "");
	if (!same_sum(x, &c->to, &b->to))
		return weaker(x, "to", "");
	if (b->share && !c->share)
		return weaker(x, "share", "");
	return threshold(x, c, b) && relief(x, c, b);
}

static bool flag(struct comparison *x, const struct condition *c, const struct condition *b)
{
	const char *name = x->item->fields[c->flag].name;

	return str_equal(name, x->base_item->fields[b->flag].name) || weaker(x, "flag", "");
}

/* The area of each list under a relief, "" for the rule itself. */
static bool areas(struct comparison *x, const int64_t *area, const int64_t *base, const char *under)
{
	static const char *const lists[ROOM_LIST_COUNT] = { "music", "art" };

	for (int l = 0; l < ROOM_LIST_COUNT; l++) {
		if (area[l] < base[l])
			return *under ? weaker(x, under, lists[l]) : weaker(x, lists[l], "");
	}
	return true;
}

static bool older_rooms(struct comparison *x, const struct rooms_rule *r,
			const struct rooms_rule *b)
{
	if (r->older_founded > b->older_founded)
		return weaker(x, "older", "founded");
	return areas(x, r->older_area, b->older_area, "older");
}

static bool small_rural_rooms(struct comparison *x, const struct rooms_rule *r,
			      const struct rooms_rule *b)
{
	if (r->small_students > b->small_students)
		return weaker(x, "small_rural", "students_below");
	if (r->small_largest_class > b->small_largest_class)
		return weaker(x, "small_rural", "largest_class_below");
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		if (r->small_area[stage] < b->small_area[stage])
			return weaker(x, "small_rural", stage_names[stage]);
	}
	return true;
}

static bool rooms(struct comparison *x, const struct condition *c, const struct condition *b)
{
	if (!covers(x, c, b))
		return false;
	if (c->rooms.classes > b->rooms.classes)
		return weaker(x, "classes", "");
	return areas(x, c->rooms.area, b->rooms.area, "") && older_rooms(x, &c->rooms, &b->rooms) &&
	       small_rural_rooms(x, &c->rooms, &b->rooms);
}

static bool subjects(struct comparison *x, const struct condition *c, const struct condition *b)
{
	if (c->level < b->level)
		return weaker(x, "level", "");
	return c->difference_below <= b->difference_below || weaker(x, "difference_below", "");
}

static bool groups(struct comparison *x, const struct condition *c, const struct condition *b)
{
	if (b->each_group && !c->each_group)
		return weaker(x, "each_group", "");
	return threshold(x, c, b);
}

/* --- items -------------------------------------------------------------------------- */

static bool condition(struct comparison *x, int i)
{
	static bool (*const rules[RULE_COUNT])(struct comparison *, const struct condition *,
					       const struct condition *) = {
		[RULE_CONFIRMED] = flag, [RULE_VETO] = flag,   [RULE_RATIO] = ratio,
		[RULE_GROWTH] = ratio,   [RULE_ROOMS] = rooms, [RULE_SUBJECTS] = subjects,
		[RULE_GROUPS] = groups,
	};
	const struct condition *c = &x->item->conditions[i], *b = &x->base_item->conditions[i];

	x->at[0] = '\0';
	go_to(x, "items", x->item->name);
	go_to(x, "conditions", (const char[]){ (char)('0' + i), '\0' });
	if (c->rule != b->rule)
		return weaker(x, "rule", "");
	return rules[c->rule](x, c, b);
}

static bool item(struct comparison *x, const struct item_rule *base)
{
	const int at = standard_item(x->s, base->name);

	if (at < 0)
		return weaker(x, "items", base->name);
	x->item = &x->s->items[at];
	x->base_item = base;
	if (x->item->n < base->n) {
		go_to(x, "items", base->name);
		return weaker(x, "conditions", "");
	}
	for (int i = 0; i < base->n; i++) {
		if (!condition(x, i))
			return false;
	}
	x->at[0] = '\0';
	return true;
}

bool standard_is_stricter(const struct standard *s, const struct standard *base,
			  struct standard_finding *out)
{
	struct comparison x = { .s = s, .base = base, .out = out };

	if (!resources(&x))
		return false;
	for (int i = 0; i < base->items_n; i++) {
		if (!item(&x, &base->items[i]))
			return false;
	}
	return true;
}
