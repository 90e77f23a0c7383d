/* SPDX-License-Identifier: Apache-2.0 */
/* Every alert transition in order: a list to page through, or a live stream. */
#include <stdio.h>
#include <string.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/streams.h"
#include "base/str.h"
#include "store/events.h"
#include "json/events.h"
#include "json/write.h"

/* Last-Event-ID is what a browser sends when it reconnects: it knows better than the URL. */
static size_t read_stream(void *stream, char *data, size_t size)
{
	return stream_read(stream, data, size);
}

static void close_stream(void *stream)
{
	stream_close(stream);
}

static enum err open_stream(struct call *c, const char *county)
{
	struct stream_options options = { .after = STREAM_NEW_ONLY,
					  .region = access_prefix(&c->key),
					  .county = county };
	struct stream *stream = NULL;
	enum err e;

	if (c->rq->last_event_id && c->rq->last_event_id[0])
		e = page_number(c, c->rq->last_event_id, "Last-Event-ID", &options.after);
	else
		e = page_after(c, &options.after);
	if (e == ERR_OK)
		e = stream_open(c->api->streams, &options, &stream, &c->info);
	if (e != ERR_OK)
		return e;
	c->rp->stream = (struct body_stream){ read_stream, close_stream, stream };
	c->rp->content_type = "text/event-stream";
	return ERR_OK;
}

/* Nothing behind a number is an answer; nothing behind one that there never was would stay one
 * until there is, without a word of what the client does not get. */
static enum err check_after(struct call *c, int64_t after)
{
	int64_t last = 0;
	const enum err e = after ? store_events_last(c->api->store, &last, &c->info) : ERR_OK;

	return e == ERR_OK && after > last ? stream_beyond(last, &c->info) : e;
}

static enum err write_list(struct call *c, const char *county)
{
	auto_events struct event_list list = { .items = NULL };
	struct buf *out = &c->rp->body;
	int64_t after = 0;
	int limit = 0;
	char next[24];
	enum err e = page_after(c, &after);
	size_t n;

	if (e == ERR_OK)
		e = page_limit(c, &limit);
	if (e == ERR_OK)
		e = store_events_after(c->api->store, after, limit + 1, access_prefix(&c->key),
				       county, &list, &c->info);
	if (e == ERR_OK && !list.n)
		e = check_after(c, after);
	if (e != ERR_OK)
		return e;
	n = list.n <= (size_t)limit ? list.n : (size_t)limit;
	buf_str(out, "{\"items\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_str(out, ",");
		json_write_event(&list.items[i], out);
	}
	if (n == list.n) {
		page_end(c, "after", NULL);
		return ERR_OK;
	}
	if (snprintf(next, sizeof(next), "%lld", (long long)list.items[n - 1].seq) < 0)
		return ERR_DB;
	page_end(c, "after", next);
	return ERR_OK;
}

enum err events_list(struct call *c)
{
	const char *county;
	const enum err e = call_county(c, &county);

	if (e != ERR_OK)
		return e;
	/* HEAD asks for the headers of an answer that ends. */
	if (accept_names(c->rq->accept, "text/event-stream") && str_equal(c->rq->method, "GET"))
		return open_stream(c, county);
	return write_list(c, county);
}
