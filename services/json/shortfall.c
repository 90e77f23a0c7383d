/* SPDX-License-Identifier: Apache-2.0 */
#include "json/shortfall.h"

#include <math.h>
#include <stdlib.h>

#include "base/auto.h"
#include "base/decimal.h"
#include "domain/explain.h"
#include "domain/items.h"
#include "domain/wide.h"
#include "json/figures.h"
#include "json/write.h"

#define SCHOOL_BYTES 2048 /* that a school may take: seven lacks and a name */
#define MILLION      1e6
#define PER_HUNDRED  100.0

/* The list of schools on its way. */
struct listing {
	struct buf *out;
	size_t start; /* of the document in out */
	size_t n;
	size_t more;
	bool first; /* lack of a school */
};

static struct listing schools_begin(struct buf *out, size_t start)
{
	json_name(out, "schools");
	buf_str(out, "[");
	return (struct listing){ .out = out, .start = start };
}

static bool school_begin(struct listing *l, const struct school *s, const char *stage)
{
	if (l->n == SHORTFALL_SCHOOLS_LISTED ||
	    l->out->len - l->start > SHORTFALL_BYTES - SCHOOL_BYTES) {
		l->more++;
		return false;
	}
	buf_str(l->out, l->n++ ? ",{" : "{");
	json_member_text(l->out, "school", s->code);
	json_member_text(l->out, "name", s->name);
	if (stage)
		json_member_text(l->out, "stage", stage);
	json_name(l->out, "lacks");
	buf_str(l->out, "[");
	l->first = true;
	return true;
}

static void school_end(const struct listing *l)
{
	buf_str(l->out, "]}");
}

static void schools_end(const struct listing *l)
{
	buf_str(l->out, "]");
	json_member_int(l->out, "more", (int64_t)l->more);
}

static bool is_amount(const char *unit)
{
	return unit[0] == 'm' || unit[0] == 'y'; /* m2, yuan */
}

/* lack: whole ones, or of amounts hundredths; MISSING: null. */
static void write_lack(struct buf *out, int64_t lack, const char *unit)
{
	json_name(out, "lack");
	if (lack == MISSING)
		buf_str(out, "null");
	else if (is_amount(unit))
		json_hundredths(out, lack);
	else
		buf_printf(out, "%lld", (long long)lack);
	json_member_text(out, "unit", unit);
}

static void lack_begin(struct listing *l)
{
	buf_str(l->out, l->first ? "{" : ",{");
	l->first = false;
}

/* --- a stage's indicators -------------------------------------------------------------------- */

static void write_indicator(struct listing *l, const struct record *r, int indicator,
			    const char *to, int64_t lack)
{
	const struct figure_ref figure = explain_figure(r->stage, indicator);

	lack_begin(l);
	json_member_text(l->out, "indicator", indicators[indicator].code);
	json_name(l->out, "figure");
	buf_str(l->out, "\"");
	figure_pointer(l->out, &figure);
	buf_str(l->out, "\"");
	json_member_text(l->out, "to", to);
	write_lack(l->out, lack, figure_unit(&figure));
	buf_str(l->out, "}");
}

static void write_record(const struct shortfall_view *v, struct listing *l, const struct record *r)
{
	enum lift lifts[INDICATORS];

	if (!school_begin(l, &v->facts->schools[r->school].school, stage_names[r->stage]))
		return;
	explain_lift(r, v->standard, lifts);
	for (int i = 0; i < INDICATORS; i++) {
		struct lack lack;

		if (lifts[i] == LIFT_NONE)
			continue;
		explain_lack(r, v->standard, i, &lack);
		if (lifts[i] == LIFT_FLOOR)
			write_indicator(l, r, i, "floor", lack.to_floor);
		else
			write_indicator(l, r, i, "threshold", lack.to_threshold);
	}
	school_end(l);
}

/* Worst first. */
static enum err list_records(const struct shortfall_view *v, const struct item *item,
			     struct listing *l)
{
	size_t n, found;
	const struct record *records = judged_records(v->judged, v->records, item->stage, &n);
	auto_free struct shortfall *list = calloc(n + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	found = explain_failing(records, n, list);
	for (size_t i = 0; i < found; i++)
		write_record(v, l, &records[list[i].record]);
	return ERR_OK;
}

/* What takes a school to the mean: whole persons or rooms, hundredths of m² or yuan. */
static int64_t to_mean(const struct record *r, int indicator, double deviation)
{
	const double amount = -deviation * (double)r->students;

	if (indicators[indicator].per_hundred)
		return (int64_t)ceil(amount / PER_HUNDRED);
	return (int64_t)ceil(amount * DECIMAL_SCALE);
}

/* Those below the mean, by what they add. */
static enum err list_spread(const struct shortfall_view *v, const struct item *item,
			    struct listing *l)
{
	size_t n, found;
	const struct record *records = judged_records(v->judged, v->records, item->stage, &n);
	auto_free struct contribution *list = calloc(n + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	found = explain_below_mean(records, n, item->indicator,
				   &v->judged->stages[item->stage].indicators[item->indicator],
				   list);
	for (size_t i = 0; i < found; i++) {
		const struct record *r = &records[list[i].record];

		if (!school_begin(l, &v->facts->schools[r->school].school, stage_names[r->stage]))
			continue;
		write_indicator(l, r, item->indicator, "mean",
				to_mean(r, item->indicator, list[i].deviation));
		school_end(l);
	}
	return ERR_OK;
}

/* --- items of the standard ------------------------------------------------------------------- */

static void write_rooms(struct listing *l, const struct school_item *j)
{
	for (int i = 0; i < ROOM_LIST_COUNT; i++) {
		const int lack = j->rooms_needed - j->rooms_have[i];

		if (j->rooms_have[i] < 0 || lack <= 0)
			continue;
		lack_begin(l);
		json_name(l->out, "figure");
		buf_printf(l->out, "\"/site/%s\"", room_lists[i].name);
		json_member_text(l->out, "to", "threshold");
		json_name(l->out, "area");
		json_hundredths(l->out, j->rooms_area[i]);
		write_lack(l->out, lack, "rooms");
		buf_str(l->out, "}");
	}
}

static void write_term_lack(struct buf *out, const struct shortfall_view *v, int stage,
			    const struct term *term, int64_t lack)
{
	json_name(out, "figure");
	buf_str(out, "\"");
	term_pointer(out, v->standard, stage, term);
	buf_str(out, "\"");
	/* Who reads it later may have another standard, or none. */
	if (term->source == SOURCE_ITEM || term->source == SOURCE_DECLARED)
		json_member_text(out, "name", term_zh(v->standard, term));
	json_member_text(out, "to", "threshold");
	write_lack(out, lack, term_unit(v->standard, term));
}

static void write_condition(const struct shortfall_view *v, struct listing *l, size_t own,
			    int condition, const struct merged *merged)
{
	const struct condition *c = &v->standard->items[own].conditions[condition];
	struct school_item j;

	school_item_judge(v->facts, v->standard, own, condition, merged, &j);
	if (j.status != STATUS_NOT_MET)
		return;
	if (c->rule == RULE_ROOMS) {
		write_rooms(l, &j);
		return;
	}
	lack_begin(l);
	write_term_lack(l->out, v, c->stage, &c->of.terms[0], j.lack);
	buf_str(l->out, "}");
}

/* By code. */
static enum err list_item_schools(const struct shortfall_view *v, size_t own, struct listing *l)
{
	const struct item_rule *rule = &v->standard->items[own];
	auto_free size_t *failing = calloc(v->facts->n + 1, sizeof(*failing));
	size_t n;

	if (!failing)
		return ERR_NOMEM;
	n = item_schools(v->facts, v->index, v->standard, own, STATUS_NOT_MET, failing,
			 v->facts->n);
	for (size_t i = 0; i < n && i < v->facts->n; i++) {
		struct merged merged;

		if (!merged_get(v->index, v->facts, failing[i], &merged) ||
		    !school_begin(l, merged.info, NULL))
			continue;
		for (int k = 0; k < rule->n; k++) {
			if (condition_is_of_schools(&rule->conditions[k]))
				write_condition(v, l, own, k, &merged);
		}
		school_end(l);
	}
	return ERR_OK;
}

/* --- figures of the county ------------------------------------------------------------------- */

/* The least that the first figure of a sum must grow by, all else staying as it is, so that the
 * ratio reaches its threshold: exactly, also where it is judged as displayed. False when growing
 * does not help, or it is not known. */
static bool county_lack(const struct shortfall_view *v, size_t own, int condition,
			int64_t *ret_lack)
{
	const struct condition *c = &v->standard->items[own].conditions[condition];
	const int128 per =
		c->measure == MEASURE_PERCENT ? STANDARD_SCALE * (int)PER_HUNDRED : STANDARD_SCALE;
	struct county_sums sums;
	int128 lack;

	if (c->rule != RULE_RATIO || c->each_school || c->compare > MORE_THAN ||
	    c->of.terms[0].minus)
		return false;
	county_sums(v->facts, v->index, v->standard, own, condition, v->facts->report, &sums);
	if (!sums.has_of || !sums.has_to)
		return false;
	lack = ((int128)c->threshold * sums.to + per - 1) / per - sums.of;
	if (c->compare == MORE_THAN && (int128)c->threshold * sums.to % per == 0)
		lack++;
	if (lack <= 0)
		return false;
	if (!is_amount(term_unit(v->standard, &c->of.terms[0])))
		lack = (lack + DECIMAL_SCALE - 1) / DECIMAL_SCALE;
	*ret_lack = wide_saturated(lack);
	return true;
}

static void write_figures(const struct shortfall_view *v, const struct item *item, size_t own,
			  struct buf *out)
{
	bool first = true;

	json_name(out, "figures");
	buf_str(out, "[");
	for (int k = 0; item->rule && k < item->rule->n; k++) {
		const struct condition *c = &item->rule->conditions[k];
		int64_t lack = 0;

		if (v->judged->items[own].conditions[k].status != STATUS_NOT_MET ||
		    !county_lack(v, own, k, &lack))
			continue;
		buf_str(out, first ? "{" : ",{");
		write_term_lack(out, v, c->stage, &c->of.terms[0], lack);
		buf_str(out, "}");
		first = false;
	}
	buf_str(out, "]");
}

/* --- the whole ------------------------------------------------------------------------------- */

static void write_title(struct buf *out, const struct item *item)
{
	const char *stage = stage_names[item->stage], *zh = stage_zh[item->stage];

	json_name(out, "title");
	buf_str(out, "{");
	if (item->rule) {
		json_member_text(out, "zh", item->rule->zh);
		json_member_text(out, "en", item->rule->en);
	} else if (item->indicator < 0) {
		buf_printf(out,
			   "\"zh\":\"%s学校综合达标\",\"en\":\"%s schools, each meeting the "
			   "standard\"",
			   zh, stage);
	} else {
		buf_printf(
			out,
			"\"zh\":\"%s%s校际差异系数\",\"en\":\"%s, difference between schools: %s\"",
			zh, indicators[item->indicator].zh, stage, indicators[item->indicator].en);
	}
	buf_str(out, "}");
}

/* What the value is held against its limit by. */
struct held {
	const char *compare;
	const char *unit;
	bool fails; /* the value itself */
};

static struct held held_by(const struct item *item, const struct item_judgement *own)
{
	const int figure = item->rule ? item_figure(item->rule) : ITEM_OF_SCHOOLS;
	const bool fails = item->status == STATUS_NOT_MET;
	const struct condition *c;

	if (!item->rule && item->indicator >= 0)
		return (struct held){ compare_names[AT_MOST], "cv", fails };
	if (figure == ITEM_OF_SCHOOLS)
		return (struct held){ compare_names[AT_MOST], "schools", fails };
	if (figure == ITEM_NO_FIGURE)
		return (struct held){ NULL, NULL, false };
	c = &item->rule->conditions[figure];
	return (struct held){ compare_names[c->compare], measure_names[c->measure],
			      own->conditions[figure].status == STATUS_NOT_MET };
}

static void write_way(struct buf *out, const struct item *item, const struct held *held)
{
	double lack = 0;
	bool has = item->status == STATUS_MET;

	if (held->fails && item->has_value && item->has_limit) {
		lack = round(fabs(item->value - item->limit) * MILLION) / MILLION;
		has = true;
	}
	json_member_text_or_null(out, "compare", held->compare);
	json_member_text_or_null(out, "unit", held->unit);
	json_member_double(out, "lack", has ? &lack : NULL);
}

static enum err list_schools(const struct shortfall_view *v, const struct item *item, size_t own,
			     struct listing *l)
{
	if (item->rule)
		return list_item_schools(v, own, l);
	return item->indicator < 0 ? list_records(v, item, l) : list_spread(v, item, l);
}

enum err json_write_shortfall(const struct shortfall_view *v, size_t i, struct buf *out)
{
	const size_t own = i < RESOURCE_ITEMS ? 0 : i - RESOURCE_ITEMS;
	const size_t start = out->len;
	struct listing l;
	struct item item;
	struct held held;
	enum err e = ERR_OK;

	item_get(v->judged, v->standard, i, &item);
	held = held_by(&item, &v->judged->items[own]);
	buf_str(out, "{");
	write_title(out, &item);
	write_way(out, &item, &held);
	write_figures(v, &item, own, out);
	l = schools_begin(out, start);
	if (item.status == STATUS_NOT_MET)
		e = list_schools(v, &item, own, &l);
	schools_end(&l);
	buf_str(out, "}");
	return e;
}
