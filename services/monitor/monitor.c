/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/monitor.h"

#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "monitor/sweep.h"
#include "json/events.h"

#define SLICE_MS           250   /* a signal between two waits is seen after this time */
#define DRAIN_MAX          10000 /* hints taken in one go */
#define DB_WAIT_FIRST_US   100000
#define DB_WAIT_LONGEST_US 2000000

/* Fresh counties that are computed together. Most of what one costs is the statements, whatever the
 * number of counties; of more, the first would wait for the judging of the last. What then still
 * waits, the crew takes. */
#define FRESH_LOT 8

static enum err start(struct monitor *m, const struct monitor_options *options)
{
	enum err e = evaluator_init(&m->evaluator, options->store, &m->telling);

	if (e == ERR_OK)
		e = publisher_init(&m->publisher, options->store, options->pub, options->settle_ms,
				   time_monotonic_us());
	return e == ERR_OK ? crew_init(&m->crew, options->store, &m->telling) : e;
}

enum err monitor_init(struct monitor *m, const struct monitor_options *options)
{
	enum err e;

	memset(m, 0, sizeof(*m));
	m->store = options->store;
	m->pull = options->pull;
	m->stop = options->stop;
	m->sweep_ms = options->sweep_ms;
	m->late_s = options->late_s;
	sweep_init(m);
	hints_init(&m->fresh);
	hints_init(&m->rest);
	hints_init(&m->alone);
	delays_init(&m->delays);
	telling_init(&m->telling);
	e = start(m, options);
	if (e != ERR_OK) {
		publisher_release(&m->publisher);
		evaluator_release(&m->evaluator);
		telling_release(&m->telling);
	}
	return e;
}

void monitor_release(struct monitor *m)
{
	crew_release(&m->crew);
	publisher_release(&m->publisher);
	evaluator_release(&m->evaluator);
	telling_release(&m->telling);
}

static void take_hint(struct monitor *m, const struct change_hint *hint)
{
	struct county_key key;

	memcpy(key.county, hint->county, sizeof(key.county));
	memcpy(key.period, hint->period, sizeof(key.period));
	hints_add(hint->bulk ? &m->rest : &m->fresh, &key);
}

/* Takes what is waiting on the bus into the sets of hints. */
static void drain(struct monitor *m)
{
	char message[HINT_BYTES_MAX];

	for (int i = 0; i < DRAIN_MAX; i++) {
		const size_t len = bus_pull_receive(m->pull, message, sizeof(message), 0);
		struct change_hint hint;

		if (!len)
			return;
		if (json_read_hint(message, len, &hint) == ERR_OK)
			take_hint(m, &hint);
		else
			m->bad_hints++;
	}
}

bool monitor_database_is_down(struct monitor *m, enum err e)
{
	struct err_info info;

	/* A statement that ran out of time looks like a lost connection: ask. */
	if (e == ERR_DB_DOWN || e == ERR_BUSY)
		m->down = m->down || store_ready(m->store, &info) != ERR_OK;
	return m->down;
}

static void failed(struct monitor *m, const struct county_key *key, int64_t began_us, enum err e,
		   const struct err_info *info)
{
	const int64_t now_us = time_monotonic_us();
	const bool down = monitor_database_is_down(m, e);

	/* With the database away it is not the county's fault: the sweep will find it. */
	if (down)
		return;
	metric_add(METRIC_EVALUATIONS_FAILED, 1);
	if (delays_failed(&m->delays, key, began_us, now_us)) {
		hints_add(&m->alone, key);
		return;
	}
	log_event(LOG_WARN, "recompute failed", F_STR("county", key->county),
		  F_STR("period", key->period), F_STR("error", err_slug(e)),
		  F_STR("detail", info->text));
}

static void publish(struct monitor *m, const struct evaluation *done)
{
	publisher_take(&m->publisher, &done->events);
	m->told = done->ticket;
	for (size_t i = 0; i < done->events.n; i++) {
		const struct event *e = &done->events.items[i];

		log_event(LOG_INFO, e->type, F_INT("seq", e->seq), F_STR("county", e->county),
			  F_STR("period", e->period), F_STR("item", e->item),
			  F_INT("version", e->version));
	}
}

static void computed(struct monitor *m, const struct evaluation *done, int64_t began_us)
{
	evaluation_observe(done, m->late_s);
	for (size_t i = 0; i < done->n; i++) {
		const struct recomputed *c = &done->done[i];

		log_event(LOG_DEBUG, "recomputed", F_STR("county", c->key.county),
			  F_STR("period", c->key.period), F_INT("version", c->version),
			  F_STR("verdict", verdict_names[c->verdict]),
			  F_MS("took_ms", (double)(time_monotonic_us() - began_us) / 1000));
		if (c->behind)
			hints_add(&m->fresh, &c->key);
	}
}

/* --- the crew's part ---------------------------------------------------------------------- */

static void lot_failed(struct monitor *m, const struct lot *lot)
{
	if (lot->n == 1) {
		failed(m, &lot->keys[0], lot->began_us, lot->err, &lot->info);
		return;
	}
	if (monitor_database_is_down(m, lot->err))
		return;
	/* One of them need not hold up the others. */
	for (size_t i = 0; i < lot->n; i++)
		hints_add(&m->alone, &lot->keys[i]);
}

/* What came of a lot, the crew's or our own. */
static void conclude(struct monitor *m, const struct lot *lot)
{
	if (lot->err != ERR_OK) {
		lot_failed(m, lot);
		return;
	}
	if (lot->evaluation.ticket)
		publish(m, &lot->evaluation);
	for (size_t i = 0; i < lot->n; i++)
		delays_succeeded(&m->delays, &lot->keys[i]);
	computed(m, &lot->evaluation, lot->began_us);
}

static void take_lot(struct monitor *m, struct lot *lot)
{
	conclude(m, lot);
	crew_put_back(&m->crew, lot);
}

static void collect(struct monitor *m)
{
	struct lot *lot;

	while ((lot = crew_collect(&m->crew, m->told + 1)))
		take_lot(m, lot);
}

static bool lot_has(const struct lot *lot, const struct county_key *key)
{
	for (size_t i = 0; i < lot->n; i++) {
		if (str_equal(lot->keys[i].county, key->county))
			return true;
	}
	return false;
}

/* Of the counties that wait, the next that nobody is at; true when there are some. */
static bool fill(struct monitor *m, struct lot *lot, struct hints *from, size_t most)
{
	size_t tries = from->n;
	struct county_key key;

	while (lot->n < most && tries-- > 0 && hints_take(from, &key)) {
		if (crew_holds(&m->crew, &key) || lot_has(lot, &key))
			hints_add(from, &key);
		else if (!delays_holds(&m->delays, &key, time_monotonic_us()))
			lot->keys[lot->n++] = key;
	}
	return lot->n > 0;
}

/* Of the rest, when nothing fresh waits for us, or when it has waited long enough. */
static bool fill_with_rest(struct monitor *m, struct lot *lot)
{
	return pace_takes(&m->pace, m->fresh.n > 0 && !m->held, time_monotonic_us()) &&
	       fill(m, lot, &m->rest, RECOMPUTE_MAX);
}

static void give(struct monitor *m)
{
	struct lot *lot;

	while (!m->down && !*m->stop && (lot = crew_idle(&m->crew))) {
		if (!fill(m, lot, &m->alone, 1) &&
		    !(m->fresh.n > FRESH_LOT && fill(m, lot, &m->fresh, RECOMPUTE_MAX)) &&
		    !fill_with_rest(m, lot))
			return;
		crew_give(&m->crew, lot);
	}
}

/* --- our own part ------------------------------------------------------------------------- */

/* A lot of our own. Events of lots that were committed before it are published before its own. */
static void compute(struct monitor *m, struct lot *lot)
{
	lot_evaluate(lot, &m->evaluator, true);
	while (lot->err == ERR_OK && lot->evaluation.ticket > m->told + 1)
		take_lot(m, crew_await(&m->crew, m->told + 1));
	conclude(m, lot);
	event_list_release(&lot->evaluation.events);
}

/* Marks and settling: a failure is no more than a delay. */
static void tick(struct monitor *m)
{
	const int64_t now_us = time_monotonic_us();
	struct err_info info = { .text = "" };
	enum err e;

	if (now_us < publisher_due_us(&m->publisher))
		return;
	e = publisher_tick(&m->publisher, now_us, &info);
	if (e != ERR_OK && !monitor_database_is_down(m, e))
		log_event(LOG_WARN, "outbox failed", F_STR("error", err_slug(e)),
			  F_STR("detail", info.text));
}

/* What is fresh, some at a time, taking in what arrives meanwhile. What the crew is at waits for
 * it: it tells us whether it saw the change. */
static void process(struct monitor *m)
{
	size_t left = m->fresh.n;

	m->held = false;
	while (left > 0 && !*m->stop && !m->down) {
		m->own.n = 0;
		if (!fill(m, &m->own, &m->fresh, FRESH_LOT)) {
			m->held = m->fresh.n > 0;
			return;
		}
		left -= m->own.n < left ? m->own.n : left;
		compute(m, &m->own);
		tick(m);
		drain(m);
		collect(m);
		give(m);
	}
}

/* Sleeps until the time or a signal. */
static void pause_us(int64_t us)
{
	const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

/* Until the database answers with the right schema, or the stop. One line a change. */
static void wait_for_database(struct monitor *m)
{
	int64_t wait_us = DB_WAIT_FIRST_US;
	enum err said = ERR_OK;

	while (!*m->stop) {
		struct err_info info = { .text = "" };
		enum err e = store_ready(m->store, &info);

		if (e == ERR_OK)
			break;
		if (e != said)
			log_event(LOG_WARN,
				  e == ERR_CONFIG ? "waiting for the schema: run junhengctl migrate"
						  : "waiting for the database",
				  F_STR("error", err_slug(e)), F_STR("detail", info.text));
		said = e;
		pause_us(wait_us);
		wait_us = wait_us * 2 < DB_WAIT_LONGEST_US ? wait_us * 2 : DB_WAIT_LONGEST_US;
	}
	if (*m->stop)
		return;
	log_event(LOG_INFO, "ready");
	m->down = false;
	m->next_sweep_us = 0; /* what came in meanwhile */
}

static int wait_ms(const struct monitor *m)
{
	const int64_t due_us = publisher_due_us(&m->publisher);
	const int64_t until_us = due_us < m->next_sweep_us ? due_us : m->next_sweep_us;
	const int64_t ms = (until_us - time_monotonic_us() + 999) / 1000;

	if (ms <= 0 || (m->fresh.n && !m->held) || sweep_is_due(m))
		return 0;
	return ms < SLICE_MS ? (int)ms : SLICE_MS;
}

static void finish(struct monitor *m)
{
	struct err_info info = { .text = "" };
	enum err e;

	crew_stop(&m->crew);
	collect(m);
	sweep_tallies(m);
	e = publisher_flush(&m->publisher, &info);
	if (e != ERR_OK)
		log_event(LOG_WARN, "marks lost, events will be told twice",
			  F_STR("error", err_slug(e)), F_STR("detail", info.text));
}

void monitor_run(struct monitor *m)
{
	m->down = true;
	while (!*m->stop) {
		if (m->down)
			wait_for_database(m);
		bus_pull_wait(m->pull, m->crew.done_fd, wait_ms(m));
		drain(m);
		collect(m);
		process(m);
		if (!m->down)
			tick(m);
		if (!*m->stop && !m->down && sweep_is_due(m))
			sweep_step(m);
		give(m);
	}
	finish(m);
}
