/* SPDX-License-Identifier: Apache-2.0 */
#include "api/streams.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "base/wait.h"
#include "store/events.h"
#include "store/keys.h"
#include "json/events.h"

#define LISTEN_MS     200 /* how soon the thread sees that it shall stop */
#define POLL_US       1000000
#define PAGE          50 /* events a stream reads at once: some 25 KB */
#define PENDING_MAX   (256u << 10)
#define MESSAGE_BYTES 2048

struct streams {
	struct store *store;
	struct bus *bus;
	const char *endpoints;
	int max;
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	int64_t last; /* number of the latest event known */
	int open;
	bool stopping;
	enum { TAIL_STARTING, TAIL_RUNNING, TAIL_FAILED } tail;
	struct err_info tail_info;
};

struct stream {
	struct streams *owner;
	int64_t after;
	char region[KEY_REGION];
	char county[COUNTY_CODE];
	struct buf pending;
	size_t sent; /* of pending */
	int64_t ends_us;
};

void streams_note(struct streams *s, int64_t last)
{
	pthread_mutex_lock(&s->lock);
	if (last > s->last) {
		s->last = last;
		pthread_cond_broadcast(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
}

/* Asks the store for the latest number, when somebody wants to know it. */
static void look(struct streams *s)
{
	int64_t last = 0;
	bool wanted;

	pthread_mutex_lock(&s->lock);
	wanted = s->open > 0;
	pthread_mutex_unlock(&s->lock);
	if (wanted && store_events_last(s->store, &last, NULL) == ERR_OK)
		streams_note(s, last);
}

static bool is_stopping(struct streams *s)
{
	bool stopping;

	pthread_mutex_lock(&s->lock);
	stopping = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return stopping;
}

static void tail_started(struct streams *s, bool running)
{
	pthread_mutex_lock(&s->lock);
	s->tail = running ? TAIL_RUNNING : TAIL_FAILED;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* A burst of messages is one look. */
static bool listen_once(struct bus_sub *sub)
{
	char message[MESSAGE_BYTES];
	bool heard = bus_sub_receive(sub, message, sizeof(message), LISTEN_MS) > 0;

	for (int i = 0; heard && i < 1000; i++) {
		if (bus_sub_receive(sub, message, sizeof(message), 0) == 0)
			break;
	}
	return heard;
}

static void *tail(void *context)
{
	struct streams *s = context;
	struct bus_sub *sub = NULL;
	int64_t looked_us = 0;

	/* The socket belongs to this thread, so it is made here. */
	if (bus_sub_new(s->bus, s->endpoints, "alert.", &sub, &s->tail_info) != ERR_OK) {
		tail_started(s, false);
		return NULL;
	}
	tail_started(s, true);
	while (!is_stopping(s)) {
		const bool heard = listen_once(sub);

		if (!heard && time_monotonic_us() - looked_us < POLL_US)
			continue;
		looked_us = time_monotonic_us();
		look(s);
	}
	bus_sub_free(sub);
	return NULL;
}

static enum err start_tail(struct streams *s, struct err_info *info)
{
	if (pthread_create(&s->thread, NULL, tail, s) != 0)
		return err_set(info, ERR_NOMEM, "无法创建线程 / cannot start a thread");
	pthread_mutex_lock(&s->lock);
	while (s->tail == TAIL_STARTING)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
	if (s->tail == TAIL_RUNNING)
		return ERR_OK;
	pthread_join(s->thread, NULL);
	return err_set(info, ERR_CONFIG, "%s", s->tail_info.text);
}

static void release(struct streams *s)
{
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

enum err streams_new(const struct config *config, struct store *store, struct bus *bus,
		     struct streams **ret_streams, struct err_info *info)
{
	const int half = (config->connections_max + 1) / 2;
	struct streams *s = calloc(1, sizeof(*s));
	enum err e;

	if (!s)
		return ERR_NOMEM;
	s->store = store;
	s->bus = bus;
	s->endpoints = config->alerts_connect;
	s->max = config->streams_max < half ? config->streams_max : half;
	pthread_mutex_init(&s->lock, NULL);
	wait_init(&s->changed);
	e = start_tail(s, info);
	if (e != ERR_OK) {
		release(s);
		return e;
	}
	*ret_streams = s;
	return ERR_OK;
}

void streams_stop(struct streams *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

void streams_free(struct streams *s)
{
	if (!s)
		return;
	streams_stop(s);
	pthread_join(s->thread, NULL);
	release(s);
}

/* Takes a place; false when there is none. */
bool streams_enter(struct streams *s)
{
	bool entered;

	pthread_mutex_lock(&s->lock);
	entered = !s->stopping && s->open < s->max;
	if (entered)
		metric_set(METRIC_STREAMS, ++s->open);
	pthread_mutex_unlock(&s->lock);
	if (!entered)
		metric_add(METRIC_STREAMS_REFUSED, 1);
	return entered;
}

void streams_leave(struct streams *s)
{
	pthread_mutex_lock(&s->lock);
	metric_set(METRIC_STREAMS, --s->open);
	pthread_mutex_unlock(&s->lock);
}

enum err stream_beyond(int64_t last, struct err_info *info)
{
	return err_set(info, ERR_PARAMETER,
		       "after 大于最后的序号 %lld / after is beyond the last number, %lld",
		       (long long)last, (long long)last);
}

static enum err make(struct streams *s, const struct stream_options *options,
		     struct stream **ret_stream, struct err_info *info)
{
	struct stream *st;
	int64_t last = 0;
	/* Where a stream of new events starts; and a database that is down is told now. */
	const enum err e = store_events_last(s->store, &last, info);

	if (e != ERR_OK)
		return e;
	streams_note(s, last);
	if (options->after != STREAM_NEW_ONLY && options->after > last)
		return stream_beyond(last, info);
	st = calloc(1, sizeof(*st));
	if (!st)
		return ERR_NOMEM;
	st->owner = s;
	st->after = options->after == STREAM_NEW_ONLY ? last : options->after;
	str_copy(st->region, sizeof(st->region), options->region);
	str_copy(st->county, sizeof(st->county), options->county);
	st->ends_us = time_monotonic_us() + STREAM_LIFE_S * 1000000LL;
	buf_init(&st->pending, PENDING_MAX);
	/* The first bytes go out at once: a client sees that it is connected, and knows its
	 * place should it lose the stream before the first event. */
	buf_printf(&st->pending, "id: %lld\nretry: 1000\n\n", (long long)st->after);
	*ret_stream = st;
	return ERR_OK;
}

enum err stream_open(struct streams *s, const struct stream_options *options,
		     struct stream **ret_stream, struct err_info *info)
{
	enum err e;

	if (!streams_enter(s))
		return err_set(info, ERR_BUSY, "事件流已满 / all event streams are in use");
	e = make(s, options, ret_stream, info);
	if (e != ERR_OK)
		streams_leave(s);
	return e;
}

/* Waits for an event behind st->after, until a moment of the monotonic clock. *ret_last is the
 * latest number then. false: the stream is to end. */
static bool wait_for_events(struct stream *st, int64_t until_us, int64_t *ret_last)
{
	struct streams *s = st->owner;
	bool waits = true, stopping;

	pthread_mutex_lock(&s->lock);
	while (!s->stopping && s->last <= st->after && waits)
		waits = wait_until(&s->changed, &s->lock, until_us);
	*ret_last = s->last;
	stopping = s->stopping;
	pthread_mutex_unlock(&s->lock);
	return !stopping && time_monotonic_us() < st->ends_us;
}

/* One message of text/event-stream: id, event, data, blank line. */
static void write_message(struct buf *out, const struct event *e)
{
	buf_printf(out, "id: %lld\nevent: %s\ndata: ", (long long)e->seq, e->type);
	json_write_event(e, out);
	buf_str(out, "\n\n");
}

/* Reads a page into pending. What the filter leaves out is passed over. */
static enum err read_page(struct stream *st, int64_t last)
{
	auto_events struct event_list list = { .items = NULL };
	const enum err e = store_events_after(st->owner->store, st->after, PAGE, st->region,
					      st->county, &list, NULL);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < list.n; i++)
		write_message(&st->pending, &list.items[i]);
	if (buf_failed(&st->pending))
		return ERR_NOMEM;
	if (list.n)
		st->after = list.items[list.n - 1].seq;
	/* last was visible before the page was read: nothing below it is still to come. */
	if (list.n < PAGE && last > st->after)
		st->after = last;
	return ERR_OK;
}

/* Puts something into pending; false at the end of the stream. */
static bool refill(struct stream *st)
{
	const int64_t heartbeat_us = time_monotonic_us() + STREAM_HEARTBEAT_S * 1000000LL;

	buf_release(&st->pending);
	st->sent = 0;
	while (st->pending.len == 0) {
		int64_t last = 0;

		if (!wait_for_events(st, heartbeat_us, &last))
			return false;
		if (last > st->after && read_page(st, last) != ERR_OK) {
			/* The client keeps its place; try again when the store is back. */
			buf_release(&st->pending);
			nanosleep(&(struct timespec){ .tv_sec = 0, .tv_nsec = 500000000 }, NULL);
		}
		if (st->pending.len == 0 && time_monotonic_us() >= heartbeat_us)
			buf_str(&st->pending, ": heartbeat\n\n");
	}
	return true;
}

size_t stream_read(struct stream *st, char *data, size_t size)
{
	size_t n;

	if (st->sent == st->pending.len && !refill(st))
		return 0;
	n = st->pending.len - st->sent;
	if (n > size)
		n = size;
	memcpy(data, st->pending.data + st->sent, n);
	st->sent += n;
	return n;
}

void stream_close(struct stream *st)
{
	if (!st)
		return;
	streams_leave(st->owner);
	log_event(
		LOG_INFO, "stream closed", F_INT("after", st->after),
		F_MS("seconds", (double)(time_monotonic_us() - st->ends_us) / 1e6 + STREAM_LIFE_S));
	buf_release(&st->pending);
	free(st);
}
