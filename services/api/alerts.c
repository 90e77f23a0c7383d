/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts and their states. */
#include <stdio.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "base/str.h"
#include "store/events.h"
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
	static const char *const severities[] = { "info", "warning", "critical" };
	char key[CURSOR_KEY];
	enum err e = call_county(c, &q->county);

	if (e == ERR_OK)
		e = read_choice(c, "state", states, ARRAY_LEN(states), &q->state);
	if (e == ERR_OK)
		e = read_choice(c, "severity", severities, ARRAY_LEN(severities), &q->severity);
	if (e == ERR_OK)
		e = page_limit(c, &q->limit);
	if (e == ERR_OK)
		e = page_cursor(c, key);
	if (e != ERR_OK)
		return e;
	if (key[0] && (!str_to_int64(key, &q->after) || q->after < 0))
		return err_set(&c->info, ERR_PARAMETER,
			       "cursor 有误 / the cursor is not one of ours");
	return ERR_OK;
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

enum err alert_get(struct call *c)
{
	struct alert alert;
	int64_t id = 0;
	enum err e;

	if (!str_to_int64(call_path(c, "id"), &id))
		return ERR_PARAMETER;
	e = store_alert_get(c->api->store, id, &alert, &c->info);
	if (e == ERR_OK)
		e = access_region(&c->key, alert.county, "", &c->info);
	if (e != ERR_OK)
		return e;
	write_alert(&c->rp->body, &alert);
	return ERR_OK;
}
