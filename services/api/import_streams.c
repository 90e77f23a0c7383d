/* SPDX-License-Identifier: Apache-2.0 */
/* An import's progress as server-sent events, and all its errors as CSV. */
#include <stdlib.h>
#include <string.h>

#include "api/csv_write.h"
#include "api/handlers.h"
#include "api/import_look.h"
#include "api/import_view.h"
#include "api/importer.h"
#include "api/streams.h"
#include "base/str.h"
#include "base/timeutil.h"

#define WAIT_MS       250
#define PENDING_BYTES (2 * IMPORT_LINE_MAX) /* the columns of a file, at their longest */
#define PAGE_ERRORS   100
#define PAGE_BYTES    IMPORT_LINE_MAX /* of rows; one that is as long as can be is a page */

struct telling {
	struct api *api;
	int64_t id;
	bool ended;
	int64_t ends_us;
	struct buf last; /* what was told last */
	struct buf pending;
	size_t sent;
	/* errors.csv */
	struct import_job job;     /* its format; without its texts */
	struct import_errors page; /* some of them, … */
	size_t at;                 /* … and which is next */
	const char *line;          /* borrowed of page: the row of the one before it, … */
	const char *rest;          /* … and what is left of it to be sent */
};

static size_t copy_pending(struct telling *t, char *data, size_t size)
{
	size_t n = t->pending.len - t->sent;

	if (n > size)
		n = size;
	memcpy(data, t->pending.data + t->sent, n);
	t->sent += n;
	return n;
}

static void release(struct telling *t)
{
	buf_release(&t->last);
	buf_release(&t->pending);
	import_errors_release(&t->page);
	free(t);
}

/* A place among the streams: whoever takes a file slowly holds a thread, and a page of it. */
static enum err begin(struct call *c, const struct import_job *job, struct telling **ret_telling)
{
	struct telling *t;

	if (!streams_enter(c->api->streams))
		return err_set(&c->info, ERR_BUSY,
			       "事件流和下载已满 / all event streams and downloads are in use");
	t = calloc(1, sizeof(*t));
	if (!t) {
		streams_leave(c->api->streams);
		return ERR_NOMEM;
	}
	t->api = c->api;
	t->id = job->id;
	str_copy(t->job.format, sizeof(t->job.format), job->format);
	t->ends_us = time_monotonic_us() + STREAM_LIFE_S * 1000000LL;
	buf_init(&t->last, PENDING_BYTES);
	buf_init(&t->pending, PENDING_BYTES);
	*ret_telling = t;
	return ERR_OK;
}

static void end(void *state)
{
	struct telling *t = state;

	streams_leave(t->api->streams);
	release(t);
}

/* --- progress ----------------------------------------------------------------------------- */

/* Puts the job into pending when it is not as it was told last. */
static void look(struct telling *t)
{
	auto_import_job struct import_job job = { .header = NULL };
	auto_buf struct buf now;

	buf_init(&now, PENDING_BYTES);
	if (store_import_get(t->api->store, t->id, &job, NULL) != ERR_OK)
		return; /* the next look may succeed */
	import_write_head(&job, &now);
	if (str_equal(now.data, t->last.data))
		return;
	t->ended = import_has_ended(&job);
	buf_printf(&t->pending, "event: %s\ndata: %s}\n\n", t->ended ? job.state : "progress",
		   now.data);
	buf_release(&t->last);
	buf_str(&t->last, now.data);
}

static size_t read_progress(void *state, char *data, size_t size)
{
	struct telling *t = state;
	const int64_t heartbeat = time_monotonic_us() + STREAM_HEARTBEAT_S * 1000000LL;

	if (t->sent < t->pending.len)
		return copy_pending(t, data, size);
	buf_release(&t->pending);
	t->sent = 0;
	while (!t->pending.len) {
		if (t->ended || atomic_load(&t->api->stopping) || time_monotonic_us() > t->ends_us)
			return 0;
		look(t);
		if (!t->pending.len && time_monotonic_us() > heartbeat)
			buf_str(&t->pending, ": heartbeat\n\n");
		if (!t->pending.len)
			importer_wait(t->api->importer, WAIT_MS);
	}
	return copy_pending(t, data, size);
}

enum err import_events(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	struct telling *t = NULL;
	enum err e = import_load(c, &job);

	if (e != ERR_OK)
		return e;
	e = begin(c, &job, &t);
	if (e != ERR_OK)
		return e;
	c->rp->content_type = "text/event-stream";
	c->rp->stream = (struct body_stream){ read_progress, end, t };
	return ERR_OK;
}

/* --- errors.csv --------------------------------------------------------------------------- */

static enum err next_page(struct telling *t)
{
	const struct import_error *last = t->at ? &t->page.items[t->at - 1] : NULL;
	struct import_errors page = { .items = NULL };
	const enum err e = store_import_error_lines(t->api->store, t->id, last ? last->row : 0,
						    last ? last->nth : 0, PAGE_ERRORS, PAGE_BYTES,
						    &page, NULL);

	if (e != ERR_OK)
		return e;
	import_errors_release(&t->page);
	t->page = page;
	t->at = 0;
	t->line = t->rest = NULL;
	return ERR_OK;
}

/* Into pending, and its row, which is cells already, behind it. */
static void next_error(struct telling *t)
{
	const struct import_error *e = &t->page.items[t->at];
	struct buf *out = &t->pending;
	char place[IMPORT_PLACE];

	/* A row stands at the first of its errors. */
	if (!t->at || e->row != e[-1].row)
		t->line = e->line;
	t->rest = t->line;
	t->at++;
	import_place_of(&t->job, e, place);
	buf_printf(out, "\r\n%lld,", (long long)import_row_of(&t->job, e->row));
	csv_cell(out, place);
	buf_str(out, ",");
	csv_cell(out, e->code);
	buf_str(out, ",");
	csv_cell(out, e->detail);
	buf_str(out, ",");
}

static size_t copy_rest(struct telling *t, char *data, size_t size)
{
	const size_t n = strnlen(t->rest, size);

	memcpy(data, t->rest, n);
	t->rest += n;
	return n;
}

/* Puts what comes next into pending. */
static enum err go_on(struct telling *t)
{
	enum err e = ERR_OK;

	buf_release(&t->pending);
	t->sent = 0;
	if (t->at == t->page.n)
		e = next_page(t);
	if (e != ERR_OK)
		return e;
	t->ended = !t->page.n;
	if (t->ended)
		buf_str(&t->pending, "\r\n");
	else
		next_error(t);
	return t->pending.err;
}

static size_t read_errors(void *state, char *data, size_t size)
{
	struct telling *t = state;
	size_t n = 0;

	while (n < size) {
		if (t->sent < t->pending.len)
			n += copy_pending(t, data + n, size - n);
		else if (t->rest && *t->rest)
			n += copy_rest(t, data + n, size - n);
		else if (t->ended)
			break;
		else if (go_on(t) != ERR_OK)
			return BODY_BROKEN;
	}
	return n;
}

enum err import_errors_csv(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	struct telling *t = NULL;
	enum err e = import_load(c, &job);

	/* Its errors are there when it ends: a file without any would say that there are none. */
	if (e == ERR_OK && !import_has_ended(&job))
		e = err_set(&c->info, ERR_CONFLICT,
			    "导入尚未结束,状态为 %s,结束后才有错误清单 / the import has not ended: "
			    "it is %s, and has its errors once it has",
			    job.state, job.state);
	if (e == ERR_OK)
		e = begin(c, &job, &t);
	if (e != ERR_OK)
		return e;
	/* The mark tells spreadsheets that it is UTF-8. */
	buf_printf(&t->pending, "\xef\xbb\xbfrow,%s,code,detail,%s",
		   str_equal(job.format, "csv") ? "column" : "pointer",
		   str_equal(job.format, "ndjson") ? "line" : job.header);
	c->rp->content_type = "text/csv; charset=utf-8";
	reply_file(c->rp, "attachment", "errors.csv", "errors.csv");
	c->rp->stream = (struct body_stream){ read_errors, end, t };
	return ERR_OK;
}
