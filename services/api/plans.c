/* SPDX-License-Identifier: Apache-2.0 */
/* What counties plan. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/import_workbook.h"
#include "api/page.h"
#include "api/patch.h"
#include "api/plan_view.h"
#include "base/str.h"
#include "store/standards.h"
#include "json/plan_xlsx.h"
#include "json/write.h"

/* --- reading ------------------------------------------------------------------------------ */

enum err plan_get(struct call *c)
{
	auto_stored_plan struct stored_plan stored = { .document = NULL };
	struct plan_basis *auto_plan_basis basis = NULL;
	const char *county = call_path(c, "county");
	int64_t as_of = AS_OF_NOW;
	enum err e = call_as_of(c, &as_of);

	if (e == ERR_OK && as_of != AS_OF_NOW)
		e = store_plan_as_of(c->api->store, county, as_of, &stored, &c->info);
	else if (e == ERR_OK)
		e = store_plan_get(c->api->store, county, &stored, &c->info);
	if (e == ERR_OK && as_of == AS_OF_NOW)
		e = plan_basis_make(c, &stored, &basis);
	if (e == ERR_OK)
		e = plan_view_write(c, &stored, basis);
	/* What is derived changes without the plan: the tag tells both. */
	if (e == ERR_OK)
		reply_etag_version_body(c->rp, stored.version);
	return e;
}

static void write_listed(struct buf *out, const struct listed_plan *p)
{
	buf_str(out, "{");
	json_member_text(out, "county", p->county);
	json_member_text(out, "name", p->name);
	json_member_int(out, "version", p->version);
	json_member_text(out, "changed_at", p->changed_at);
	json_member_text_or_null(out, "recognition_year", p->recognition_year);
	json_member_int(out, "milestones", p->milestones);
	json_member_int(out, "tasks", p->tasks);
	buf_str(out, "}");
}

static enum err read_after(struct call *c, char out[CURSOR_KEY])
{
	const enum err e = page_cursor(c, out);

	if (e == ERR_OK && out[0] && !str_is_digits(out, COUNTY_CODE - 1))
		return page_bad_cursor(c);
	return e;
}

enum err plans_list(struct call *c)
{
	auto_plan_list struct plan_list list = { .items = NULL };
	struct buf *out = &c->rp->body;
	char after[CURSOR_KEY], cursor[CURSOR_BYTES];
	const char *region;
	int limit = 0;
	enum err e = call_region(c, &region);
	size_t n;

	if (e == ERR_OK)
		e = page_limit(c, &limit);
	if (e == ERR_OK)
		e = read_after(c, after);
	/* One more than asked for tells whether there is a next page. */
	if (e == ERR_OK)
		e = store_plan_list(c->api->store, region[0] ? region : access_prefix(&c->key),
				    after, limit + 1, &list, &c->info);
	if (e != ERR_OK)
		return e;
	n = list.n <= (size_t)limit ? list.n : (size_t)limit;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		write_listed(out, &list.items[i]);
	}
	if (n < list.n)
		cursor_write(list.items[n - 1].county, cursor);
	page_end(c, "cursor", n < list.n ? cursor : NULL);
	return ERR_OK;
}

/* --- writing ------------------------------------------------------------------------------ */

/* A document on its way: by what it is read, and what it says. */
struct reading {
	const struct standard *standard;
	int first_year;
	struct plan plan;
	struct buf text;
};

static void reading_free(struct reading **r)
{
	if (!*r)
		return;
	standard_release((*r)->standard);
	buf_release(&(*r)->text);
	free(*r);
}
#define auto_reading AUTO(reading_free)

/* first_year: of the plan that is stored; 0: there is none. */
static enum err reading_new(struct call *c, int first_year, struct reading **ret_reading)
{
	struct reading *auto_reading r = calloc(1, sizeof(*r));
	const char *county = call_path(c, "county");
	char period[PERIOD_CODE];
	enum err e;

	if (!r)
		return ERR_NOMEM;
	buf_init(&r->text, PLAN_BYTES);
	r->first_year = plan_this_year(period);
	if (first_year)
		r->first_year = first_year;
	e = store_standard_for(c->api->store, county, period, &r->standard, &c->info);
	if (e == ERR_NOT_FOUND)
		return err_set(&c->info, ERR_NOT_FOUND,
			       "没有评估 %s 学年县 %s 的标准 / no standard judges county %s in "
			       "period %s",
			       period, county, county, period);
	if (e == ERR_OK)
		*ret_reading = STEAL(r);
	return e;
}

/* document: NULL removes it. */
static enum err put(struct call *c, int first_year, const char *document, int64_t match)
{
	const struct actor actor = call_actor(c);
	struct buf *out = &c->rp->body;
	struct write_result result;
	const enum err e = store_plan_put(c->api->store, &actor, call_path(c, "county"), first_year,
					  document, match, &result, &c->info);

	if (e != ERR_OK)
		return e;
	c->rp->status = result.created ? 201 : 200;
	buf_str(out, "{");
	json_member_text(out, "county", call_path(c, "county"));
	json_member_int(out, "version", result.version);
	if (document)
		json_member_bool(out, "changed", result.changed);
	buf_str(out, "}");
	call_written(c, &result);
	return ERR_OK;
}

/* The year in which the stored plan was made, 0 where there is none. */
static enum err stored_first_year(struct call *c, int *ret_year)
{
	auto_stored_plan struct stored_plan stored = { .document = NULL };
	struct err_info info = { .code = ERR_OK };
	const enum err e = store_plan_get(c->api->store, call_path(c, "county"), &stored, &info);

	*ret_year = e == ERR_OK ? stored.first_year : 0;
	if (e == ERR_OK || e == ERR_NOT_FOUND)
		return ERR_OK;
	c->info = info;
	return e;
}

/* A filled template, whose mistakes are named by cell. */
static enum err read_sheets(struct call *c, struct reading *r)
{
	auto_plan_places struct plan_places *places = NULL;
	auto_buf struct buf document;
	enum err e;

	buf_init(&document, PLAN_BYTES);
	e = plan_xlsx_read(c->rq->body, c->rq->body_len, call_path(c, "county"), &document, &places,
			   &c->problems, &c->info);
	if (e != ERR_OK)
		return import_book_refused(c, e);
	e = json_read_plan(document.data, document.len, r->standard, r->first_year, &r->plan,
			   &r->text, &c->problems, &c->info);
	plan_places_name(places, &c->problems);
	return e;
}

static enum err read_plan(struct call *c, struct reading *r)
{
	enum err e = ERR_BUSY;

	if (!media_type_named(c->rq->content_type, XLSX_TYPE))
		return json_read_plan(c->rq->body, c->rq->body_len, r->standard, r->first_year,
				      &r->plan, &r->text, &c->problems, &c->info);
	if (import_book_enter(c))
		e = read_sheets(c, r);
	import_book_leave(c);
	return e;
}

enum err plan_put(struct call *c)
{
	struct reading *auto_reading r = NULL;
	int first_year = 0;
	enum err e = stored_first_year(c, &first_year);

	if (e == ERR_OK)
		e = reading_new(c, first_year, &r);
	if (e == ERR_OK)
		e = read_plan(c, r);
	return e == ERR_OK ? put(c, r->first_year, r->text.data, c->match) : e;
}

/* Reads, patches and writes back what was read; ERR_PRECONDITION when it changed meanwhile. */
static enum err patch_once(struct call *c)
{
	auto_stored_plan struct stored_plan stored = { .document = NULL };
	struct reading *auto_reading r = NULL;
	enum err e = store_plan_get(c->api->store, call_path(c, "county"), &stored, &c->info);

	if (e != ERR_OK)
		return e;
	if (c->match >= 0 && c->match != stored.version)
		return ERR_PRECONDITION;
	e = reading_new(c, stored.first_year, &r);
	if (e == ERR_OK)
		e = json_patch_plan(stored.document, c->rq->body, c->rq->body_len, r->standard,
				    r->first_year, &r->plan, &r->text, &c->problems, &c->info);
	return e == ERR_OK ? put(c, r->first_year, r->text.data, stored.version) : e;
}

enum err plan_patch(struct call *c)
{
	return patch_retry(c, patch_once);
}

enum err plan_delete(struct call *c)
{
	const enum err e = put(c, 0, NULL, c->match);

	c->rp->etag[0] = '\0'; /* there is no such plan any more */
	return e;
}
