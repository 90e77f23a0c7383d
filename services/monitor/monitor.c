/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/monitor.h"

#include <string.h>

#include "base/log.h"
#include "base/timeutil.h"
#include "json/events.h"

#define SLICE_MS           250   /* a signal between two waits is seen after this time */
#define ROUNDS_MAX         10    /* recomputes of a county that changes all the while */
#define DRAIN_MAX          10000 /* hints taken in one go */
#define HINTS_PER_SWEPT    16    /* hinted counties before each one of a sweep */
#define SWEEP_PAGE         500
#define DB_WAIT_FIRST_US   100000
#define DB_WAIT_LONGEST_US 2000000

enum err monitor_init(struct monitor *m, const struct monitor_options *options)
{
	memset(m, 0, sizeof(*m));
	m->store = options->store;
	m->pull = options->pull;
	m->stop = options->stop;
	m->sweep_ms = options->sweep_ms;
	hints_init(&m->hints);
	delays_init(&m->delays);
	if (evaluator_init(&m->evaluator, options->store) != ERR_OK)
		return ERR_NOMEM;
	return publisher_init(&m->publisher, options->store, options->pub, options->settle_ms,
			      time_monotonic_us());
}

void monitor_release(struct monitor *m)
{
	publisher_release(&m->publisher);
	evaluator_release(&m->evaluator);
}

/* Takes what is waiting on the bus into the set of hints; waits for the first. */
static void drain(struct monitor *m, int timeout_ms)
{
	char message[HINT_BYTES_MAX];
	size_t len = bus_pull_receive(m->pull, message, sizeof(message), timeout_ms);

	for (int i = 0; len && i < DRAIN_MAX; i++) {
		struct change_hint hint;
		struct county_key key;

		if (json_read_hint(message, len, &hint) == ERR_OK) {
			memcpy(key.county, hint.county, sizeof(key.county));
			memcpy(key.period, hint.period, sizeof(key.period));
			hints_add(&m->hints, &key);
		} else {
			m->bad_hints++;
		}
		len = bus_pull_receive(m->pull, message, sizeof(message), 0);
	}
}

/* What a failure of the store means for the loop: true when the database is away. */
static bool database_is_down(struct monitor *m, enum err e)
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
	const bool down = database_is_down(m, e);

	/* With the database away it is not the county's fault: the sweep will find it. */
	if (down)
		return;
	if (delays_failed(&m->delays, key, began_us, now_us)) {
		hints_add(&m->hints, key);
		return;
	}
	log_event(LOG_WARN, "recompute failed", F_STR("county", key->county),
		  F_STR("period", key->period), F_STR("error", err_slug(e)),
		  F_STR("detail", info->text));
}

static void told(const struct county_key *key, const struct evaluation *done, int64_t began_us)
{
	log_event(LOG_DEBUG, "recomputed", F_STR("county", key->county),
		  F_STR("period", key->period), F_INT("version", done->version),
		  F_STR("verdict", verdict_names[done->verdict]),
		  F_MS("took_ms", (double)(time_monotonic_us() - began_us) / 1000));
	for (size_t i = 0; i < done->events.n; i++) {
		const struct event *e = &done->events.items[i];

		log_event(LOG_INFO, e->type, F_INT("seq", e->seq), F_STR("county", e->county),
			  F_STR("period", e->period), F_STR("item", e->item),
			  F_INT("version", e->version));
	}
}

/* One county, again while it changes under our hands, a few times. */
static void compute(struct monitor *m, const struct county_key *key)
{
	struct evaluation done = { .behind = true };

	if (delays_holds(&m->delays, key, time_monotonic_us()))
		return;
	for (int round = 0; done.behind && round < ROUNDS_MAX && !*m->stop; round++) {
		const int64_t began_us = time_monotonic_us();
		struct err_info info = { .text = "" };
		enum err e = evaluate_county(&m->evaluator, key, &done, &info);

		if (e != ERR_OK) {
			failed(m, key, began_us, e, &info);
			return;
		}
		if (!done.computed)
			break;
		publisher_take(&m->publisher, &done.events, time_monotonic_us());
		told(key, &done, began_us);
		event_list_release(&done.events);
	}
	delays_succeeded(&m->delays, key);
	if (done.behind)
		hints_add(&m->hints, key);
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
	if (e != ERR_OK && !database_is_down(m, e))
		log_event(LOG_WARN, "outbox failed", F_STR("error", err_slug(e)),
			  F_STR("detail", info.text));
}

/* Recomputes hinted counties, at most `most`, taking in what arrives meanwhile. */
static void process(struct monitor *m, int most)
{
	struct county_key key;

	drain(m, 0);
	for (int i = 0; i < most && !*m->stop && !m->down; i++) {
		if (!hints_take(&m->hints, &key))
			return;
		compute(m, &key);
		tick(m);
		drain(m, 0);
	}
}

static void warn_of_hints(struct monitor *m)
{
	if (m->bad_hints)
		log_event(LOG_WARN, "malformed hints dropped", F_INT("n", m->bad_hints));
	m->bad_hints = 0;
	if (m->hints.dropped != m->dropped_told)
		log_event(LOG_INFO, "hints dropped, the sweep takes their counties",
			  F_INT("n", m->hints.dropped - m->dropped_told));
	m->dropped_told = m->hints.dropped;
}

/* A page of what is behind. *ret_full: there may be more behind it; *ret_tried: how many of it
 * were not held back as failing. */
static void sweep_page(struct monitor *m, int skip, bool *ret_full, size_t *ret_tried)
{
	struct county_keys behind = { NULL, 0 };
	struct err_info info = { .text = "" };
	size_t tried = 0;
	enum err e;

	*ret_full = false;
	*ret_tried = 0;
	e = store_behind_list(m->store, SWEEP_PAGE, skip, &behind, &info);
	if (e != ERR_OK) {
		if (!database_is_down(m, e))
			log_event(LOG_ERROR, "sweep failed", F_STR("error", err_slug(e)),
				  F_STR("detail", info.text));
		return;
	}
	for (size_t i = 0; i < behind.n && !*m->stop && !m->down; i++) {
		process(m, HINTS_PER_SWEPT);
		tried += !delays_holds(&m->delays, &behind.items[i], time_monotonic_us());
		compute(m, &behind.items[i]);
		tick(m);
	}
	*ret_full = behind.n == SWEEP_PAGE;
	*ret_tried = tried;
	county_keys_release(&behind);
}

/* True when more than a page is behind: sweep again at once. A page of counties that all fail
 * does not hide those after it. */
static bool sweep_counties(struct monitor *m)
{
	bool full = true;
	size_t tried = 0;

	for (int skip = 0; full && tried == 0 && !*m->stop && !m->down; skip += SWEEP_PAGE)
		sweep_page(m, skip, &full, &tried);
	return full && tried > 0;
}

static void sweep(struct monitor *m)
{
	struct err_info info = { .text = "" };
	bool more;
	enum err e;

	warn_of_hints(m);
	more = sweep_counties(m);
	if (*m->stop || m->down)
		return;
	if (m->publisher.caught_up) {
		e = publisher_sweep(&m->publisher, time_monotonic_us(), &info);
		if (e != ERR_OK && !database_is_down(m, e))
			log_event(LOG_WARN, "outbox failed", F_STR("error", err_slug(e)),
				  F_STR("detail", info.text));
	}
	m->next_sweep_us = time_monotonic_us() + (more ? 0 : (int64_t)m->sweep_ms * 1000);
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

	if (ms <= 0 || m->hints.n)
		return 0;
	return ms < SLICE_MS ? (int)ms : SLICE_MS;
}

void monitor_run(struct monitor *m)
{
	struct err_info info = { .text = "" };
	enum err e;

	m->down = true;
	while (!*m->stop) {
		if (m->down)
			wait_for_database(m);
		drain(m, wait_ms(m));
		process(m, HINTS_WAITING_MAX);
		if (!m->down)
			tick(m);
		if (!*m->stop && !m->down && time_monotonic_us() >= m->next_sweep_us)
			sweep(m);
	}
	e = publisher_flush(&m->publisher, &info);
	if (e != ERR_OK)
		log_event(LOG_WARN, "marks lost, events will be told twice",
			  F_STR("error", err_slug(e)), F_STR("detail", info.text));
}
