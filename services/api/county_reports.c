/* SPDX-License-Identifier: Apache-2.0 */
/* What a county itself reports, by the items of the standard that judges it. */
#include <stdlib.h>

#include "api/handlers.h"
#include "api/patch.h"
#include "base/str.h"
#include "store/county_reports.h"
#include "store/standards.h"
#include "json/documents.h"
#include "json/write.h"

/* A document on its way: by what it is read, and what it says. */
struct reading {
	const struct standard *standard;
	struct county_report report;
	struct buf text;
};

static void reading_release(struct reading *r)
{
	standard_release(r->standard);
	buf_release(&r->text);
}
#define auto_reading AUTO(reading_release)

static enum err reading_init(struct call *c, struct reading *r)
{
	const char *period = call_path(c, "period");
	const char *county = call_path(c, "county");
	enum err e;

	r->standard = NULL;
	buf_init(&r->text, COUNTY_REPORT_BYTES);
	e = store_standard_for(c->api->store, county, period, &r->standard, &c->info);
	if (e == ERR_NOT_FOUND)
		return err_set(&c->info, ERR_NOT_FOUND,
			       "没有评估 %s 学年县 %s 的标准 / no standard judges county %s in "
			       "period %s",
			       period, county, county, period);
	return e;
}

static void write_head(struct call *c, int64_t version)
{
	struct buf *out = &c->rp->body;

	buf_str(out, "{");
	json_member_text(out, "county", call_path(c, "county"));
	json_member_text(out, "period", call_path(c, "period"));
	json_member_int(out, "version", version);
}

enum err county_report_get(struct call *c)
{
	auto_county_report struct stored_county_report stored = { .document = NULL };
	const enum err e = store_county_report_get(c->api->store, call_path(c, "period"),
						   call_path(c, "county"), &stored, &c->info);

	if (e != ERR_OK)
		return e;
	write_head(c, stored.version);
	/* The document is an object of ours, with a member: its own brace ends the answer. */
	buf_printf(&c->rp->body, ",%s", stored.document + 1);
	reply_etag_version(c->rp, stored.version);
	return ERR_OK;
}

/* document: NULL removes it. */
static enum err put(struct call *c, const char *document, int64_t match)
{
	const struct actor actor = call_actor(c);
	struct write_result result;
	const enum err e =
		store_county_report_put(c->api->store, &actor, call_path(c, "period"),
					call_path(c, "county"), document, match, &result, &c->info);

	if (e != ERR_OK)
		return e;
	c->rp->status = result.created ? 201 : 200;
	write_head(c, result.version);
	if (document)
		json_member_bool(&c->rp->body, "changed", result.changed);
	buf_str(&c->rp->body, "}");
	call_written(c, &result);
	return ERR_OK;
}

enum err county_report_put(struct call *c)
{
	auto_reading struct reading r;
	enum err e = reading_init(c, &r);

	if (e == ERR_OK)
		e = json_read_county_report(c->rq->body, c->rq->body_len, r.standard, &r.report,
					    &r.text, &c->problems, &c->info);
	return e == ERR_OK ? put(c, r.text.data, c->match) : e;
}

/* Reads, patches and writes back what was read; ERR_PRECONDITION when it changed meanwhile. */
static enum err patch_once(struct call *c)
{
	auto_county_report struct stored_county_report stored = { .document = NULL };
	auto_reading struct reading r;
	enum err e = reading_init(c, &r);

	if (e == ERR_OK)
		e = store_county_report_get(c->api->store, call_path(c, "period"),
					    call_path(c, "county"), &stored, &c->info);
	if (e != ERR_OK)
		return e;
	if (c->match >= 0 && c->match != stored.version)
		return ERR_PRECONDITION;
	e = json_patch_county_report(stored.document, c->rq->body, c->rq->body_len, r.standard,
				     &r.report, &r.text, &c->problems, &c->info);
	return e == ERR_OK ? put(c, r.text.data, stored.version) : e;
}

enum err county_report_patch(struct call *c)
{
	return patch_retry(c, patch_once);
}

enum err county_report_delete(struct call *c)
{
	const enum err e = put(c, NULL, c->match);

	c->rp->etag[0] = '\0'; /* there is no such report any more */
	return e;
}
