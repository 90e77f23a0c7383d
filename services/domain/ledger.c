/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/ledger.h"

#include <string.h>

const char *const ledger_state_names[LEDGER_STATES] = {
	[LEDGER_NONE] = "none",
	[LEDGER_OPEN] = "open",
	[LEDGER_RETURNED] = "returned",
	[LEDGER_MET] = "met",
	[LEDGER_STRUCK_OFF] = "struck_off",
	[LEDGER_WITHDRAWN] = "withdrawn",
};

const char *const ledger_state_zh[LEDGER_STATES] = {
	[LEDGER_NONE] = "无",    [LEDGER_OPEN] = "整改中",       [LEDGER_RETURNED] = "退回",
	[LEDGER_MET] = "待销号", [LEDGER_STRUCK_OFF] = "已销号", [LEDGER_WITHDRAWN] = "已撤回",
};

const char *const ledger_action_names[LEDGER_ACTIONS] = {
	[LEDGER_OPENS] = "opened",     [LEDGER_CARRIES] = "carried",
	[LEDGER_MEETS] = "met",        [LEDGER_STRIKES] = "struck_off",
	[LEDGER_COMES_BACK] = "back",  [LEDGER_WITHDRAWS] = "withdrawn",
	[LEDGER_EDITED] = "edited",    [LEDGER_CONFIRMED] = "struck_off",
	[LEDGER_RETURNS] = "returned",
};

bool ledger_state_parse(const char *name, enum ledger_state *ret_state)
{
	for (int i = LEDGER_NONE + 1; i < LEDGER_STATES; i++) {
		if (strcmp(name, ledger_state_names[i]) != 0)
			continue;
		*ret_state = (enum ledger_state)i;
		return true;
	}
	return false;
}

bool ledger_action_parse(const char *name, enum ledger_action *ret_action)
{
	for (int i = 0; i < LEDGER_ACTIONS; i++) {
		if (!ledger_action_names[i] || strcmp(name, ledger_action_names[i]) != 0)
			continue;
		*ret_action = (enum ledger_action)i;
		return true;
	}
	return false;
}

/* What the facts say of an item. */
enum known { KNOWN_MET, KNOWN_NOT_MET, KNOWN_NOTHING, KNOWN_GONE, KNOWN_COUNT };

/* The place of the judged period beside that of the entry. */
enum place { PLACE_EARLIER, PLACE_SAME, PLACE_LATER, PLACE_COUNT };

static enum known known_of(const struct ledger_facts *f)
{
	static const enum known known[STATUS_COUNT] = {
		[STATUS_MET] = KNOWN_MET,
		[STATUS_NOT_MET] = KNOWN_NOT_MET,
		[STATUS_NO_DATA] = KNOWN_NOTHING,
		[STATUS_UNDEFINED] = KNOWN_NOTHING,
		[STATUS_NOT_APPLICABLE] = KNOWN_GONE,
	};

	return f->status == STATUS_NOT_APPLICABLE && !f->knows_any ? KNOWN_NOTHING
								   : known[f->status];
}

static enum place place_of(const char *period, const char *entry_period)
{
	const int order = strcmp(period, entry_period);

	if (order == 0)
		return PLACE_SAME;
	return order > 0 ? PLACE_LATER : PLACE_EARLIER;
}

/* What the latest period to know the item does to an entry that is not open. */
static const enum ledger_action falls[LEDGER_STATES] = {
	[LEDGER_NONE] = LEDGER_OPENS,
	[LEDGER_MET] = LEDGER_COMES_BACK,
	[LEDGER_STRUCK_OFF] = LEDGER_COMES_BACK,
	[LEDGER_WITHDRAWN] = LEDGER_COMES_BACK,
};

/* All else, by state, place and what is known; what is left out is LEDGER_NOTHING. */
static const enum ledger_action steps[LEDGER_STATES][PLACE_COUNT][KNOWN_COUNT] = {
	[LEDGER_OPEN] = {
		[PLACE_SAME] = { LEDGER_MEETS, LEDGER_KEEPS, LEDGER_WITHDRAWS, LEDGER_WITHDRAWS },
		[PLACE_LATER] = { LEDGER_MEETS, LEDGER_CARRIES, LEDGER_NOTHING, LEDGER_WITHDRAWS },
	},
	[LEDGER_RETURNED] = {
		[PLACE_SAME] = { LEDGER_NOTHING, LEDGER_COMES_BACK, LEDGER_WITHDRAWS, LEDGER_WITHDRAWS },
		[PLACE_LATER] = { LEDGER_NOTHING, LEDGER_COMES_BACK, LEDGER_NOTHING, LEDGER_WITHDRAWS },
	},
	[LEDGER_MET] = {
		[PLACE_SAME] = { LEDGER_NOTHING, LEDGER_NOTHING, LEDGER_WITHDRAWS, LEDGER_WITHDRAWS },
		[PLACE_LATER] = { LEDGER_STRIKES, LEDGER_NOTHING, LEDGER_NOTHING, LEDGER_WITHDRAWS },
	},
};

enum ledger_action ledger_step(const struct ledger_facts *f)
{
	const enum known known = known_of(f);

	if (known == KNOWN_NOT_MET && falls[f->state] != LEDGER_NOTHING)
		return f->settled ? LEDGER_NOTHING : falls[f->state];
	if (f->state == LEDGER_NONE)
		return LEDGER_NOTHING;
	return steps[f->state][place_of(f->period, f->entry_period)][known];
}

enum ledger_state ledger_after(enum ledger_action action)
{
	static const enum ledger_state after[LEDGER_ACTIONS] = {
		[LEDGER_OPENS] = LEDGER_OPEN,          [LEDGER_MEETS] = LEDGER_MET,
		[LEDGER_STRIKES] = LEDGER_STRUCK_OFF,  [LEDGER_COMES_BACK] = LEDGER_OPEN,
		[LEDGER_WITHDRAWS] = LEDGER_WITHDRAWN, [LEDGER_CONFIRMED] = LEDGER_STRUCK_OFF,
		[LEDGER_RETURNS] = LEDGER_RETURNED,
	};

	return after[action];
}

bool ledger_clears(enum ledger_action action, enum ledger_state before, int64_t deadline_us,
		   int64_t now_us)
{
	return action == LEDGER_COMES_BACK && before == LEDGER_STRUCK_OFF && deadline_us &&
	       now_us >= deadline_us;
}

bool ledger_may(enum ledger_action action, enum ledger_state state)
{
	static const bool may[LEDGER_ACTIONS][LEDGER_STATES] = {
		[LEDGER_EDITED] = { [LEDGER_OPEN] = true,
				    [LEDGER_RETURNED] = true,
				    [LEDGER_MET] = true,
				    [LEDGER_STRUCK_OFF] = true,
				    [LEDGER_WITHDRAWN] = true },
		[LEDGER_CONFIRMED] = { [LEDGER_RETURNED] = true, [LEDGER_MET] = true },
		[LEDGER_RETURNS] = { [LEDGER_MET] = true, [LEDGER_STRUCK_OFF] = true },
	};

	return may[action][state];
}
