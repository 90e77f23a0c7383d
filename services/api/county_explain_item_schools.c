/* SPDX-License-Identifier: Apache-2.0 */
/* The schools of an item: which ones fail it, by how much, and which ones nobody knows of. */
#include <stdlib.h>

#include "api/county_explain_items.h"
#include "base/auto.h"
#include "domain/sums.h"
#include "json/figures.h"
#include "json/items.h"
#include "json/write.h"

/* One condition against one school. */
struct school_view {
	const struct item_view *v;
	const struct merged *merged;
	int condition;
	const struct condition *c;
	struct school_item judged;
};

static struct school_view view(const struct item_view *v, const struct merged *merged,
			       int condition)
{
	struct school_view s = { .v = v,
				 .merged = merged,
				 .condition = condition,
				 .c = &v->rule->conditions[condition] };

	school_item_judge(&v->x->facts, v->x->standard, v->item, condition, merged, &s.judged);
	return s;
}

static bool is_of_schools(const struct item_view *v)
{
	for (int i = 0; i < v->rule->n; i++) {
		if (condition_is_of_schools(&v->rule->conditions[i]))
			return true;
	}
	return false;
}

/* Where a school has one compulsory stage only, its figures are that stage's. */
static int stage_of(const struct school_view *s)
{
	const bool primary = has_pupils(s->merged, STAGE_PRIMARY);
	const bool junior = has_pupils(s->merged, STAGE_JUNIOR);

	if (s->c->stage >= 0 || primary == junior)
		return s->c->stage;
	return primary ? STAGE_PRIMARY : STAGE_JUNIOR;
}

static bool lacks(const struct school_view *s, const struct term *term)
{
	const struct explanation *x = s->v->x;
	const struct report *report = &s->merged->report;

	switch (term->source) {
	case SOURCE_ITEM:
		return !x->facts.report ||
		       x->facts.report->items[term->item].figure[term->field] == MISSING;
	case SOURCE_STAGE:
		return !stage_total(s->merged, s->c->stage, (enum stage_field)term->field).known;
	case SOURCE_SITE:
		return report->site[term->field] == MISSING;
	case SOURCE_DECLARED:
		break;
	}
	return report_declared(report, x->standard->fields[term->field].name) == MISSING;
}

/* For want of what a ratio is not known. */
static void write_lacking(struct buf *out, const struct school_view *s)
{
	const struct sum *const sums[] = { &s->c->of, &s->c->to };
	bool first = true;

	json_name(out, "missing");
	buf_str(out, "[");
	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		for (int k = 0; k < sums[i]->n; k++) {
			if (!lacks(s, &sums[i]->terms[k]))
				continue;
			buf_str(out, first ? "\"" : ",\"");
			term_pointer(out, s->v->x->standard, stage_of(s), &sums[i]->terms[k]);
			buf_str(out, "\"");
			first = false;
		}
	}
	buf_str(out, "]");
}

static void write_lack(struct buf *out, const struct school_view *s)
{
	const struct term *first = &s->c->of.terms[0];
	const char *unit = term_unit(s->v->x->standard, first);

	explain_write_term(out, s->v, stage_of(s), first);
	json_member_text(out, "unit", unit);
	json_name(out, "lack");
	if (s->judged.lack == MISSING)
		buf_str(out, "null");
	else if (unit[0] == 'm' || unit[0] == 'y') /* m2, yuan */
		json_hundredths(out, s->judged.lack);
	else
		buf_printf(out, "%lld", (long long)s->judged.lack);
}

static void write_ratio(struct buf *out, const struct school_view *s)
{
	const struct school_item *j = &s->judged;
	char display[24];

	json_member_double(out, "value", j->has_value ? &j->value.value : NULL);
	json_name(out, "display");
	if (j->has_value)
		json_text(out, measure_format(s->c->measure, j->value.rounded, display));
	else
		buf_str(out, "null");
	json_member_text(out, "measure", measure_names[s->c->measure]);
	json_member_text(out, "compare", compare_names[s->c->compare]);
	explain_write_limit(out, "threshold", j->threshold, 100);
	write_lack(out, s);
	if (j->status == STATUS_NO_DATA)
		write_lacking(out, s);
}

static void write_rooms(struct buf *out, const struct school_view *s)
{
	const struct school_item *j = &s->judged;

	json_member_int(out, "needed", j->rooms_needed);
	json_name(out, "rooms");
	buf_str(out, "{");
	for (int i = 0; i < ROOM_LIST_COUNT; i++) {
		const int lack = j->rooms_needed - j->rooms_have[i];

		json_name(out, room_lists[i].name);
		buf_str(out, "{");
		json_name(out, "area");
		json_hundredths(out, j->rooms_area[i]);
		if (j->rooms_have[i] >= 0) {
			json_member_int(out, "have", j->rooms_have[i]);
			json_member_int(out, "lack", lack > 0 ? lack : 0);
		} else {
			json_member_double(out, "have", NULL);
			json_member_double(out, "lack", NULL);
		}
		buf_str(out, "}");
	}
	buf_str(out, "}");
}

static void write_condition(struct buf *out, const struct school_view *s)
{
	const struct school_item *j = &s->judged;

	buf_str(out, "{");
	json_member_int(out, "condition", s->condition);
	json_member_text(out, "status", status_names[j->status]);
	json_member_bool(out, "rounding_sensitive", j->rounding_sensitive);
	if (j->relief >= 0) {
		json_member_text(out, "relief", relief_names[j->relief]);
		json_member_bool(out, "relief_decisive", j->relief_decisive);
	}
	if (s->c->rule == RULE_ROOMS)
		write_rooms(out, s);
	else
		write_ratio(out, s);
	buf_str(out, "}");
}

static void write_head(struct buf *out, const struct school *s)
{
	json_member_text(out, "school", s->code);
	json_member_text(out, "name", s->name);
}

/* What of it is not met, or cannot be told. */
static void write_school(struct buf *out, const struct item_view *v, const struct merged *merged,
			 enum status status)
{
	bool first = true;

	buf_str(out, "{");
	write_head(out, merged->info);
	json_member_text(out, "status", status_names[status]);
	json_name(out, "conditions");
	buf_str(out, "[");
	for (int i = 0; i < v->rule->n; i++) {
		struct school_view s;

		if (!condition_is_of_schools(&v->rule->conditions[i]))
			continue;
		s = view(v, merged, i);
		if (s.judged.status == STATUS_MET || s.judged.status == STATUS_NOT_APPLICABLE)
			continue;
		if (!first)
			buf_str(out, ",");
		write_condition(out, &s);
		first = false;
	}
	buf_str(out, "]}");
}

/* Schools on their way into the answer. */
struct schools_list {
	const struct item_view *v;
	size_t *found;
	bool *listed;
	size_t n;
	size_t more;
};

static void list_status(struct buf *out, struct schools_list *l, enum status status)
{
	const struct explanation *x = l->v->x;
	const size_t n = item_schools(&x->facts, &x->index, x->standard, l->v->item, status,
				      l->found, x->facts.n);

	for (size_t i = 0; i < n; i++) {
		struct merged merged;

		if (l->listed[l->found[i]] ||
		    !merged_get(&x->index, &x->facts, l->found[i], &merged))
			continue;
		l->listed[l->found[i]] = true;
		if (l->n == x->limit) {
			l->more++;
			continue;
		}
		if (l->n++)
			buf_str(out, ",");
		write_school(out, l->v, &merged, status);
	}
}

/* Those that have not reported. */
static void list_missing(struct buf *out, struct schools_list *l)
{
	const struct explanation *x = l->v->x;
	const size_t n = item_schools(&x->facts, &x->index, x->standard, l->v->item, STATUS_NO_DATA,
				      l->found, x->facts.n);
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (l->listed[l->found[i]])
			continue;
		buf_str(out, first ? "{" : ",{");
		first = false;
		write_head(out, &x->facts.schools[l->found[i]].school);
		json_member_text(out, "reason", "report");
		buf_str(out, "}");
	}
}

static void list_relieved(struct buf *out, const struct item_view *v)
{
	const struct explanation *x = v->x;
	size_t n = 0;

	for (size_t i = 0; i < x->facts.n; i++) {
		struct merged merged;

		if (!merged_get(&x->index, &x->facts, i, &merged))
			continue;
		for (int k = 0; k < v->rule->n && n < x->limit; k++) {
			struct school_view s;

			if (!condition_is_of_schools(&v->rule->conditions[k]))
				continue;
			s = view(v, &merged, k);
			if (!s.judged.relief_decisive)
				continue;
			buf_str(out, n++ ? ",{" : "{");
			write_head(out, merged.info);
			json_member_int(out, "condition", k);
			json_member_text(out, "relief", relief_names[s.judged.relief]);
			buf_str(out, "}");
		}
	}
}

static void write_counts(struct buf *out, const struct item_view *v)
{
	const struct item_judgement *j = v->judged;

	json_name(out, "schools");
	buf_str(out, "{");
	json_member_int(out, "total", (int64_t)j->schools);
	json_member_int(out, "met", (int64_t)j->schools_met);
	json_member_int(out, "not_met", (int64_t)j->schools_failed);
	json_name(out, "reliefs");
	buf_str(out, "{");
	for (int i = 0; i < RELIEF_COUNT; i++) {
		if (j->relieved[i])
			json_member_int(out, relief_names[i], (int64_t)j->relieved[i]);
	}
	buf_str(out, "}}");
}

enum err explain_write_item_schools(struct buf *out, const struct item_view *v)
{
	static const enum status order[] = { STATUS_NOT_MET, STATUS_NO_DATA, STATUS_UNDEFINED };
	const bool some = is_of_schools(v);
	const size_t n = v->x->facts.n + 1;
	auto_free size_t *found = calloc(n, sizeof(*found));
	auto_free bool *listed = calloc(n, sizeof(*listed));
	struct schools_list l = { .v = v, .found = found, .listed = listed };

	if (!found || !listed)
		return ERR_NOMEM;
	if (some)
		write_counts(out, v);
	json_name(out, "items");
	buf_str(out, "[");
	for (size_t i = 0; some && i < ARRAY_LEN(order); i++)
		list_status(out, &l, order[i]);
	buf_str(out, "]");
	json_member_int(out, "more", (int64_t)l.more);
	if (some) {
		json_name(out, "relieved");
		buf_str(out, "[");
		list_relieved(out, v);
		buf_str(out, "]");
	}
	json_name(out, "missing");
	buf_str(out, "[");
	if (some)
		list_missing(out, &l);
	buf_str(out, "]");
	return ERR_OK;
}
