/* SPDX-License-Identifier: Apache-2.0 */
/* An import's progress as server-sent events, and all its errors as CSV. */
#include <stdlib.h>
#include <string.h>

#include "api/csv_write.h"
#include "api/handlers.h"
#include "api/import_view.h"
#include "api/importer.h"
#include "api/streams.h"
#include "base/str.h"
#include "base/timeutil.h"

#define WAIT_MS    250
#define ERROR_PAGE 200
#define PAGE_BYTES (64u << 20) /* 200 errors whose lines are all at their longest */

struct telling {
	struct api *api;
	int64_t id;
	bool ended;
	int64_t ends_us;
	struct buf last; /* what was told last */
	struct buf pending;
	size_t sent;
	/* errors.csv: behind which error, and the file's columns */
	int64_t row;
	int nth;
	struct import_job job; /* its format; without its texts */
	char *header;
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
	free(t->header);
	free(t);
}

static enum err make(struct call *c, const struct import_job *job, struct telling **ret_telling)
{
	struct telling *t = calloc(1, sizeof(*t));

	if (!t)
		return ERR_NOMEM;
	t->api = c->api;
	t->id = job->id;
	str_copy(t->job.format, sizeof(t->job.format), job->format);
	t->ends_us = time_monotonic_us() + STREAM_LIFE_S * 1000000LL;
	buf_init(&t->last, PAGE_BYTES);
	buf_init(&t->pending, PAGE_BYTES);
	t->header = strdup(job->header);
	if (!t->header) {
		release(t);
		return ERR_NOMEM;
	}
	*ret_telling = t;
	return ERR_OK;
}

/* --- progress ----------------------------------------------------------------------------- */

/* Puts the job into pending when it is not as it was told last. */
static void look(struct telling *t)
{
	auto_import_job struct import_job job = { .header = NULL };
	auto_buf struct buf now;

	buf_init(&now, PAGE_BYTES);
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

static void close_progress(void *state)
{
	struct telling *t = state;

	streams_leave(t->api->streams);
	release(t);
}

enum err import_events(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	struct telling *t = NULL;
	enum err e = import_load(c, &job);

	if (e != ERR_OK)
		return e;
	c->rp->content_type = "text/event-stream";
	if (!str_equal(c->rq->method, "GET"))
		return ERR_OK; /* HEAD asks for the headers of an answer that ends */
	if (!streams_enter(c->api->streams))
		return err_set(&c->info, ERR_BUSY, "事件流已满 / all event streams are in use");
	e = make(c, &job, &t);
	if (e != ERR_OK) {
		streams_leave(c->api->streams);
		return e;
	}
	c->rp->stream = (struct body_stream){ read_progress, close_progress, t };
	return ERR_OK;
}

/* --- errors.csv --------------------------------------------------------------------------- */

static void write_error(struct telling *t, const struct import_error *e)
{
	struct buf *out = &t->pending;
	char place[IMPORT_PLACE];

	import_place_of(&t->job, e, place);
	buf_printf(out, "%lld,", (long long)import_row_of(&t->job, e->row));
	csv_cell(out, place);
	buf_str(out, ",");
	csv_cell(out, e->code);
	buf_str(out, ",");
	csv_cell(out, e->detail);
	/* The line is cells already. */
	buf_str(out, ",");
	buf_str(out, e->line ? e->line : "");
	buf_str(out, "\r\n");
	t->row = e->row;
	t->nth = e->nth;
}

static size_t read_errors(void *state, char *data, size_t size)
{
	struct telling *t = state;
	auto_import_errors struct import_errors list = { .items = NULL };

	if (t->sent < t->pending.len)
		return copy_pending(t, data, size);
	buf_release(&t->pending);
	t->sent = 0;
	if (t->ended)
		return 0;
	if (store_import_errors(t->api->store, t->id, t->row, t->nth, ERROR_PAGE, &list, NULL) !=
	    ERR_OK)
		return BODY_BROKEN;
	t->ended = list.n < ERROR_PAGE;
	for (size_t i = 0; i < list.n; i++)
		write_error(t, &list.items[i]);
	return buf_failed(&t->pending) ? BODY_BROKEN : copy_pending(t, data, size);
}

static void close_errors(void *state)
{
	release(state);
}

enum err import_errors_csv(struct call *c)
{
	auto_import_job struct import_job job = { .header = NULL };
	struct telling *t = NULL;
	enum err e = import_load(c, &job);

	if (e == ERR_OK)
		e = make(c, &job, &t);
	if (e != ERR_OK)
		return e;
	/* The mark tells spreadsheets that it is UTF-8. */
	buf_printf(&t->pending, "\xef\xbb\xbfrow,%s,code,detail,%s\r\n",
		   str_equal(job.format, "csv") ? "column" : "pointer",
		   str_equal(job.format, "ndjson") ? "line" : t->header);
	c->rp->content_type = "text/csv; charset=utf-8";
	reply_file(c->rp, "attachment", "errors.csv", "errors.csv");
	c->rp->stream = (struct body_stream){ read_errors, close_errors, t };
	return ERR_OK;
}
