/* SPDX-License-Identifier: Apache-2.0 */
/* Where a county's items are heading. Nothing is judged by it: statuses are those of the verdict.
 */
#include <stdlib.h>
#include <string.h>

#include "api/forecast_view.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/plan_view.h"
#include "base/str.h"
#include "store/results.h"
#include "store/standards.h"
#include "json/write.h"

/* What the forecasts of a county rest on. Some 20 KB: never a local. */
struct outlook {
	const char *county;
	const struct standard *standard;
	struct county_status status;
	struct plan_latest latest[PLAN_ITEMS_MAX]; /* status only */
	struct plan plan;                          /* empty: there is none */
	int target_year;
	char target_of[COUNTY_CODE];
	struct series series;
};

static void outlook_free(struct outlook **o)
{
	if (!*o)
		return;
	standard_release((*o)->standard);
	store_status_release(&(*o)->status);
	series_release(&(*o)->series);
	free(*o);
}
#define auto_outlook AUTO(outlook_free)

/* --- what it rests on ------------------------------------------------------------------------ */

static void take_statuses(struct outlook *o)
{
	const size_t own_end = items_count(o->standard);
	struct plan_latest own[STANDARD_ITEMS_MAX];

	json_plan_latest(o->status.items, o->standard, own);
	for (size_t i = 0; i < plan_items_count(o->standard); i++) {
		if (!o->status.version)
			o->latest[i].status = STATUS_NO_DATA;
		else if (i >= RESOURCE_ITEMS && i < own_end)
			o->latest[i] = own[i - RESOURCE_ITEMS];
		else
			plan_latest_get(&o->status.judgement, o->standard, i, &o->latest[i]);
	}
}

static enum err read_plan(struct call *c, struct outlook *o)
{
	auto_stored_plan struct stored_plan stored = { .document = NULL };
	struct err_info info = { .code = ERR_OK };
	enum err e = store_plan_get(c->api->store, o->county, &stored, &info);

	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK) {
		c->info = info;
		return e;
	}
	e = json_parse_plan(stored.document, strlen(stored.document), o->standard, &o->plan,
			    &c->info);
	if (e != ERR_OK)
		return err_set(&c->info, ERR_DB, "a stored plan is no JSON");
	o->target_year = plan_by_when(&o->plan, o->county, &stored, o->target_of);
	return ERR_OK;
}

/* item: one, or NULL for all. */
static enum err read_outlook(struct call *c, const char *period, const struct explain_item *item,
			     struct outlook *o)
{
	struct store *store = c->api->store;
	enum err e = store_status_get(store, o->county, period, &o->status, &c->info);

	if (e == ERR_OK)
		e = store_standard_for(store, o->county, o->status.period, &o->standard, &c->info);
	if (e == ERR_OK && item)
		e = call_item_known(c, item, o->standard);
	if (e == ERR_OK)
		e = read_plan(c, o);
	if (e == ERR_OK)
		e = store_series_list(store, o->county, item ? item->name : "", o->status.period,
				      &o->series, &c->info);
	if (e == ERR_OK)
		take_statuses(o);
	return e;
}

/* --- the items ------------------------------------------------------------------------------- */

static bool is_planned(const struct plan *plan, size_t item)
{
	for (size_t i = 0; i < plan->n; i++) {
		if ((size_t)plan->milestones[i].item == item)
			return true;
	}
	return false;
}

/* Without a name: what fails the verdict, and what has a milestone. */
static bool is_asked_for(const struct outlook *o, size_t item)
{
	return is_planned(&o->plan, item) ||
	       (item < items_count(o->standard) && o->latest[item].status == STATUS_NOT_MET);
}

/* The figures of an item are one after the other. */
static void find_figures(const struct series *s, const char *item, struct outlook_item *out)
{
	out->figures = NULL;
	out->n = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (!str_equal(s->items[i].item, item))
			continue;
		if (!out->n)
			out->figures = &s->items[i];
		out->n++;
	}
}

static void write_item(struct buf *out, const struct outlook *o, size_t item)
{
	struct outlook_item one = { .item = item, .plan = &o->plan };

	plan_item_get(o->standard, item, &one.what);
	one.unit = forecast_unit(o->standard, item);
	one.status = o->latest[item].status;
	find_figures(&o->series, one.what.name, &one);
	one.planned_year = forecast_planned_year(&o->plan, item, &one.what);
	one.planned_of = one.planned_year ? "milestone" : o->target_of;
	if (!one.planned_year)
		one.planned_year = o->target_year;
	forecast_view_write(out, &one);
}

static void write_head(struct buf *out, const struct outlook *o)
{
	buf_str(out, "{");
	json_member_text(out, "county", o->county);
	json_member_text(out, "period", o->status.period);
	json_member_int(out, "version", o->status.version);
	json_member_text(out, "standard", o->standard->id);
	json_member_int(out, "standard_version", o->standard->version);
	json_name(out, "items");
	buf_str(out, "[");
}

/* The first item of the page, by the name of the last one before it. */
static enum err read_first(struct call *c, const struct outlook *o, size_t *ret_first)
{
	char key[CURSOR_KEY];
	const enum err e = page_cursor(c, key);
	int before;

	*ret_first = 0;
	if (e != ERR_OK || !key[0])
		return e;
	before = plan_item_find(o->standard, key);
	if (before < 0)
		return page_bad_cursor(c);
	*ret_first = (size_t)before + 1;
	return ERR_OK;
}

static enum err write_page(struct call *c, const struct outlook *o, int limit)
{
	struct buf *out = &c->rp->body;
	char cursor[CURSOR_BYTES];
	const char *next = NULL;
	size_t first, last = 0;
	int told = 0;
	const enum err e = read_first(c, o, &first);

	if (e != ERR_OK)
		return e;
	write_head(out, o);
	for (size_t i = first; i < plan_items_count(o->standard) && !next; i++) {
		struct plan_item what;

		if (!is_asked_for(o, i))
			continue;
		if (told == limit) {
			plan_item_get(o->standard, last, &what);
			cursor_write(what.name, cursor);
			next = cursor;
			continue;
		}
		if (told++)
			buf_str(out, ",");
		write_item(out, o, i);
		last = i;
	}
	page_end(c, "cursor", next);
	return ERR_OK;
}

static enum err write_one(struct call *c, const struct outlook *o, const char *name)
{
	const int item = plan_item_find(o->standard, name);

	if (item < 0)
		return err_set(&c->info, ERR_PARAMETER, "没有该项目 / no such item");
	write_head(&c->rp->body, o);
	write_item(&c->rp->body, o, (size_t)item);
	page_end(c, "cursor", NULL);
	return ERR_OK;
}

enum err county_forecast(struct call *c)
{
	struct outlook *auto_outlook o = calloc(1, sizeof(*o));
	const bool one = query_get(&c->query, "item")[0] != '\0';
	struct explain_item item;
	const char *period;
	int limit = 0;
	enum err e;

	if (!o)
		return ERR_NOMEM;
	o->county = call_path(c, "code");
	e = call_period(c, &period);
	if (e == ERR_OK && one)
		e = call_item(c, &item);
	if (e == ERR_OK)
		e = page_limit(c, &limit);
	if (e == ERR_OK)
		e = read_outlook(c, period, one ? &item : NULL, o);
	if (e != ERR_OK)
		return e;
	return one ? write_one(c, o, item.name) : write_page(c, o, limit);
}
