/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts and their states. */
#include <stdio.h>
#include <stdlib.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/streams.h"
#include "base/str.h"
#include "store/alert_actions.h"
#include "json/alert_json.h"
#include "json/events.h"
#include "json/write.h"

static void write_alert(struct buf *out, const struct alert *a)
{
	buf_printf(out, "{\"id\":%lld", (long long)a->id);
	json_member_text(out, "county", a->county);
	json_member_text(out, "period", a->period);
	json_member_text(out, "item", a->item);
	json_member_text(out, "rule", a->rule);
	json_member_text(out, "kind", a->kind);
	json_member_text(out, "state", a->state);
	json_member_text(out, "severity", a->severity);
	json_member_double(out, "value", a->has_value ? &a->value : NULL);
	json_member_double(out, "limit", a->has_limit ? &a->limit : NULL);
	json_member_int(out, "version", a->version);
	json_member_text(out, "opened_at", a->opened_at);
	json_member_text(out, "changed_at", a->changed_at);
	json_member_text_or_null(out, "assignee", a->assignee);
	json_member_text_or_null(out, "snoozed_until", a->snoozed_until);
	json_member_bool(out, "provisional", a->provisional);
	json_member_text_or_null(out, "level", alert_level_names[a->level]);
	buf_str(out, "}");
}

/* "" or one of the names. */
static enum err read_choice(struct call *c, const char *name, const char *const *choices, size_t n,
			    const char **ret_value)
{
	const char *value = query_get(&c->query, name);

	for (size_t i = 0; i < n; i++) {
		if (!value[0] || str_equal(value, choices[i])) {
			*ret_value = value;
			return ERR_OK;
		}
	}
	return err_set(&c->info, ERR_PARAMETER, "%s 的取值有误 / no such %s", name, name);
}

static enum err read_query(struct call *c, struct alert_query *q)
{
	static const char *const states[] = { "pending", "firing", "acknowledged", "resolved",
					      "withdrawn" };
	const char *level = "";
	enum err e = call_county(c, &q->county);

	if (e == ERR_OK)
		e = read_choice(c, "level", alert_level_names + LEVEL_COUNTY, RULE_STEPS_MAX,
				&level);
	q->level = alert_level_named(level);
	if (e == ERR_OK)
		e = read_choice(c, "state", states, ARRAY_LEN(states), &q->state);
	if (e == ERR_OK)
		e = read_choice(c, "severity", severity_names, SEVERITIES, &q->severity);
	if (e == ERR_OK)
		e = page_limit(c, &q->limit);
	return e == ERR_OK ? page_cursor_number(c, &q->after) : e;
}

enum err alerts_list(struct call *c)
{
	auto_alerts struct alert_list list = { .items = NULL };
	struct alert_query q = { .region = access_prefix(&c->key) };
	struct buf *out = &c->rp->body;
	enum err e = read_query(c, &q);
	size_t n;

	if (e != ERR_OK)
		return e;
	/* One more than asked for tells whether there is a next page. */
	q.limit++;
	e = store_alerts_list(c->api->store, &q, &list, &c->info);
	if (e != ERR_OK)
		return e;
	n = list.n < (size_t)q.limit ? list.n : (size_t)q.limit - 1;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_alert(out, &list.items[i]);
	}
	page_end_number(c, n < list.n && n, n ? list.items[n - 1].id : 0);
	return ERR_OK;
}

/* The alert in the path, of a county that the key reaches. */
static enum err find_alert(struct call *c, struct alert *out)
{
	int64_t id = 0;
	enum err e;

	if (!str_to_int64(call_path(c, "id"), &id))
		return ERR_PARAMETER;
	e = store_alert_get(c->api->store, id, out, &c->info);
	return e == ERR_OK ? access_region(&c->key, out->county, "", &c->info) : e;
}

enum err alert_get(struct call *c)
{
	struct alert alert;
	const enum err e = find_alert(c, &alert);

	if (e == ERR_OK)
		write_alert(&c->rp->body, &alert);
	return e;
}

/* What happened to it, in order. */
enum err alert_events(struct call *c)
{
	auto_events struct event_list list = { .items = NULL };
	struct buf *out = &c->rp->body;
	struct alert alert;
	int64_t after = 0;
	int limit = 0;
	enum err e = find_alert(c, &alert);
	size_t n;

	if (e == ERR_OK)
		e = page_limit(c, &limit);
	if (e == ERR_OK)
		e = page_cursor_number(c, &after);
	if (e == ERR_OK)
		e = store_alert_events(c->api->store, alert.id, after, limit + 1, &list, &c->info);
	if (e != ERR_OK)
		return e;
	n = list.n <= (size_t)limit ? list.n : (size_t)limit;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		json_write_event(&list.items[i], out);
	}
	page_end_number(c, n < list.n, n ? list.items[n - 1].seq : 0);
	return ERR_OK;
}

static enum err read_deed(struct call *c, struct alert_deed *out)
{
	int64_t now_us = 0;
	enum err e = store_now(c->api->store, &now_us, &c->info);

	if (e == ERR_OK)
		e = json_read_deed(c->rq->body, c->rq->body_len, now_us, out, &c->problems,
				   &c->info);
	return e;
}

enum err alert_act(struct call *c)
{
	auto_free struct alert_deed *deed = calloc(1, sizeof(*deed));
	auto_free struct event *event = calloc(1, sizeof(*event));
	struct buf *out = &c->rp->body;
	struct alert alert;
	char who[CALL_WHO];
	bool done = false;
	enum err e = find_alert(c, &alert);

	if (!deed || !event)
		return ERR_NOMEM;
	if (e == ERR_OK)
		e = read_deed(c, deed);
	if (e == ERR_OK)
		e = store_alert_act(c->api->store, alert.id, call_who(c, who), deed, &done, event,
				    &c->info);
	if (e == ERR_OK && done)
		streams_note(c->api->streams, event->seq);
	if (e == ERR_OK)
		e = store_alert_get(c->api->store, alert.id, &alert, &c->info);
	if (e != ERR_OK)
		return e;
	buf_str(out, "{");
	json_member_bool(out, "changed", done);
	json_name(out, "alert");
	write_alert(out, &alert);
	json_name(out, "event");
	if (done)
		json_write_event(event, out);
	else
		buf_str(out, "null");
	buf_str(out, "}");
	return ERR_OK;
}
