/* SPDX-License-Identifier: Apache-2.0 */
/* The recomputation of one county and period, or of several counties, as one transaction:
 *
 *	store_recompute_begin()   locks county_result (skipping counties that another
 *	                          monitor holds), reads facts, standards, open alerts, the ledger
 *	store_recompute_next()    for each county: its facts
 *	county_judge()            pure
 *	store_recompute_judged()
 *	store_recompute_commit()  figures, the ledger, alerts, events, computed_version: all of
 *	                          it, or nothing
 *
 * Writers of schools' reports are never blocked by it; who changes a standard, or what the county
 * itself reports, waits until it is over. Two round trips to the database (three, if figures are
 * written ahead), whatever the number of counties. Periods of one county take turns, for they share
 * its alerts and its ledger.
 *
 * Events are durable when they are returned. A computation without any is not, for a moment:
 * after a crash the county may be behind again, and the same is computed again. */
#ifndef STORE_RECOMPUTE_H
#define STORE_RECOMPUTE_H

#include "base/buf.h"
#include "domain/alert.h"
#include "domain/item.h"
#include "domain/ledger.h"
#include "domain/rule_facts.h"
#include "store/events.h"

struct recompute; /* owned by the store: a connection with an open transaction */

/* An open alert of the county, and what it remembers. */
struct open_alert {
	int64_t id;
	char rule[RULE_ID];
	char kind[16];
	char item[ITEM_NAME];
	struct alert_memory memory;
};
/* Of a county: each rule that may be in force, and each item. */
#define OPEN_ALERTS_MAX (RULES_OF_COUNTY_MAX * (PLAN_ITEMS_MAX + RULE_ITEMS_BESIDES))

/* The ledger's entry of an item. */
struct entry_memory {
	int64_t entry; /* 0 when none */
	enum ledger_state state;
	char period[PERIOD_CODE];
	double value; /* 0: none */
	double limit;
	char deadline[LEDGER_DATE]; /* "": none */
};

/* One, of any period, of an item that the standard has no longer. */
struct ledger_orphan {
	char item[ITEM_NAME];
	int64_t entry;
	enum ledger_state state;
	char period[PERIOD_CODE];
	double value;
	double limit;
	char deadline[LEDGER_DATE];
};

#define ORPHANS_MAX 64 /* more stay as they are until the next computation */

/* Large: one is owned by the recomputation. */
struct recompute_input {
	struct county_facts facts;       /* borrowed until the next, as all of this */
	const struct standard *standard; /* in force for the county and period */
	int64_t now_us;                  /* by the database's clock */
	const struct calendar *calendar; /* of the county */
	int64_t computed_version;        /* before this one */
	bool knew_any;                   /* items_any_known() of it, */
	const char *unknown;             /* and the items it did not know, "{R1.primary.cv,…}" */
	bool same_standard;              /* the same version of it judged the period before */
	bool later_knows_any;            /* items_any_known() of a later period */
	bool next_unopened;              /* of the period after nothing was ever sent */
	bool next_judged;                /* … and a standard judges it */
	bool is_latest;                  /* of the county's schools' reports the latest are its */
	bool settled[ITEMS_MAX];         /* a later period settles it: domain/alert.h */
	const struct alert_rule *rules[RULES_OF_COUNTY_MAX]; /* in force */
	size_t rules_n;
	/* The period before; with a plan, as many before as a forecast takes. */
	struct former_figures former[PLAN_ITEMS_MAX];
	/* Reports of the period before, where a rule in force compares schools; else none. */
	struct county_facts schools_before;
	bool has_plan;
	int plan_first_year;
	struct plan plan;
	int target_year;         /* plan_target_year(), in the year of now_us (UTC) */
	int64_t target_until_us; /* when another region's year may take its place; 0: never */
	struct entry_memory entries[ITEMS_MAX];
	struct ledger_orphan ledger_orphans[ORPHANS_MAX];
	size_t ledger_orphans_n;
	size_t alerts_n;
	struct open_alert
		alerts[OPEN_ALERTS_MAX]; /* last: what is behind alerts_n is not cleared */
};

struct county_key {
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
};

/* Counties at once. A county of the usual size is some 150 KB until it is committed. */
#define RECOMPUTE_MAX 16

/* keys: n ≤ RECOMPUTE_MAX, no county twice. patient: waits for the turn of a county (milliseconds;
 * ERR_BUSY when it takes too long), for one that alone is asked for; else a county whose turn
 * somebody has is left out. ERR_OK with *ret_rc == NULL: nothing to do (up to date, unknown, no
 * standard judges the period, or another monitor is at it). */
enum err store_recompute_begin(struct store *store, const struct county_key *keys, size_t n,
			       bool patient, struct recompute **ret_rc,
			       struct err_info *info) MUST_CHECK;

/* The next county of those that are to be judged, NULL behind the last. ERR_TOO_BIG: more than
 * COUNTY_SCHOOLS_MAX schools. */
enum err store_recompute_next(struct recompute *rc, const struct recompute_input **ret_input,
			      struct err_info *info) MUST_CHECK;

/* What is to happen with the alert of one item and rule; ALERT_NONE is left out. */
struct transition {
	enum alert_action action;
	int64_t alert;      /* of the open one, 0: it opens now */
	const char *kind;   /* of the rule, as rule */
	const char *rule;   /* id, borrowed until the commit's end */
	const char *reason; /* of the event, static */
	char item[ITEM_NAME];
	bool has_value;
	bool has_limit;
	double value;
	double limit;
	struct alert_memory memory;          /* as it is to be kept */
	const struct event_schools *schools; /* borrowed until it was handed over; NULL: none */
};
#define TRANSITIONS_MAX (2 * OPEN_ALERTS_MAX) /* those that are over, and those that begin */

/* What is to happen with the ledger's entry of one item; LEDGER_NOTHING rows are left out, and what
 * is written of a LEDGER_KEEPS is nothing if it says the same as before. */
struct ledger_move {
	enum ledger_action action;
	int64_t entry; /* 0: a new one */
	struct item result;
	size_t shortfall; /* where its text begins in ledger_moves.texts: json/shortfall.h */
	bool has_shortfall;
	bool clears_deadline; /* ledger_clears() */
};

struct ledger_moves {
	struct ledger_move moves[TRANSITIONS_MAX];
	size_t n;
	struct buf texts; /* each ended by a NUL */
};

/* What the county of the last store_recompute_next() came to. items: the judged items as
 * json/items.h writes them. due_us: when the county is to be looked at again though no data have
 * come; 0: never. */
enum err store_recompute_judged(struct recompute *rc, const struct county_judgement *judgement,
				const char *items, const struct transition *transitions, size_t n,
				int64_t due_us, const struct ledger_moves *ledger,
				struct err_info *info) MUST_CHECK;

/* Behind it: what is to happen with alerts of the period after, of which nothing was sent
 * (monitor/silent.h). */
enum err store_recompute_silent(struct recompute *rc, const char *period,
				const struct transition *transitions, size_t n,
				struct err_info *info) MUST_CHECK;

/* Whether the commit makes events. They take their numbers in it: who must know them in order, of
 * several commits at the same time, does one at a time. */
bool store_recompute_tells(const struct recompute *rc);

/* Writes the figures ahead, so that the commit, which may hold up other events, is short. Else the
 * commit writes them, and a round trip is saved. */
enum err store_recompute_write(struct recompute *rc, struct err_info *info) MUST_CHECK;

struct recomputed {
	struct county_key key;
	int64_t version; /* that was computed */
	enum verdict verdict;
	int64_t age_us; /* from the oldest change that it takes in to the commit; -1: of no change
			 */
	bool behind;    /* the county changed meanwhile: recompute it again */
};

/* Commits and frees rc, whether it succeeds or not. After ERR_DB_DOWN it may be committed: then
 * the counties are no longer behind, and their events are in the outbox. On success *ret_events
 * holds the events in order, committed (owned by the caller), and out[0..*ret_n) the counties. */
enum err store_recompute_commit(struct recompute *rc, struct event_list *ret_events,
				struct recomputed out[RECOMPUTE_MAX], size_t *ret_n,
				struct err_info *info) MUST_CHECK;

/* Rolls back and frees. Accepts NULL. */
void store_recompute_abort(struct recompute *rc);

/* Counties whose figures are behind, oldest change first; of periods that a standard judges.
 * At most limit of them, after the first skip. */
struct county_keys {
	struct county_key *items;
	size_t n;
};
void county_keys_release(struct county_keys *keys);
enum err store_behind_list(struct store *store, int limit, int skip, struct county_keys *out,
			   struct err_info *info) MUST_CHECK;

/* How many are behind, and for how long the oldest has been (0 when none). */
enum err store_behind_count(struct store *store, int64_t *ret_n, double *ret_oldest_s,
			    struct err_info *info) MUST_CHECK;

/* Asks for a county's periods (county "" for all) to be computed again. */
enum err store_recompute_request(struct store *store, const char *county, int64_t *ret_n,
				 struct err_info *info) MUST_CHECK;

#endif
