/* SPDX-License-Identifier: Apache-2.0 */
#include "api/plan_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/day.h"
#include "store/results.h"
#include "store/standards.h"
#include "json/write.h"

void plan_basis_free(struct plan_basis *b)
{
	if (b)
		standard_release(b->standard);
	free(b);
}

static int year_of(const char *text)
{
	int64_t year = 0;

	return str_to_int64(text, &year) ? (int)year : 0;
}

int plan_this_year(char out[PERIOD_CODE])
{
	return year_of(day_year_text(day_in_china(time_now_us()), out));
}

/* --- by when ------------------------------------------------------------------------------ */

int plan_by_when(const struct plan *plan, const char *county, const struct stored_plan *stored,
		 char ret_of[COUNTY_CODE])
{
	static const size_t digits[PLAN_ABOVE] = { 4, 2 };
	char now[PERIOD_CODE];
	size_t above;
	const int year = plan_target_year(plan, stored->above, plan_this_year(now), &above);

	str_copy(ret_of, COUNTY_CODE, plan->recognition_year ? "plan" : "");
	if (above < PLAN_ABOVE)
		str_copy(ret_of, digits[above] + 1, county);
	return year;
}

/* --- where the county is -------------------------------------------------------------------- */

/* Takes the figures of a period for the items that have none yet. */
static void take_latest(struct plan_basis *b, const struct county_status *status)
{
	const size_t own_end = items_count(b->standard);
	struct plan_latest own[STANDARD_ITEMS_MAX];

	json_plan_latest(status->items, b->standard, own);
	for (size_t i = 0; i < plan_items_count(b->standard); i++) {
		if (b->latest[i].status != STATUS_NO_DATA)
			continue;
		if (i >= RESOURCE_ITEMS && i < own_end)
			b->latest[i] = own[i - RESOURCE_ITEMS];
		else
			plan_latest_get(&status->judgement, b->standard, i, &b->latest[i]);
		b->latest_year[i] = year_of(status->period);
	}
}

/* ERR_NOT_FOUND: there are no figures. */
static enum err read_status(struct call *c, const char *period, struct plan_basis *b)
{
	struct county_status auto_status status = { .version = 0 };
	struct err_info none = { .code = ERR_OK };
	const enum err e =
		store_status_get(c->api->store, call_path(c, "county"), period, &status, &none);

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		c->info = none;
	if (e != ERR_OK || !status.version)
		return e == ERR_OK ? ERR_NOT_FOUND : e;
	if (!b->period[0])
		str_copy(b->period, sizeof(b->period), status.period);
	take_latest(b, &status);
	return ERR_OK;
}

/* The latest period; and the one before, for what is not known of it yet. */
static enum err find_latest(struct call *c, struct plan_basis *b)
{
	char before[PERIOD_CODE + 8];
	enum err e;

	for (size_t i = 0; i < PLAN_ITEMS_MAX; i++)
		b->latest[i].status = STATUS_NO_DATA;
	e = read_status(c, "", b);
	if (e == ERR_OK && snprintf(before, sizeof(before), "%d", year_of(b->period) - 1) > 0)
		e = read_status(c, before, b);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* --- the lines -------------------------------------------------------------------------------- */

static void derive_item(struct plan_basis *b, size_t i)
{
	struct plan_point points[PLAN_POINTS_MAX];
	struct plan_line line;
	struct plan_item item;
	size_t n;

	if (!plan_line_make(&b->plan, b->standard, i, &b->latest[i], b->latest_year[i],
			    b->target_year, &line) ||
	    !line.derived)
		return;
	plan_item_get(b->standard, i, &item);
	n = plan_line_years(&line, item.unit, points);
	for (size_t k = 0; k < n && b->n < PLAN_DERIVED_MAX; k++)
		b->derived[b->n++] = (struct plan_derived){ item.name, points[k] };
}

enum err plan_basis_make(struct call *c, const struct stored_plan *stored,
			 struct plan_basis **ret_basis)
{
	struct plan_basis *auto_plan_basis b = calloc(1, sizeof(*b));
	const char *county = call_path(c, "county");
	char period[PERIOD_CODE];
	struct err_info info = { .code = ERR_OK };
	enum err e;

	if (!b)
		return ERR_NOMEM;
	(void)plan_this_year(period);
	e = store_standard_for(c->api->store, county, period, &b->standard, &info);
	if (e == ERR_NOT_FOUND) {
		*ret_basis = STEAL(b);
		return ERR_OK;
	}
	if (e != ERR_OK) {
		c->info = info;
		return e;
	}
	e = json_parse_plan(stored->document, strlen(stored->document), b->standard, &b->plan,
			    &c->info);
	if (e != ERR_OK)
		return err_set(&c->info, ERR_DB, "a stored plan is no JSON");
	b->target_year = plan_by_when(&b->plan, county, stored, b->target_of);
	e = find_latest(c, b);
	for (size_t i = 0; i < plan_items_count(b->standard) && e == ERR_OK; i++)
		derive_item(b, i);
	if (e == ERR_OK)
		*ret_basis = STEAL(b);
	return e;
}

/* --- the answer ---------------------------------------------------------------------------------
 */

static void write_basis(struct buf *out, const struct plan_basis *b)
{
	char year[16] = "";

	json_name(out, "derivation");
	if (!b) {
		buf_str(out, "null");
		return;
	}
	if (b->target_year && snprintf(year, sizeof(year), "%d", b->target_year) < 0)
		year[0] = '\0';
	buf_str(out, "{");
	json_member_text_or_null(out, "target_year", year);
	json_member_text_or_null(out, "target_of", b->target_of);
	json_member_text_or_null(out, "period", b->period);
	json_member_text_or_null(out, "standard", b->standard ? b->standard->id : NULL);
	buf_str(out, "}");
}

enum err plan_view_write(struct call *c, const struct stored_plan *stored,
			 const struct plan_basis *basis)
{
	struct buf *out = &c->rp->body;
	enum err e;

	buf_str(out, "{");
	json_member_text(out, "county", call_path(c, "county"));
	json_member_int(out, "version", stored->version);
	json_name(out, "first_year");
	buf_printf(out, "\"%d\"", stored->first_year);
	json_member_text(out, "changed_at", stored->changed_at);
	e = json_write_plan(stored->document, basis ? basis->derived : NULL, basis ? basis->n : 0,
			    out, &c->info);
	if (e != ERR_OK)
		return e;
	write_basis(out, basis);
	buf_str(out, "}");
	return ERR_OK;
}
