/* SPDX-License-Identifier: Apache-2.0 */
/* What a school reports. */
#include <string.h>

#include "api/handlers.h"
#include "api/patch.h"
#include "base/str.h"
#include "store/reports.h"
#include "json/documents.h"
#include "json/write.h"

enum err report_get(struct call *c)
{
	const char *period = call_path(c, "period");
	struct buf *out = &c->rp->body;
	struct stored_report stored;
	const enum err e =
		store_report_get(c->api->store, period, c->school.code, &stored, &c->info);

	if (e != ERR_OK)
		return e;
	buf_str(out, "{");
	json_member_text(out, "county", stored.county);
	json_member_text(out, "period", period);
	json_member_text(out, "school", c->school.code);
	json_member_int(out, "version", stored.version);
	json_write_report(&stored.report, out);
	buf_str(out, "}");
	reply_etag_version(c->rp, stored.version);
	return ERR_OK;
}

static void write_result(struct call *c, const struct write_result *w)
{
	struct buf *out = &c->rp->body;

	buf_str(out, "{");
	json_member_text(out, "county", w->county);
	json_member_text(out, "period", call_path(c, "period"));
	json_member_text(out, "school", c->school.code);
	json_member_int(out, "version", w->version);
}

static enum err put(struct call *c, const struct report *report, int64_t match)
{
	const struct actor actor = call_actor(c);
	struct write_result result;
	const enum err e = store_report_put(c->api->store, &actor, call_path(c, "period"),
					    c->school.code, report, match, &result, &c->info);

	if (e != ERR_OK)
		return e;
	c->rp->status = result.created ? 201 : 200;
	write_result(c, &result);
	buf_printf(&c->rp->body, ",\"changed\":%s}", result.changed ? "true" : "false");
	call_written(c, &result);
	return ERR_OK;
}

/* Leaves in *report only what it declares otherwise than the one that is stored: what was
 * accepted once stays, also when the standard asks for it no longer. */
static void keep_new_declared(struct report *report, const struct report *stored)
{
	int n = 0;

	for (int i = 0; i < report->declared_n; i++) {
		const struct declared_figure *d = &report->declared[i];

		if (report_declared(stored, d->name) != d->value)
			report->declared[n++] = *d;
	}
	report->declared_n = n;
}

/* What schools report besides, the standard of their county and period says. */
static enum err check_declared(struct call *c, const struct report *report,
			       const struct report *stored)
{
	auto_standard const struct standard *standard = NULL;
	struct report fresh = *report;
	enum err e;

	if (stored)
		keep_new_declared(&fresh, stored);
	if (!fresh.declared_n)
		return ERR_OK;
	e = store_standard_for(c->api->store, c->school.county, call_path(c, "period"), &standard,
			       &c->info);
	if (e == ERR_NOT_FOUND)
		return err_at(
			&c->info, ERR_INVALID, "/declared", "not_allowed",
			"该学年没有适用的标准,不能填报自定数据 / no standard judges this period, "
			"and so none declares a figure");
	return e == ERR_OK ? json_check_declared(&fresh, standard, &c->problems) : e;
}

enum err report_put(struct call *c)
{
	struct report report;
	enum err e = json_read_report(c->rq->body, c->rq->body_len, kind_find(c->school.kind),
				      &report, &c->problems, &c->info);

	if (e == ERR_OK)
		e = check_declared(c, &report, NULL);
	return e == ERR_OK ? put(c, &report, c->match) : e;
}

/* Reads, patches and writes back what was read; ERR_PRECONDITION when it changed meanwhile. */
static enum err patch_once(struct call *c)
{
	struct stored_report stored;
	struct report report;
	enum err e = store_report_get(c->api->store, call_path(c, "period"), c->school.code,
				      &stored, &c->info);

	if (e != ERR_OK)
		return e;
	if (c->match >= 0 && c->match != stored.version)
		return ERR_PRECONDITION;
	e = json_patch_report(&stored.report, c->rq->body, c->rq->body_len,
			      kind_find(c->school.kind), &report, &c->problems, &c->info);
	if (e == ERR_OK)
		e = check_declared(c, &report, &stored.report);
	return e == ERR_OK ? put(c, &report, stored.version) : e;
}

enum err report_patch(struct call *c)
{
	return patch_retry(c, patch_once);
}

enum err report_delete(struct call *c)
{
	const struct actor actor = call_actor(c);
	struct write_result result;
	const enum err e = store_report_delete(c->api->store, &actor, call_path(c, "period"),
					       c->school.code, c->match, &result, &c->info);

	if (e != ERR_OK)
		return e;
	write_result(c, &result);
	buf_str(&c->rp->body, "}");
	call_written(c, &result);
	c->rp->etag[0] = '\0'; /* there is no such report any more */
	return ERR_OK;
}
