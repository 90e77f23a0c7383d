/* SPDX-License-Identifier: Apache-2.0 */
/* A small province for tests of the store, and a monitor's cycle without a monitor.
 * Everything asserts: a failure ends the test. Not for threads but those that say so. */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "store/org.h"
#include "store/recompute.h"
#include "store/reports.h"

#define WORLD_PERIOD "2025"

/* The database of JUNHENG_DATABASE_URL; libpq's `options` may be added, "" for none. */
struct store *world_store(int connections, int statement_timeout_ms, const char *options);

/* Runs SQL on a connection of its own, which it keeps; the first value as a number. */
int64_t world_sql(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* A county and its schools 3400000001 …: code is six digits, a school's is made of it. */
void world_county(struct store *s, const char *county, int schools);
const char *world_school(const char *county, int i, char out[SCHOOL_CODE]);
void world_school_put(struct store *s, const char *county, int i);

/* A primary school that meets every threshold; `backbone` teachers of 500 pupils. */
void world_report(struct report *out, int backbone);
struct write_result world_put(struct store *s, const char *county, int i, int backbone);
/* Two schools, of which one has few backbone teachers: only R2's CV is not met. */
void world_failing(struct store *s, const char *county);

/* Begins to compute one county, patiently; *ret_input only when *ret_rc is not NULL. */
enum err world_begin(struct store *s, const char *county, const char *period,
		     struct recompute **ret_rc,
		     const struct recompute_input **ret_input) MUST_CHECK;

/* What a monitor does with a county: false when there was nothing to do. Threads may. */
enum err world_compute(struct store *s, const char *county, const char *period,
		       struct event_list *ret_events, bool *ret_done,
		       struct err_info *info) MUST_CHECK;

/* The same, with events counted by their type: "alert.firing" … */
int world_judge(struct store *s, const char *county, const char *type);

extern const struct actor world_actor;

#endif
