/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/publisher.h"

#include <stdlib.h>
#include <string.h>

#include "base/metrics.h"
#include "base/timeutil.h"
#include "json/events.h"

#define TEXT_MAX          (16u << 10)
#define MARK_AFTER_US     50000   /* by then an event has left the process */
#define REST_US           1000000 /* after a failure */
#define RETRY_US          100000
#define PAGE              500
#define PAGES_MAX         40      /* in one go: others want their turn */
#define ORDER_PATIENCE_US 3000000 /* after the settling; longer than an event takes to be stale */

enum err publisher_init(struct publisher *p, struct store *store, struct bus_pub *pub,
			int settle_ms, int64_t now_us)
{
	memset(p, 0, sizeof(*p));
	p->own = calloc(PUBLISHER_OWN_MAX, sizeof(*p->own));
	if (!p->own)
		return ERR_NOMEM;
	p->store = store;
	p->pub = pub;
	p->open_us = now_us + (int64_t)settle_ms * 1000;
	p->retry_us = p->open_us;
	buf_init(&p->text, TEXT_MAX);
	return ERR_OK;
}

void publisher_release(struct publisher *p)
{
	free(p->own);
	p->own = NULL;
	buf_release(&p->text);
}

static bool is_marked(const struct publisher *p, int64_t seq)
{
	for (size_t i = p->marks_n; i-- > 0;) {
		if (p->marks[i].seq == seq)
			return true;
	}
	return false;
}

/* Of more than there is room for some are told twice: they stay in the outbox. */
static void mark(struct publisher *p, int64_t seq)
{
	if (p->marks_n < PUBLISHER_MARKS_MAX)
		p->marks[p->marks_n++] = (struct mark){ seq, time_monotonic_us() };
}

/* By two clocks, that of the database and ours, which are to agree. */
static void observe(const struct event *e)
{
	int64_t made_us = 0;
	int64_t age_us;

	if (!time_parse(e->time, &made_us))
		return;
	age_us = time_now_us() - made_us;
	metric_observe(METRIC_PUBLISHED_AGE, age_us > 0 ? (double)age_us / 1e6 : 0);
}

static void tell(struct publisher *p, const struct event *e)
{
	char topic[TOPIC_BYTES];

	buf_release(&p->text);
	json_write_event(e, &p->text);
	if (buf_failed(&p->text))
		return; /* out of memory: stays in the outbox, and is told when it is stale */
	event_topic(e->county, e->item, topic);
	bus_pub_send(p->pub, topic, p->text.data, p->text.len);
	observe(e);
	mark(p, e->seq);
}

/* Writes the marks of what was told by then. */
static enum err flush(struct publisher *p, int64_t until_us, struct err_info *info)
{
	int64_t seqs[PAGE];

	while (p->marks_n && p->marks[0].at_us <= until_us) {
		size_t n = 0;
		enum err e;

		while (n < PAGE && n < p->marks_n && p->marks[n].at_us <= until_us) {
			seqs[n] = p->marks[n].seq;
			n++;
		}
		e = store_outbox_done(p->store, seqs, n, info);
		if (e != ERR_OK)
			return e;
		p->marks_n -= n;
		memmove(p->marks, p->marks + n, p->marks_n * sizeof(p->marks[0]));
	}
	return ERR_OK;
}

enum err publisher_flush(struct publisher *p, struct err_info *info)
{
	return flush(p, INT64_MAX, info);
}

void publisher_take(struct publisher *p, const struct event_list *events)
{
	for (size_t i = 0; i < events->n; i++) {
		if (p->caught_up)
			tell(p, &events->items[i]);
		else if (p->own_n < PUBLISHER_OWN_MAX)
			p->own[p->own_n++] = events->items[i].seq;
	}
}

static int compare_seq(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool is_own(const struct publisher *p, int64_t seq)
{
	return bsearch(&seq, p->own, p->own_n, sizeof(seq), compare_seq) != NULL;
}

enum err publisher_sweep(struct publisher *p, struct err_info *info)
{
	enum err e = ERR_OK;
	bool full = true;

	for (int page = 0; page < PAGES_MAX && full && e == ERR_OK; page++) {
		auto_events struct event_list list = { NULL, 0 };

		if (p->marks_n > PUBLISHER_MARKS_MAX - PAGE)
			e = publisher_flush(p, info);
		if (e == ERR_OK)
			e = store_outbox_take(p->store, PUBLISHER_STALE_MS, PAGE, &list, info);
		for (size_t i = 0; i < list.n; i++) {
			if (!is_marked(p, list.items[i].seq))
				tell(p, &list.items[i]);
		}
		full = list.n == PAGE;
	}
	return e;
}

/* Tells our own events as far as nothing is below them that others are to tell. *ret_end: nothing
 * of the outbox is left to wait for. */
static enum err tell_own(struct publisher *p, int64_t now_us, bool *ret_end, struct err_info *info)
{
	const bool patient = now_us < p->open_us + ORDER_PATIENCE_US;
	bool blocked = false, full = true;
	int64_t after = 0;
	enum err e = ERR_OK;

	for (int page = 0; page < PAGES_MAX && full && !blocked && e == ERR_OK; page++) {
		auto_events struct event_list list = { NULL, 0 };

		e = store_outbox_list(p->store, after, PAGE, &list, info);
		for (size_t i = 0; i < list.n && !blocked; i++) {
			after = list.items[i].seq;
			if (is_own(p, after) && !is_marked(p, after))
				tell(p, &list.items[i]);
			else if (!is_marked(p, after))
				blocked = patient;
		}
		full = list.n == PAGE;
	}
	*ret_end = e == ERR_OK && !blocked && !full;
	return e;
}

static enum err catch_up(struct publisher *p, int64_t now_us, struct err_info *info)
{
	bool end = false;
	enum err e;

	p->retry_us = now_us + RETRY_US;
	e = publisher_sweep(p, info);
	if (e == ERR_OK)
		e = tell_own(p, now_us, &end, info);
	if (e != ERR_OK || !end)
		return e;
	p->caught_up = true;
	p->own_n = 0;
	free(p->own);
	p->own = NULL;
	return ERR_OK;
}

enum err publisher_tick(struct publisher *p, int64_t now_us, struct err_info *info)
{
	enum err e;

	if (now_us < publisher_due_us(p))
		return ERR_OK;
	if (!p->caught_up && now_us >= p->retry_us)
		e = catch_up(p, now_us, info);
	else
		e = flush(p, now_us - MARK_AFTER_US, info);
	p->rest_us = e == ERR_OK ? 0 : now_us + REST_US;
	return e;
}

int64_t publisher_due_us(const struct publisher *p)
{
	const int64_t outbox = p->caught_up ? INT64_MAX : p->retry_us;
	int64_t marks = INT64_MAX;

	if (p->marks_n)
		marks = p->marks[0].at_us + 2 * MARK_AFTER_US; /* those behind it come along */
	if (marks > outbox)
		marks = outbox;
	return marks > p->rest_us ? marks : p->rest_us;
}
