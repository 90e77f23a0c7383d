/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/sweep.h"

#include "base/auto.h"
#include "base/log.h"
#include "base/timeutil.h"
#include "monitor/alerting.h"
#include "store/late.h"
#include "store/tallies.h"
#include "store/untold.h"

#define SWEEP_PAGE      HINTS_WAITING_MAX
#define PASSED_OVER_MAX 10
#define LATE_SWEEPS     10 /* so often figures that are late are looked for */

static void late_in_a_while(struct monitor *m)
{
	m->next_late_us = time_monotonic_us() + (int64_t)m->sweep_ms * 1000 * LATE_SWEEPS;
}

void sweep_init(struct monitor *m)
{
	late_in_a_while(m);
}

bool sweep_is_due(const struct monitor *m)
{
	return m->sweep_step > 0 || (m->more && m->rest.n == 0) ||
	       time_monotonic_us() >= m->next_sweep_us;
}

static void warn_of_hints(struct monitor *m)
{
	if (m->bad_hints)
		log_event(LOG_WARN, "malformed hints dropped", F_INT("n", m->bad_hints));
	m->bad_hints = 0;
	if (m->fresh.dropped != m->dropped_told)
		log_event(LOG_INFO, "hints dropped, the sweep takes their counties",
			  F_INT("n", m->fresh.dropped - m->dropped_told));
	m->dropped_told = m->fresh.dropped;
}

/* A page of what is behind, put to the rest. *ret_full: there may be more behind it; *ret_added:
 * how many of it are neither held back as failing nor in hand. */
static void sweep_page(struct monitor *m, int skip, bool *ret_full, size_t *ret_added)
{
	struct county_keys behind = { NULL, 0 };
	struct err_info info = { .text = "" };
	enum err e;

	*ret_full = false;
	*ret_added = 0;
	e = store_behind_list(m->store, SWEEP_PAGE, skip, &behind, &info);
	if (e != ERR_OK) {
		if (!monitor_database_is_down(m, e))
			log_event(LOG_ERROR, "sweep failed", F_STR("error", err_slug(e)),
				  F_STR("detail", info.text));
		return;
	}
	for (size_t i = 0; i < behind.n; i++) {
		const struct county_key *key = &behind.items[i];

		if (crew_holds(&m->crew, key) || delays_holds(&m->delays, key, time_monotonic_us()))
			continue;
		*ret_added += hints_add(&m->rest, key);
	}
	*ret_full = behind.n == SWEEP_PAGE;
	county_keys_release(&behind);
}

/* True when more than a page is behind: sweep again when these are done. A page of counties that
 * all fail does not hide those after it. */
static bool sweep_counties(struct monitor *m)
{
	bool full = true;
	size_t added = 0;

	for (int skip = 0; full && added == 0 && !*m->stop && !m->down; skip += SWEEP_PAGE)
		sweep_page(m, skip, &full, &added);
	return full && added > 0;
}

/* What was counted: a failure is no more than a delay. */
void sweep_tallies(struct monitor *m)
{
	struct err_info info = { .text = "" };
	const enum err e = store_tallies_add(m->store, &info);

	if (e != ERR_OK && !monitor_database_is_down(m, e))
		log_event(LOG_WARN, "metrics not added", F_STR("error", err_slug(e)),
			  F_STR("detail", info.text));
}

/* Whom nobody has computed for so long that it is an alert. */
static void look_for_late(struct monitor *m)
{
	struct err_info info = { .text = "" };
	int n = 0;
	enum err e;

	if (time_monotonic_us() < m->next_late_us)
		return;
	late_in_a_while(m);
	e = store_late_tell(m->store, alerting_late, &n, &info);
	if (e != ERR_OK && !monitor_database_is_down(m, e))
		log_event(LOG_WARN, "late figures not looked for", F_STR("error", err_slug(e)),
			  F_STR("detail", info.text));
	if (n)
		log_event(LOG_WARN, "figures are late", F_INT("counties", n));
}

/* What was held back, and is not any more. */
static void tell_held_back(struct monitor *m)
{
	struct err_info info = { .text = "" };
	int64_t n = 0;
	const enum err e = store_untold_tell(m->store, &n, &info);

	if (e != ERR_OK && !monitor_database_is_down(m, e))
		log_event(LOG_WARN, "alerts held back not looked for", F_STR("error", err_slug(e)),
			  F_STR("detail", info.text));
	if (n)
		log_event(LOG_INFO, "told of alerts that were held back", F_INT("n", n));
}

static void count(struct monitor *m)
{
	warn_of_hints(m);
	sweep_tallies(m);
}

/* While the crew has enough to do, it is not asked every time what there is besides. */
static void look_for_behind(struct monitor *m)
{
	if (m->rest.n && ++m->passed_over < PASSED_OVER_MAX)
		return;
	m->more = sweep_counties(m);
	m->passed_over = 0;
}

static void tell_untold(struct monitor *m)
{
	struct err_info info = { .text = "" };
	enum err e;

	if (!m->publisher.caught_up)
		return;
	e = publisher_sweep(&m->publisher, &info);
	if (e != ERR_OK && !monitor_database_is_down(m, e))
		log_event(LOG_WARN, "outbox failed", F_STR("error", err_slug(e)),
			  F_STR("detail", info.text));
}

static void (*const steps[])(struct monitor *m) = {
	count, look_for_late, tell_held_back, look_for_behind, tell_untold,
};

void sweep_step(struct monitor *m)
{
	steps[m->sweep_step](m);
	m->sweep_step = m->down ? 0 : (m->sweep_step + 1) % ARRAY_LEN(steps);
	if (m->sweep_step == 0)
		m->next_sweep_us = time_monotonic_us() + (int64_t)m->sweep_ms * 1000;
}
