/* SPDX-License-Identifier: Apache-2.0 */
/* The rectification ledger: what counties do not meet, and what is done about it. Entries are
 * opened, met and brought back by who computes (recompute.h); here they are read, and people add to
 * them. */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "base/timeutil.h"
#include "domain/item.h"
#include "domain/ledger.h"
#include "domain/school.h"
#include "store/keys.h"
#include "store/org.h"
#include "store/store.h"

struct ledger_entry {
	int64_t id;
	char county[COUNTY_CODE];
	char name[REGION_NAME]; /* of the county, "" when it is not known as a region */
	char item[ITEM_NAME];
	enum ledger_state state;
	int64_t revision;
	char period[PERIOD_CODE];
	int64_t version; /* of the county and period */
	bool has_value;
	bool has_limit;
	double value;
	double limit;
	char *shortfall;              /* owned: JSON, see json/shortfall.h */
	char met_period[PERIOD_CODE]; /* "": it is not met */
	int64_t met_version;
	char met_at[TIME_TEXT];
	char struck_at[TIME_TEXT];      /* "" unless struck off */
	char department[LEDGER_PERSON]; /* "": not said, as the next */
	char responsible[LEDGER_PERSON];
	char deadline[LEDGER_DATE];
	char *evidence; /* owned: JSON, a list of texts */
	char notes[LEDGER_NOTE];
	bool overdue; /* open or returned, and the deadline is over, in China */
	char opened_at[TIME_TEXT];
	char changed_at[TIME_TEXT];
};
void ledger_entry_release(struct ledger_entry *e);
static inline void auto_ledger_entry_release(struct ledger_entry *e)
{
	ledger_entry_release(e);
}
#define auto_ledger_entry AUTO(auto_ledger_entry_release)

/* ERR_NOT_FOUND. */
enum err store_ledger_get(struct store *store, int64_t id, struct ledger_entry *out,
			  struct err_info *info) MUST_CHECK;

struct ledger_list {
	struct ledger_entry *items;
	size_t n;
};
void ledger_list_release(struct ledger_list *list);
static inline void auto_ledger_list_release(struct ledger_list *l)
{
	ledger_list_release(l);
}
#define auto_ledger_list AUTO(auto_ledger_list_release)

struct ledger_query {
	const char *region; /* prefix, "" all */
	const char *state;  /* "" any, as the next */
	const char *item;
	const char *department;
	const char *overdue; /* "t", "f" */
	int64_t after;       /* id that the page starts behind, 0 first */
	int limit;
};
enum err store_ledger_list(struct store *store, const struct ledger_query *query,
			   struct ledger_list *out, struct err_info *info) MUST_CHECK;

/* --- history ------------------------------------------------------------------------------ */

struct ledger_event {
	int64_t revision;
	char at[TIME_TEXT];
	char action[16];
	int64_t key;           /* 0: by the data */
	char label[KEY_LABEL]; /* of the key */
	char period[PERIOD_CODE];
	int64_t version;
	bool has_value;
	bool has_limit;
	double value;
	double limit;
	char note[LEDGER_NOTE]; /* "" none */
	char *changes;          /* owned: JSON; NULL unless edited */
};

struct ledger_events {
	struct ledger_event *items; /* the latest first */
	size_t n;
};
void ledger_events_release(struct ledger_events *list);
static inline void auto_ledger_events_release(struct ledger_events *l)
{
	ledger_events_release(l);
}
#define auto_ledger_events AUTO(auto_ledger_events_release)

enum err store_ledger_history(struct store *store, int64_t id, int limit, struct ledger_events *out,
			      struct err_info *info) MUST_CHECK;

/* --- what people do ------------------------------------------------------------------------- */

struct ledger_change {
	enum ledger_action action; /* LEDGER_EDITED, LEDGER_CONFIRMED or LEDGER_RETURNS */
	/* LEDGER_EDITED: all five members; else NULL. Of another deadline than the stored one, or
	 * another state, the county is looked at again: match says which that is. */
	const char *document;
	const char *note; /* "" none */
	int64_t match;
};

/* ERR_CONFLICT: an entry in that state cannot be confirmed, or returned; ERR_PRECONDITION;
 * ERR_NOT_FOUND. The same document as stored changes nothing. The caller has seen that the entry's
 * county, which never changes, is within reach. */
enum err store_ledger_change(struct store *store, const struct actor *actor, int64_t id,
			     const struct ledger_change *change, struct write_result *out,
			     struct err_info *info) MUST_CHECK;

/* --- views ---------------------------------------------------------------------------------- */

struct ledger_county {
	char county[COUNTY_CODE];
	char name[REGION_NAME];
	int64_t states[LEDGER_STATES]; /* by enum ledger_state; there is no LEDGER_NONE */
	int64_t overdue;
	int64_t struck; /* since the instant, and still */
};

struct ledger_summary {
	struct ledger_county *items; /* that have entries, by code */
	size_t n;
};
void ledger_summary_release(struct ledger_summary *s);
static inline void auto_ledger_summary_release(struct ledger_summary *s)
{
	ledger_summary_release(s);
}
#define auto_ledger_summary AUTO(auto_ledger_summary_release)

/* since: microseconds, negative: not asked for. */
enum err store_ledger_summary(struct store *store, const char *region, int64_t since,
			      struct ledger_summary *out, struct err_info *info) MUST_CHECK;

#endif
