/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a text/event-stream as it comes in pieces (WHATWG HTML, 9.2.6). */
#ifndef CTL_SSE_H
#define CTL_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define SSE_BYTES_MAX 65536 /* of a line, and of an event's data */
#define SSE_NAME      64

struct sse_event {
	const char *id;   /* the last one seen, "" when none */
	const char *type; /* "message" when the event does not say */
	const char *data; /* lines joined by a newline */
	size_t len;
};
typedef void sse_receive(const struct sse_event *event, void *context);

struct sse {
	struct buf line;
	struct buf data;
	bool has_data;
	bool after_cr; /* a newline now belongs to the carriage return before */
	char type[SSE_NAME];
	char id[SSE_NAME];
	int64_t retry_ms; /* asked for by the service; -1 when it did not */
	sse_receive *receive;
	void *context;
};

void sse_init(struct sse *s, sse_receive *receive, void *context);
void sse_release(struct sse *s);

/* A new connection: drops what was half read, keeps id. */
void sse_restart(struct sse *s);

/* False when a line or an event is too long. */
bool sse_feed(struct sse *s, const char *data, size_t len);

#endif
