/* SPDX-License-Identifier: Apache-2.0 */
/* What a region's office reads by the day or the week: what is new, worse, escalated, better, over,
 * and held back; since an instant, or behind the last event of the digest before. */
#include <string.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/streams.h"
#include "base/str.h"
#include "store/digest.h"
#include "store/ledger.h"
#include "json/write.h"

#define SINCE_MAX   (366 * DAY_US)
#define OVERDUE_MAX 100

static const char *const classes[] = { "new",  "worse",     "escalated", "pending", "better",
				       "over", "withdrawn", "brief",     "same" };

static void write_alert(struct buf *out, const struct digest_alert *a)
{
	buf_str(out, "{");
	json_member_int(out, "alert", a->id);
	json_member_text(out, "county", a->county);
	json_member_text_or_null(out, "name", a->name);
	json_member_text(out, "item", a->item);
	json_member_text(out, "rule", a->rule);
	json_member_text(out, "kind", a->kind);
	json_member_text(out, "period", a->period);
	json_member_text(out, "state", a->state);
	json_member_text(out, "severity", a->severity);
	json_member_text_or_null(out, "was", a->was);
	json_member_double(out, "value", a->has_value ? &a->value : NULL);
	json_member_double(out, "limit", a->has_limit ? &a->limit : NULL);
	json_member_text(out, "changed_at", a->changed_at);
	json_member_text_or_null(out, "assignee", a->assignee);
	json_member_text_or_null(out, "held", a->held);
	json_member_text_or_null(out, "level", alert_level_names[a->level]);
	buf_str(out, "}");
}

static void write_class(struct buf *out, const struct digest *d, const char *class)
{
	bool any = false;

	json_name(out, class);
	buf_str(out, "[");
	for (size_t i = 0; i < d->n; i++) {
		if (!str_equal(d->items[i].class, class))
			continue;
		if (any)
			buf_str(out, ",");
		write_alert(out, &d->items[i]);
		any = true;
	}
	buf_str(out, "]");
}

static void write_overdue(struct buf *out, const struct ledger_list *late, size_t n)
{
	json_name(out, "overdue");
	buf_str(out, "[");
	for (size_t i = 0; i < n; i++) {
		const struct ledger_entry *e = &late->items[i];

		buf_str(out, i ? ",{" : "{");
		json_member_int(out, "entry", e->id);
		json_member_text(out, "county", e->county);
		json_member_text_or_null(out, "name", e->name);
		json_member_text(out, "item", e->item);
		json_member_text_or_null(out, "department", e->department);
		json_member_text_or_null(out, "responsible", e->responsible);
		json_member_text(out, "deadline", e->deadline);
		buf_str(out, "}");
	}
	buf_str(out, "]");
}

static void write_digest(struct call *c, const char *region, const struct digest_from *from,
			 const struct digest *d, const struct ledger_list *late)
{
	const size_t overdue = late->n < OVERDUE_MAX ? late->n : OVERDUE_MAX;
	struct buf *out = &c->rp->body;
	char since[TIME_TEXT];
	int64_t held = 0;

	for (size_t i = 0; i < d->n; i++)
		held += d->items[i].held[0] != '\0';
	buf_str(out, "{");
	json_member_text(out, "region", region);
	json_member_text(out, "since", time_format(from->since_us, since));
	if (from->after == DIGEST_BY_TIME)
		json_member_text_or_null(out, "after", "");
	else
		json_member_int(out, "after", from->after);
	json_member_int(out, "last", d->last);
	json_name(out, "open");
	buf_str(out, "{");
	json_member_int(out, "pending", d->pending);
	json_member_int(out, "firing", d->firing);
	json_member_int(out, "acknowledged", d->acknowledged);
	buf_str(out, "}");
	json_member_int(out, "held_back", held);
	json_member_int(out, "more", d->touched - (int64_t)d->n);
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		write_class(out, d, classes[i]);
	write_overdue(out, late, overdue);
	json_member_bool(out, "more_overdue", late->n > overdue);
	buf_str(out, "}");
}

static enum err read_since(struct call *c, int64_t now_us, struct digest_from *out)
{
	const enum err e = call_since(c, &out->since_us);

	if (e == ERR_OK && out->since_us < 0)
		out->since_us = now_us - DAY_US;
	return e;
}

/* As of the list of events: a number that there never was is of another database. */
static enum err read_after(struct call *c, struct digest_from *out)
{
	int64_t last = 0;
	enum err e = query_get(&c->query, "since")[0]
			     ? err_set(&c->info, ERR_PARAMETER,
				       "since 与 after 只能用其一 / since or after, not both")
			     : page_after(c, &out->after);

	if (e == ERR_OK)
		e = store_digest_from(c->api->store, out, &last, &c->info);
	return e == ERR_OK && out->after > last ? stream_beyond(last, &c->info) : e;
}

static enum err read_from(struct call *c, struct digest_from *out)
{
	int64_t now_us = 0; /* of the clock that the times of events are of */
	enum err e = store_now(c->api->store, &now_us, &c->info);

	*out = (struct digest_from){ .after = DIGEST_BY_TIME };
	if (e == ERR_OK)
		e = query_get(&c->query, "after")[0] ? read_after(c, out)
						     : read_since(c, now_us, out);
	if (e != ERR_OK)
		return e;
	if (out->since_us < now_us - SINCE_MAX ||
	    (out->after == DIGEST_BY_TIME && out->since_us > now_us))
		return err_set(&c->info, ERR_PARAMETER,
			       "since、after 须在过去一年之内 / since or after must be within the "
			       "past year");
	return ERR_OK;
}

enum err digest_get(struct call *c)
{
	auto_digest struct digest digest = { .items = NULL };
	auto_ledger_list struct ledger_list late = { .items = NULL };
	struct ledger_query overdue = {
		.state = "", .item = "", .department = "", .overdue = "t", .limit = OVERDUE_MAX + 1
	};
	struct digest_from from;
	const char *region;
	enum err e = call_region(c, &region);

	if (e == ERR_OK)
		e = read_from(c, &from);
	if (e != ERR_OK)
		return e;
	if (!region[0])
		region = access_prefix(&c->key);
	overdue.region = region;
	e = store_digest_get(c->api->store, region, &from, &digest, &c->info);
	if (e == ERR_OK)
		e = store_ledger_list(c->api->store, &overdue, &late, &c->info);
	if (e == ERR_OK)
		write_digest(c, region, &from, &digest, &late);
	return e;
}
