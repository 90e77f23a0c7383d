/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts and their transitions. Event numbers have no gaps and become visible in order:
 * who remembers the last seq it saw and asks for what follows misses nothing. */
#ifndef STORE_EVENTS_H
#define STORE_EVENTS_H

#include "domain/event.h"
#include "store/results.h"
#include "store/store.h"

struct event_list {
	struct event *items;
	size_t n;
};
void event_list_release(struct event_list *list);

static inline void auto_events_release(struct event_list *l)
{
	event_list_release(l);
}
#define auto_events AUTO(auto_events_release)

/* Events with seq > after, at most limit, of counties below a region prefix ("" all) and,
 * unless "", of one county. */
enum err store_events_after(struct store *store, int64_t after, int limit, const char *region,
			    const char *county, struct event_list *out,
			    struct err_info *info) MUST_CHECK;

/* The number of the latest event, 0 when there is none. */
enum err store_events_last(struct store *store, int64_t *ret_seq, struct err_info *info) MUST_CHECK;

/* Events behind a number that are not marked as published. */
enum err store_outbox_list(struct store *store, int64_t after, int limit, struct event_list *out,
			   struct err_info *info) MUST_CHECK;
/* Those of them that nobody has told for so long; nobody else is given them for as long again. */
enum err store_outbox_take(struct store *store, int stale_ms, int limit, struct event_list *out,
			   struct err_info *info) MUST_CHECK;
/* Marks them as published. */
enum err store_outbox_done(struct store *store, const int64_t *seqs, size_t n,
			   struct err_info *info) MUST_CHECK;

struct alert {
	int64_t id;
	char county[COUNTY_CODE];
	char item[ITEM_NAME];
	char rule[16];
	char kind[16]; /* of the rule */
	char period[PERIOD_CODE];
	char state[16];
	char severity[12];
	bool has_value;
	bool has_limit;
	double value;
	double limit;
	int64_t version;
	char opened_at[TIME_TEXT];
	char changed_at[TIME_TEXT];
	char assignee[4 * EVENT_NAME_CHARS + 1]; /* "": nobody */
	char snoozed_until[TIME_TEXT];           /* "": it is not; "resolved": until it is over */
	bool provisional;                        /* domain/alert.h */
	enum alert_level level;                  /* that it has gone up to */
};

struct alert_list {
	struct alert *items;
	size_t n;
};
void alert_list_release(struct alert_list *list);

static inline void auto_alerts_release(struct alert_list *l)
{
	alert_list_release(l);
}
#define auto_alerts AUTO(auto_alerts_release)

struct alert_query {
	const char *region;   /* prefix, "" all */
	const char *county;   /* "" any; may be a prefix too */
	const char *state;    /* "" any */
	const char *severity; /* "" any */
	/* At least so far up; without a state only those that are open. LEVEL_NONE: any */
	enum alert_level level;
	int64_t after; /* id that the page starts behind, 0 first */
	int limit;
};
enum err store_alerts_list(struct store *store, const struct alert_query *query,
			   struct alert_list *out, struct err_info *info) MUST_CHECK;
/* ERR_NOT_FOUND. */
enum err store_alert_get(struct store *store, int64_t id, struct alert *out,
			 struct err_info *info) MUST_CHECK;

#endif
