/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with alerts, and silences: by scope, for a while, nobody is told. */
#ifndef STORE_ALERT_ACTIONS_H
#define STORE_ALERT_ACTIONS_H

#include "domain/alert_action.h"
#include "store/events.h"

/* Does it, in the turn of who steps the county's alerts, with its event; by: the key's label.
 * *ret_done false: it is so already. ERR_NOT_FOUND; ERR_CONFLICT: it does not go with the alert's
 * state. On success *ret_event is the event, if one was made. */
enum err store_alert_act(struct store *store, int64_t id, const char *by,
			 const struct alert_deed *deed, bool *ret_done, struct event *ret_event,
			 struct err_info *info) MUST_CHECK;

/* Events of one alert with seq > after, at most limit. */
enum err store_alert_events(struct store *store, int64_t id, int64_t after, int limit,
			    struct event_list *out, struct err_info *info) MUST_CHECK;

/* --- silences ---
 *
 * One holds back what its author would be told, and those below: of an alert that has gone up
 * above them (domain/level.h), a county's or a city's silence holds back nothing. */

#define SILENCES_MAX        1000 /* open ones, … */
#define SILENCES_REGION_MAX 50   /* … and of the same region: none takes all of them */

struct silence {
	int64_t id;
	char region[COUNTY_CODE];
	char *items; /* a JSON array, as rules; owned */
	char *rules;
	char *reason; /* owned */
	char author[EVENT_BY];
	char author_region[COUNTY_CODE]; /* of the key; of an old one: region */
	char created_at[TIME_TEXT];
	char until[TIME_TEXT];    /* "": until it is ended */
	char ended_at[TIME_TEXT]; /* "" */
	bool active;
};
struct silence_list {
	struct silence *items;
	size_t n;
};
void silence_list_release(struct silence_list *list);
static inline void auto_silences_release(struct silence_list *l)
{
	silence_list_release(l);
}
#define auto_silences AUTO(auto_silences_release)

/* Of a new one; until "": NULL. ERR_CONFLICT: there are SILENCES_MAX, or SILENCES_REGION_MAX of
 * its region. */
struct silence_put {
	const char *region;
	char (*items)[ITEM_NAME]; /* patterns, with '*' */
	size_t items_n;
	char (*rules)[16];
	size_t rules_n;
	const char *reason;
	const char *author;
	const char *author_region;
	const char *until;
};
enum err store_silence_put(struct store *store, const struct silence_put *put, int64_t *ret_id,
			   struct err_info *info) MUST_CHECK;

/* Those that touch what is below a region; of active ones only; behind an id. */
enum err store_silence_list(struct store *store, const char *region, bool active, int64_t after,
			    int limit, struct silence_list *out, struct err_info *info) MUST_CHECK;
/* A list of one. ERR_NOT_FOUND. */
enum err store_silence_get(struct store *store, int64_t id, struct silence_list *out,
			   struct err_info *info) MUST_CHECK;
enum err store_silence_end(struct store *store, int64_t id, struct err_info *info) MUST_CHECK;

#endif
