/* SPDX-License-Identifier: Apache-2.0 */
/* Live event streams (server-sent events).
 *
 * One thread a process listens to the monitors' PUB sockets, which is only a hint to look,
 * and looks once a second anyway while streams are open: events come from the store, so a
 * lost message costs a second and never an event. What people do with alerts by this process
 * it knows at once. A stream belongs to the thread of its HTTP connection, waits there for a
 * number above the last it sent, and reads on in pages. A slow client holds its own thread
 * only.
 *
 * A stream ends by itself after STREAM_LIFE_S, so that a revoked key does not listen for
 * ever: the client reconnects with Last-Event-ID and is asked for its key again. */
#ifndef API_STREAMS_H
#define API_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"
#include "bus/bus.h"
#include "store/store.h"

#define STREAM_HEARTBEAT_S 15
#define STREAM_LIFE_S      900
#define STREAM_NEW_ONLY    (-1)

struct streams;
struct stream;

/* Starts the listening thread. */
enum err streams_new(const struct config *config, struct store *store, struct bus *bus,
		     struct streams **ret_streams, struct err_info *info) MUST_CHECK;
/* Every stream ends at its next read, which is woken up for that; no new one opens. */
void streams_stop(struct streams *s);
/* After all streams were closed. Stops the thread. Accepts NULL. */
void streams_free(struct streams *s);

/* Another kind of live stream takes a place among these; false when there is none. */
bool streams_enter(struct streams *s);
void streams_leave(struct streams *s);

/* Wakes who waits for an event up to this number, which is committed; so all below it are. */
void streams_note(struct streams *s, int64_t last);

struct stream_options {
	int64_t after;      /* the last event that the client has; STREAM_NEW_ONLY */
	const char *region; /* code prefix of the key */
	const char *county; /* code prefix that was asked for, "" all */
};

/* ERR_BUSY over the limit (JUNHENG_STREAMS_MAX, and half of JUNHENG_CONNECTIONS_MAX) and
 * while stopping; ERR_PARAMETER when there is no event `after` yet; the store's errors. */
enum err stream_open(struct streams *s, const struct stream_options *options,
		     struct stream **ret_stream, struct err_info *info) MUST_CHECK;

/* ERR_PARAMETER, of a number that is greater than that of the last event. */
enum err stream_beyond(int64_t last, struct err_info *info);

/* Waits until there is something to send, and copies at most size bytes of it. 0: the end. */
size_t stream_read(struct stream *st, char *data, size_t size);

void stream_close(struct stream *st);

#endif
