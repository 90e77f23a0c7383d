/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule would have raised, had it been in force all the time. Nothing is written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/calendars.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/replay_past.h"
#include "base/str.h"
#include "store/history.h"
#include "json/rule_json.h"
#include "json/write.h"

#define COUNTIES_MAX 200 /* the largest province has fewer */

struct trial {
	struct alert_rule rule;
	struct calendar calendar;
	char counties[COUNTIES_MAX + 1][COUNTY_CODE];
	size_t n;
	int64_t now_us; /* by the database's clock: what is due by now */
	int64_t computations;
	int64_t fired;
	int64_t open;
	bool provisional;
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

/* The item of a rule about the county as a whole, NULL: it is about items. */
static const char *of_county(const struct alert_rule *rule)
{
	if (rule->of_schools)
		return RULE_SCHOOLS;
	if (rule->kind == ALERT_ON_STALE)
		return RULE_REPORTS;
	return rule->kind == ALERT_ON_LATE ? RULE_FIGURES : NULL;
}

static enum err replay(struct call *c, struct trial *t, const struct county_past *p, size_t item)
{
	auto_item_past struct item_past of_item = { .moves = NULL };
	const char *whole = of_county(&t->rule);
	struct replay_past past = { .standard = p->standard,
				    .item = item,
				    .calendar = &t->calendar,
				    .looks = p->looks,
				    .looks_n = p->looks_n,
				    .plans = p->plans,
				    .plans_n = p->plans_n,
				    .versions = p->versions,
				    .versions_n = p->versions_n,
				    .silent = p->silent,
				    .silent_n = p->silent_n,
				    .now_us = t->now_us };
	enum err e = ERR_OK;

	t->item = whole ? whole : plan_item_name(p->standard, item);
	if (!whole)
		e = item_past_read(c, t->county, t->item, &t->rule, &of_item);
	memcpy(past.above, p->above, sizeof(past.above));
	past.moves = of_item.moves;
	past.moves_n = of_item.moves_n;
	past.entries = of_item.entries;
	past.entries_n = of_item.entries_n;
	if (e == ERR_OK && (whole || past.moves_n))
		t->provisional |= rule_replay(&t->rule, &past, on_raised, t);
	return e;
}

/* Whether a day was found by counting working days of a year that nobody has told of. */
static void note_provisional(struct trial *t, const struct county_past *p)
{
	for (size_t i = 0; i < p->looks_n; i++) {
		int64_t year = 0, us;

		if (str_to_int64(p->looks[i].period, &year))
			IGNORE(rule_due_us(&t->rule.due, &t->calendar, (int)year, &us,
					   &t->provisional),
			       "a day that nobody knows is none");
	}
}

/* Items are those of the standard that judges the county's latest period. */
static enum err try_county(struct call *c, struct trial *t, const char *county)
{
	auto_county_past struct county_past p = { .looks = NULL };
	enum err e = county_past_read(c, county, &t->rule, &p);

	if (e != ERR_OK || !p.standard)
		return e;
	t->county = county;
	t->computations += (int64_t)p.looks_n;
	if (t->rule.kind == ALERT_ON_STALE)
		note_provisional(t, &p);
	if (of_county(&t->rule))
		return replay(c, t, &p, 0);
	for (size_t i = 0; e == ERR_OK && i < plan_items_count(p.standard); i++) {
		if (rule_covers(&t->rule, p.standard, i))
			e = replay(c, t, &p, i);
	}
	return e;
}

static enum err read_rule(struct call *c, struct trial *t)
{
	enum err e = json_read_rule(c->rq->body, c->rq->body_len, &t->rule, &c->problems, &c->info);

	return e == ERR_OK ? access_region(&c->key, t->rule.region, "", &c->info) : e;
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
	if (e == ERR_OK)
		e = store_now(c->api->store, &t->now_us, &c->info);
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
	json_member_bool(out, "provisional", t->provisional);
	json_name(out, "items");
	buf_str(out, "[");
	buf_add(out, t->list.data, t->list.len);
	buf_str(out, "]}");
	return buf_failed(&t->list) ? t->list.err : ERR_OK;
}
