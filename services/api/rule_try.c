/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule would have raised, had it been in force all the time. Nothing is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/calendars.h"
#include "api/handlers.h"
#include "api/page.h"
#include "base/str.h"
#include "domain/rule_replay.h"
#include "store/history.h"
#include "store/standards.h"
#include "json/rule_json.h"
#include "json/write.h"

#define COUNTIES_MAX     200  /* the largest province has fewer */
#define COMPUTATIONS_MAX 5000 /* of a county */
#define MOVES_MAX        2000 /* of an item */

struct trial {
	struct alert_rule rule;
	struct calendar calendar;
	char counties[COUNTIES_MAX + 1][COUNTY_CODE];
	size_t n;
	int64_t computations;
	int64_t fired;
	int64_t open;
	size_t listed;
	size_t limit;
	struct buf list;
	const char *county; /* on its way */
	const char *item;
};

static void trial_free(struct trial **t)
{
	if (*t)
		buf_release(&(*t)->list);
	free(*t);
}
#define auto_trial AUTO(trial_free)

static void on_raised(const struct replayed *a, void *context)
{
	struct trial *t = context;
	struct buf *out = &t->list;
	char at[TIME_TEXT];

	t->fired++;
	t->open += a->ended_us == 0;
	if (t->listed == t->limit)
		return;
	buf_str(out, t->listed++ ? ",{" : "{");
	json_member_text(out, "county", t->county);
	json_member_text(out, "item", t->item);
	json_member_text(out, "period", a->period);
	json_member_text(out, "severity", severity_names[a->severity]);
	json_member_double(out, "value", a->has_value ? &a->value : NULL);
	json_member_double(out, "limit", a->has_limit ? &a->limit : NULL);
	json_member_text(out, "fired_at", time_format(a->fired_us, at));
	json_member_text_or_null(out, "ended_at", a->ended_us ? time_format(a->ended_us, at) : "");
	json_member_text_or_null(out, "end",
				 !a->ended_us   ? ""
				 : a->withdrawn ? "withdrawn"
						: "resolved");
	buf_str(out, "}");
}

/* Half of what has been would be told as the whole. */
static enum err too_long(struct call *c, const char *county)
{
	return err_set(
		&c->info, ERR_CONFLICT,
		"县 %s 的历史过长,无法回放:最多 %d 次评定、每项 %d 次变动 / the history of county "
		"%s is too long to be replayed: at most %d computations, and %d moves of an item",
		county, COMPUTATIONS_MAX, MOVES_MAX, county, COMPUTATIONS_MAX, MOVES_MAX);
}

static enum err read_moves(struct call *c, const char *county, const char *item,
			   struct replay_move **ret_moves, size_t *ret_n)
{
	auto_moves struct move_list list = { .items = NULL };
	auto_free struct replay_move *moves = NULL;
	struct history_query q = {
		.county = county, .period = "", .after_period = "", .limit = MOVES_MAX + 1
	};
	enum err e;

	if (!explain_item_parse(item, &q.item))
		return ERR_DB;
	e = store_history_list(c->api->store, &q, &list, &c->info);
	if (e != ERR_OK)
		return e;
	if (list.n > MOVES_MAX)
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
	*ret_n = list.n;
	*ret_moves = STEAL(moves);
	return ERR_OK;
}

/* The computations of the county, as the replay takes them. */
static enum err read_looks(struct call *c, struct trial *t, const char *county,
			   struct replay_look **ret_looks, size_t *ret_n)
{
	auto_computations struct computation_list list = { .items = NULL };
	struct replay_look *looks;
	enum err e = store_computation_list(c->api->store, county, COMPUTATIONS_MAX + 1, &list,
					    &c->info);

	if (e != ERR_OK)
		return e;
	if (list.n > COMPUTATIONS_MAX)
		return too_long(c, county);
	looks = calloc(list.n + 1, sizeof(*looks));
	if (!looks)
		return ERR_NOMEM;
	for (size_t i = 0; i < list.n; i++) {
		looks[i].at_us = list.items[i].at_us;
		looks[i].version = list.items[i].version;
		str_copy(looks[i].period, sizeof(looks[i].period), list.items[i].period);
	}
	t->computations += (int64_t)list.n;
	*ret_n = list.n;
	*ret_looks = looks;
	return ERR_OK;
}

/* Items are those of the standard that judges the county's latest period. */
static enum err try_county(struct call *c, struct trial *t, const char *county)
{
	const struct standard *auto_standard standard = NULL;
	auto_free struct replay_look *looks = NULL;
	const int64_t now_us = time_now_us();
	size_t looks_n = 0;
	enum err e = read_looks(c, t, county, &looks, &looks_n);

	if (e == ERR_OK && looks_n)
		e = store_standard_for(c->api->store, county, looks[looks_n - 1].period, &standard,
				       &c->info);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !looks_n))
		return ERR_OK; /* nobody judges it any more */
	for (size_t i = 0; e == ERR_OK && i < items_count(standard); i++) {
		auto_free struct replay_move *moves = NULL;
		struct plan_item what;
		size_t moves_n = 0;

		if (!rule_covers(&t->rule, standard, i))
			continue;
		plan_item_get(standard, i, &what);
		t->county = county;
		t->item = item_name(standard, i);
		e = read_moves(c, county, t->item, &moves, &moves_n);
		if (e == ERR_OK && moves_n)
			rule_replay(&t->rule, &what, &t->calendar, moves, moves_n, looks, looks_n,
				    now_us, on_raised, t);
	}
	return e;
}

static enum err read_rule(struct call *c, struct trial *t)
{
	enum err e = json_read_rule(c->rq->body, c->rq->body_len, &t->rule, &c->problems, &c->info);

	if (e == ERR_OK)
		e = access_region(&c->key, t->rule.region, "", &c->info);
	if (e != ERR_OK || rule_can_replay(&t->rule))
		return e;
	problems_add(
		&c->problems, "/kind", "not_allowed",
		"只有 threshold、veto、near、jump 可以回放 / only threshold, veto, near and jump "
		"can be replayed: the others rest on more than the figures");
	return ERR_INVALID;
}

/* Of the country, and of the province that the rule is of. */
static enum err read_calendar(struct call *c, struct trial *t)
{
	auto_calendar_list struct calendar_list list = { .items = NULL };
	char province[3] = "";
	enum err e;

	if (snprintf(province, sizeof(province), "%.2s", t->rule.region) < 0)
		return ERR_DB;
	e = store_calendar_list(c->api->store, DAY_FIRST_YEAR, DAY_LAST_YEAR, province, &list,
				&c->info);
	return e == ERR_OK ? calendars_lay(c, &list, &t->calendar) : e;
}

static enum err find_counties(struct call *c, struct trial *t)
{
	const char *county;
	enum err e = call_county(c, &county);

	if (e == ERR_OK && county[0] && !str_starts(county, t->rule.region))
		return err_set(
			&c->info, ERR_PARAMETER,
			"county 须在规则的地区之内 / county must be below the rule's region");
	if (e == ERR_OK)
		e = store_computed_counties(c->api->store, county[0] ? county : t->rule.region,
					    t->counties, COUNTIES_MAX + 1, &t->n, &c->info);
	if (e == ERR_OK && t->n > COUNTIES_MAX)
		return err_set(
			&c->info, ERR_PARAMETER,
			"最多 %d 个县,请用 county 缩小范围 / at most %d counties: narrow it with "
			"county",
			COUNTIES_MAX, COUNTIES_MAX);
	return e;
}

enum err rule_try(struct call *c)
{
	struct trial *auto_trial t = calloc(1, sizeof(*t));
	struct buf *out = &c->rp->body;
	int limit = 0;
	enum err e = page_limit(c, &limit);

	if (!t)
		return ERR_NOMEM;
	buf_init(&t->list, REPLY_BYTES_MAX);
	t->limit = (size_t)limit;
	if (e == ERR_OK)
		e = read_rule(c, t);
	if (e == ERR_OK)
		e = read_calendar(c, t);
	if (e == ERR_OK)
		e = find_counties(c, t);
	for (size_t i = 0; i < t->n && e == ERR_OK; i++)
		e = try_county(c, t, t->counties[i]);
	if (e != ERR_OK)
		return e;
	buf_str(out, "{");
	json_member_int(out, "counties", (int64_t)t->n);
	json_member_int(out, "computations", t->computations);
	json_member_int(out, "fired", t->fired);
	json_member_int(out, "open", t->open);
	json_member_int(out, "more", t->fired - (int64_t)t->listed);
	json_name(out, "items");
	buf_str(out, "[");
	buf_add(out, t->list.data, t->list.len);
	buf_str(out, "]}");
	return buf_failed(&t->list) ? t->list.err : ERR_OK;
}
