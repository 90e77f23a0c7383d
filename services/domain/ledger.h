/* SPDX-License-Identifier: Apache-2.0 */
/* The life of an entry of the rectification ledger (整改台账): at most one for a county and item,
 * which comes back when the item falls again. A pure step from what an entry is and what was just
 * judged to what happens. What people do — confirm (销号确认), return (退回) — is not here:
 * ledger_may().
 *
 *	entry of period Q, item judged for period P; "later": a later period than P settles the item
 *	(domain/alert.h); gone: it is not_applicable, or the standard has none such
 *
 *	             met              not_met                no_data, undefined   gone
 *	none         -                OPEN, unless later     -                    -
 *	open         P >= Q: MEET     P == Q: KEEP           P == Q: WITHDRAW     P >= Q: WITHDRAW
 *	                              P > Q: CARRY (Q := P)
 *	returned     -                P >= Q: BACK           P == Q: WITHDRAW     P >= Q: WITHDRAW
 *	met          P > Q: STRIKE    BACK, unless later     P == Q: WITHDRAW     P >= Q: WITHDRAW
 *	struck_off   -                BACK, unless later     -                    -
 *	withdrawn    -                BACK, unless later     -                    -
 *
 *	Of a period that knows no item at all, gone is no data.
 *
 * An item that is met is struck off when a supervisor confirms it, or when the data of a later
 * period still say so; more data of the same period are no second opinion. What a supervisor
 * returned although the data say met, is closed by a supervisor, unless it falls meanwhile. Of
 * periods, the latest that settles the item decides, as for alerts.
 *
 * An entry that comes back once struck off is a new task: it is not late by the deadline of the one
 * that was done. */
#ifndef DOMAIN_LEDGER_H
#define DOMAIN_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/judge.h"

/* What people say of an entry: bytes, with their end. */
#define LEDGER_PERSON_CHARS 60 /* of a department, and of who is responsible */
#define LEDGER_PERSON       (4 * LEDGER_PERSON_CHARS + 1)
#define LEDGER_NOTE_CHARS   1000 /* of notes, and of what is said to a transition */
#define LEDGER_NOTE         (4 * LEDGER_NOTE_CHARS + 1)
#define LEDGER_DATE         11 /* "2026-06-30", with its end */

enum ledger_state {
	LEDGER_NONE, /* there is no entry */
	LEDGER_OPEN,
	LEDGER_RETURNED,
	LEDGER_MET,
	LEDGER_STRUCK_OFF,
	LEDGER_WITHDRAWN,
	LEDGER_STATES
};

enum ledger_action {
	LEDGER_NOTHING,
	LEDGER_OPENS,
	LEDGER_KEEPS, /* what it lacks is brought up to date */
	LEDGER_CARRIES,
	LEDGER_MEETS,
	LEDGER_STRIKES,
	LEDGER_COMES_BACK,
	LEDGER_WITHDRAWS,
	/* By people. */
	LEDGER_EDITED,
	LEDGER_CONFIRMED,
	LEDGER_RETURNS,
	LEDGER_ACTIONS
};

/* "none", "open", …; and the names of actions in the history: "opened", "carried", "met",
 * "struck_off" (by data or by who confirms), "back", "withdrawn", "edited", "returned"; NULL of
 * what is not told there. */
extern const char *const ledger_state_names[LEDGER_STATES];
extern const char *const ledger_state_zh[LEDGER_STATES];
extern const char *const ledger_action_names[LEDGER_ACTIONS];

/* Of an entry's name, which is not "none". */
bool ledger_state_parse(const char *name, enum ledger_state *ret_state) MUST_CHECK;

/* Of a name of the history. "struck_off" is LEDGER_STRIKES, whoever did it. */
bool ledger_action_parse(const char *name, enum ledger_action *ret_action) MUST_CHECK;

struct ledger_facts {
	enum ledger_state state;
	char entry_period[PERIOD_CODE]; /* of the entry, unless LEDGER_NONE */
	char period[PERIOD_CODE];       /* just judged */
	enum status status;             /* of the item in that period */
	bool knows_any;                 /* that period: items_any_known() */
	bool settled;                   /* a later period settles the item */
};

enum ledger_action ledger_step(const struct ledger_facts *f);

/* The state that an action leads to; LEDGER_NONE: as it was. */
enum ledger_state ledger_after(enum ledger_action action);

/* Whether an action of the data takes its deadline from an entry that was in a state: one that is
 * over (deadline_us: when its day is, 0: none) from what was struck off and comes back. What was
 * met and not confirmed, or returned, or without data for a while, was never done: its deadline
 * stands, or figures that are right for a day would lift it. */
bool ledger_clears(enum ledger_action action, enum ledger_state before, int64_t deadline_us,
		   int64_t now_us);

/* Whether people may do that to an entry as it is: anything may be edited; met and returned ones
 * confirmed; met and struck off ones returned. */
bool ledger_may(enum ledger_action action, enum ledger_state state);

#endif
