/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/schools.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "domain/explain.h"
#include "domain/items.h"
#include "domain/jump.h"

static void add(const struct shortfall_view *v, size_t school, struct event_schools *out)
{
	if (out->n < EVENT_SCHOOLS_MAX)
		str_copy(out->codes[out->n++], SCHOOL_CODE, v->facts->schools[school].school.code);
	out->all++;
}

static enum err list_spread(const struct shortfall_view *v, const struct item *item,
			    struct event_schools *out)
{
	size_t n, found;
	const struct record *records = judged_records(v->judged, v->records, item->stage, &n);
	auto_free struct contribution *list = calloc(n + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	found = explain_below_mean(records, n, item->indicator,
				   &v->judged->stages[item->stage].indicators[item->indicator],
				   list);
	for (size_t i = 0; i < found; i++)
		add(v, records[list[i].record].school, out);
	return ERR_OK;
}

/* Those whose record is below the threshold of an indicator. */
static void list_below(const struct shortfall_view *v, const struct item *item,
		       struct event_schools *out)
{
	size_t n;
	const struct record *records = judged_records(v->judged, v->records, item->stage, &n);

	for (size_t i = 0; i < n; i++) {
		if (records[i].values[item->indicator].status == STATUS_NOT_MET)
			add(v, records[i].school, out);
	}
}

static enum err list_records(const struct shortfall_view *v, const struct item *item,
			     struct event_schools *out)
{
	size_t n, found;
	const struct record *records = judged_records(v->judged, v->records, item->stage, &n);
	auto_free struct shortfall *list = calloc(n + 1, sizeof(*list));

	if (!list)
		return ERR_NOMEM;
	found = explain_failing(records, n, list);
	for (size_t i = 0; i < found; i++)
		add(v, records[list[i].record].school, out);
	return ERR_OK;
}

static enum err list_item_schools(const struct shortfall_view *v, size_t own,
				  struct event_schools *out)
{
	auto_free size_t *failing = calloc(v->facts->n + 1, sizeof(*failing));
	size_t n;

	if (!failing)
		return ERR_NOMEM;
	n = item_schools(v->facts, v->index, v->standard, own, STATUS_NOT_MET, failing,
			 v->facts->n);
	for (size_t i = 0; i < n && i < v->facts->n; i++)
		add(v, failing[i], out);
	return ERR_OK;
}

static void list_missing(const struct shortfall_view *v, struct event_schools *out)
{
	for (size_t i = 0; i < v->facts->n; i++) {
		if (school_is_missing(&v->facts->schools[i], v->facts->period))
			add(v, i, out);
	}
}

/* at: of the item of domain/plan.h; PLAN_ITEMS_MAX: of the reports. */
static enum err make(const struct shortfall_view *v, size_t at, struct event_schools *out)
{
	struct item item;

	*out = (struct event_schools){ .n = 0 };
	if (at == PLAN_ITEMS_MAX) {
		list_missing(v, out);
		return ERR_OK;
	}
	plan_item_judged(v->judged, v->standard, at, &item);
	if (at >= items_count(v->standard)) {
		list_below(v, &item, out);
		return ERR_OK;
	}
	if (item.rule)
		return list_item_schools(v, at - RESOURCE_ITEMS, out);
	return item.indicator < 0 ? list_records(v, &item, out) : list_spread(v, &item, out);
}

static bool goes_on(enum alert_action action)
{
	static const bool going[] = {
		[ALERT_PEND] = true,   [ALERT_FIRE] = true,     [ALERT_CHANGE] = true,
		[ALERT_REMIND] = true, [ALERT_ESCALATE] = true, [ALERT_WITHDRAW] = false,
	};

	return going[action];
}

/* Those that jump by the rule of a transition, RULES_OF_COUNTY_MAX lists at most. */
static enum err list_jumps(const struct recompute_input *in, const struct shortfall_view *v,
			   struct transition *t, struct school_lists *lists)
{
	auto_free size_t *jumping = calloc(v->facts->n + 1, sizeof(*jumping));
	size_t r = 0, n, compared;

	if (!jumping)
		return ERR_NOMEM;
	while (r < in->rules_n && !str_equal(in->rules[r]->id, t->rule))
		r++;
	if (r == in->rules_n)
		return ERR_OK;
	lists->jumps[r] = (struct event_schools){ .n = 0 };
	n = jump_find(&in->schools_before, v->facts, in->rules[r]->margin, jumping, &compared);
	for (size_t i = 0; i < n; i++)
		add(v, jumping[i], &lists->jumps[r]);
	t->schools = &lists->jumps[r];
	return ERR_OK;
}

static enum err list_at(const struct shortfall_view *v, size_t at, struct transition *t,
			struct school_lists *lists)
{
	enum err e = ERR_OK;

	if (!lists->made[at])
		e = make(v, at, &lists->lists[at]);
	lists->made[at] = e == ERR_OK;
	if (e == ERR_OK)
		t->schools = &lists->lists[at];
	return e;
}

enum err schools_behind(const struct recompute_input *in, const struct shortfall_view *v,
			struct transition *transitions, size_t n, struct school_lists *lists)
{
	enum err e = ERR_OK;

	memset(lists->made, 0, sizeof(lists->made));
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		struct transition *t = &transitions[i];
		const int found = plan_item_find(v->standard, t->item);

		if (!goes_on(t->action))
			continue;
		if (found >= 0)
			e = list_at(v, (size_t)found, t, lists);
		else if (str_equal(t->item, RULE_REPORTS))
			e = list_at(v, PLAN_ITEMS_MAX, t, lists);
		else if (str_equal(t->item, RULE_SCHOOLS))
			e = list_jumps(in, v, t, lists);
	}
	return e;
}
