/* SPDX-License-Identifier: Apache-2.0 */
/* What a school reports. */
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "api/handlers.h"
#include "base/str.h"
#include "store/reports.h"
#include "json/documents.h"
#include "json/write.h"

#define PATCH_TRIES 5 /* against writers that change the report between our read and write */

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

enum err report_put(struct call *c)
{
	struct report report;
	const enum err e = json_read_report(c->rq->body, c->rq->body_len, kind_find(c->school.kind),
					    &report, &c->problems, &c->info);

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
	return e == ERR_OK ? put(c, &report, stored.version) : e;
}

/* Up to 4, 8, 16, … ms, so that writers of one report do not meet again. */
static void back_off(uint32_t attempt)
{
	const struct timespec pause = { .tv_nsec = randombytes_uniform(4000000u << attempt) };

	nanosleep(&pause, NULL);
}

enum err report_patch(struct call *c)
{
	enum err e = ERR_PRECONDITION;

	for (uint32_t i = 0; i < PATCH_TRIES && e == ERR_PRECONDITION; i++) {
		if (i)
			back_off(i);
		e = patch_once(c);
		if (c->match >= 0)
			break; /* the client insists on a version */
	}
	if (e == ERR_PRECONDITION && c->match < 0)
		return err_set(
			&c->info, ERR_BUSY,
			"其他写入一直在改动此报告 / other writers keep changing this report");
	return e;
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
