/* SPDX-License-Identifier: Apache-2.0 */
#include "api/replay_past.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/history.h"
#include "store/plans.h"
#include "store/replay.h"
#include "store/standards.h"
#include "json/plan_json.h"

void county_past_release(struct county_past *p)
{
	free(p->looks);
	free(p->plans);
	free(p->versions);
	free(p->silent);
	standard_release(p->standard);
	*p = (struct county_past){ .looks = NULL };
}

void item_past_release(struct item_past *p)
{
	free(p->moves);
	free(p->entries);
	*p = (struct item_past){ .moves = NULL };
}

/* Half of what has been would be told as the whole. */
static enum err too_long(struct call *c, const char *county)
{
	return err_set(
		&c->info, ERR_CONFLICT,
		"县 %s 的历史过长,无法回放:最多 %d 次评定、%d 次上报、学校前后两学年的填报 %d "
		"对、各学年的学校 %d 条、规划 %d 版,每项 %d 次变动、台账 %d 条记录 / the history "
		"of county %s is too long to be replayed: at most %d computations, %d accepted "
		"changes, %d pairs of a school's reports, %d schools as they were known for a "
		"year, %d versions of its plan, and of an item %d moves and %d records of the "
		"ledger",
		county, REPLAY_LOOKS_MAX, REPLAY_VERSIONS_MAX, REPLAY_PAIRS_MAX, REPLAY_SILENT_MAX,
		REPLAY_PLANS_MAX, REPLAY_MOVES_MAX, REPLAY_ENTRIES_MAX, county, REPLAY_LOOKS_MAX,
		REPLAY_VERSIONS_MAX, REPLAY_PAIRS_MAX, REPLAY_SILENT_MAX, REPLAY_PLANS_MAX,
		REPLAY_MOVES_MAX, REPLAY_ENTRIES_MAX);
}

static enum err read_moves(struct call *c, const char *county, const char *item,
			   struct item_past *p)
{
	auto_moves struct move_list list = { .items = NULL };
	auto_free struct replay_move *moves = NULL;
	struct history_query q = {
		.county = county, .period = "", .after_period = "", .limit = REPLAY_MOVES_MAX + 1
	};
	enum err e;

	if (!explain_item_parse(item, &q.item))
		return ERR_DB;
	e = store_history_list(c->api->store, &q, &list, &c->info);
	if (e != ERR_OK)
		return e;
	if (list.n > REPLAY_MOVES_MAX)
		return too_long(c, county);
	moves = calloc(list.n + 1, sizeof(*moves));
	if (!moves)
		return ERR_NOMEM;
	for (size_t i = 0; i < list.n; i++) {
		const struct move *m = &list.items[i];

		moves[i] = (struct replay_move){ .has_value = m->has_value,
						 .has_limit = m->has_limit,
						 .value = m->value,
						 .limit = m->limit,
						 .status = m->status };
		str_copy(moves[i].period, sizeof(moves[i].period), m->period);
		if (!time_parse(m->at, &moves[i].at_us))
			return ERR_DB;
	}
	p->moves_n = list.n;
	p->moves = STEAL(moves);
	return ERR_OK;
}

enum err item_past_read(struct call *c, const char *county, const char *item,
			const struct alert_rule *rule, struct item_past *out)
{
	auto_item_past struct item_past p = { .moves = NULL };
	enum err e = read_moves(c, county, item, &p);

	if (e == ERR_OK && rule->kind == ALERT_ON_OVERDUE)
		e = store_replay_entries(c->api->store, county, item, REPLAY_ENTRIES_MAX + 1,
					 &p.entries, &p.entries_n, &c->info);
	if (e == ERR_OK && p.entries_n > REPLAY_ENTRIES_MAX)
		return too_long(c, county);
	if (e != ERR_OK)
		return e;
	*out = p;
	p = (struct item_past){ .moves = NULL };
	return ERR_OK;
}

static enum err take_looks(const struct computation_list *list, struct county_past *p)
{
	p->looks = calloc(list->n + 1, sizeof(p->looks[0]));
	if (!p->looks)
		return ERR_NOMEM;
	for (size_t i = 0; i < list->n; i++) {
		const struct computation *l = &list->items[i];

		p->looks[i] = (struct replay_look){ .at_us = l->at_us,
						    .version = l->version,
						    .missing = l->missing,
						    .known = l->known,
						    .reported = l->reported };
		str_copy(p->looks[i].period, sizeof(p->looks[i].period), l->period);
	}
	p->looks_n = list->n;
	return ERR_OK;
}

static enum err read_plans(struct call *c, const char *county, struct county_past *p)
{
	auto_plan_versions struct plan_versions list = { .items = NULL };
	enum err e =
		store_plan_versions(c->api->store, county, REPLAY_PLANS_MAX + 1, &list, &c->info);

	if (e != ERR_OK)
		return e;
	if (list.n > REPLAY_PLANS_MAX)
		return too_long(c, county);
	memcpy(p->above, list.above, sizeof(p->above));
	p->plans = calloc(list.n + 1, sizeof(p->plans[0]));
	if (!p->plans)
		return ERR_NOMEM;
	for (size_t i = 0; i < list.n && e == ERR_OK; i++) {
		const struct plan_version *v = &list.items[i];
		struct replay_plan *out = &p->plans[p->plans_n++];

		out->from_us = v->from_us;
		out->until_us = v->until_us;
		out->first_year = v->first_year;
		e = json_parse_plan(v->document, strlen(v->document), p->standard, &out->plan,
				    &c->info);
	}
	return e;
}

static enum err read_versions(struct call *c, const char *county, struct county_past *p)
{
	const enum err e = store_replay_versions(c->api->store, county, REPLAY_VERSIONS_MAX + 1,
						 &p->versions, &p->versions_n, &c->info);

	return e == ERR_OK && p->versions_n > REPLAY_VERSIONS_MAX ? too_long(c, county) : e;
}

static enum err read_jumps(struct call *c, const char *county, int64_t margin,
			   struct county_past *p)
{
	auto_free struct replay_edge *edges = NULL;
	size_t n = 0;
	enum err e = read_versions(c, county, p);

	if (e == ERR_OK)
		e = store_replay_edges(c->api->store, county, margin, REPLAY_PAIRS_MAX + 1, &edges,
				       &n, &c->info);
	if (e != ERR_OK)
		return e;
	if (n > 2 * (size_t)REPLAY_PAIRS_MAX)
		return too_long(c, county);
	rule_replay_jumps(p->versions, p->versions_n, edges, n, p->looks, p->looks_n);
	return ERR_OK;
}

static enum err read_silent(struct call *c, const char *county, struct county_past *p)
{
	const enum err e = store_replay_silent(c->api->store, county, REPLAY_SILENT_MAX + 1,
					       &p->silent, &p->silent_n, &c->info);

	return e == ERR_OK && p->silent_n > 2 * (size_t)REPLAY_SILENT_MAX ? too_long(c, county) : e;
}

/* What a kind of rule needs besides the computations. */
static enum err read_besides(struct call *c, const char *county, const struct alert_rule *rule,
			     struct county_past *p)
{
	if (rule->kind == ALERT_ON_PLAN || rule->kind == ALERT_ON_FORECAST)
		return read_plans(c, county, p);
	if (rule->kind == ALERT_ON_LATE)
		return read_versions(c, county, p);
	if (rule->kind == ALERT_ON_STALE)
		return read_silent(c, county, p);
	return rule->of_schools ? read_jumps(c, county, rule->margin, p) : ERR_OK;
}

enum err county_past_read(struct call *c, const char *county, const struct alert_rule *rule,
			  struct county_past *out)
{
	auto_computations struct computation_list list = { .items = NULL };
	auto_county_past struct county_past p = { .looks = NULL };
	enum err e = store_computation_list(c->api->store, county, REPLAY_LOOKS_MAX + 1, &list,
					    &c->info);

	if (e == ERR_OK && list.n > REPLAY_LOOKS_MAX)
		return too_long(c, county);
	if (e == ERR_OK && list.n)
		e = store_standard_for(c->api->store, county, list.items[list.n - 1].period,
				       &p.standard, &c->info);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !list.n)) {
		*out = (struct county_past){ .looks = NULL };
		return ERR_OK; /* nobody judges it any more */
	}
	if (e == ERR_OK)
		e = take_looks(&list, &p);
	if (e == ERR_OK)
		e = read_besides(c, county, rule, &p);
	if (e != ERR_OK)
		return e;
	*out = p;
	p = (struct county_past){ .looks = NULL };
	return ERR_OK;
}
