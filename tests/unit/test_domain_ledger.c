/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "domain/ledger.h"
#include "lib/check.h"

#define ENTRY "2025"

static enum ledger_action step_of(enum ledger_state state, const char *period, enum status status,
				  bool knows_any, bool settled)
{
	struct ledger_facts f = {
		.state = state, .status = status, .knows_any = knows_any, .settled = settled
	};

	str_copy(f.entry_period, sizeof(f.entry_period), state == LEDGER_NONE ? "" : ENTRY);
	str_copy(f.period, sizeof(f.period), period);
	return ledger_step(&f);
}

static enum ledger_action step(enum ledger_state state, const char *period, enum status status,
			       bool settled)
{
	return step_of(state, period, status, true, settled);
}

/* Every cell of the table in ledger.h: what is met, what is not met (a later year settles nothing,
 * or it), the two that say nothing, and what is gone. */
static void test_table(void **state)
{
	static const struct {
		enum ledger_state state;
		const char *period;
		enum ledger_action met, not_met, not_met_settled, nothing, gone;
	} rows[] = {
		{ LEDGER_NONE, "2024", 0, LEDGER_OPENS, 0, 0, 0 },
		{ LEDGER_NONE, "2025", 0, LEDGER_OPENS, 0, 0, 0 },
		{ LEDGER_OPEN, "2024", 0, 0, 0, 0, 0 },
		{ LEDGER_OPEN, "2025", LEDGER_MEETS, LEDGER_KEEPS, LEDGER_KEEPS, LEDGER_WITHDRAWS,
		  LEDGER_WITHDRAWS },
		{ LEDGER_OPEN, "2026", LEDGER_MEETS, LEDGER_CARRIES, LEDGER_CARRIES, 0,
		  LEDGER_WITHDRAWS },
		{ LEDGER_RETURNED, "2024", 0, 0, 0, 0, 0 },
		{ LEDGER_RETURNED, "2025", 0, LEDGER_COMES_BACK, LEDGER_COMES_BACK,
		  LEDGER_WITHDRAWS, LEDGER_WITHDRAWS },
		{ LEDGER_RETURNED, "2026", 0, LEDGER_COMES_BACK, LEDGER_COMES_BACK, 0,
		  LEDGER_WITHDRAWS },
		{ LEDGER_MET, "2024", 0, LEDGER_COMES_BACK, 0, 0, 0 },
		{ LEDGER_MET, "2025", 0, LEDGER_COMES_BACK, 0, LEDGER_WITHDRAWS, LEDGER_WITHDRAWS },
		{ LEDGER_MET, "2026", LEDGER_STRIKES, LEDGER_COMES_BACK, 0, 0, LEDGER_WITHDRAWS },
		{ LEDGER_STRUCK_OFF, "2024", 0, LEDGER_COMES_BACK, 0, 0, 0 },
		{ LEDGER_STRUCK_OFF, "2025", 0, LEDGER_COMES_BACK, 0, 0, 0 },
		{ LEDGER_STRUCK_OFF, "2026", 0, LEDGER_COMES_BACK, 0, 0, 0 },
		{ LEDGER_WITHDRAWN, "2024", 0, LEDGER_COMES_BACK, 0, 0, 0 },
		{ LEDGER_WITHDRAWN, "2025", 0, LEDGER_COMES_BACK, 0, 0, 0 },
		{ LEDGER_WITHDRAWN, "2026", 0, LEDGER_COMES_BACK, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const enum ledger_state s = rows[i].state;
		const char *period = rows[i].period;

		assert_int_equal(step(s, period, STATUS_NOT_MET, false), rows[i].not_met);
		assert_int_equal(step(s, period, STATUS_NOT_MET, true), rows[i].not_met_settled);
		for (int settled = 0; settled < 2; settled++) {
			assert_int_equal(step(s, period, STATUS_MET, settled), rows[i].met);
			assert_int_equal(step(s, period, STATUS_NO_DATA, settled), rows[i].nothing);
			assert_int_equal(step(s, period, STATUS_UNDEFINED, settled),
					 rows[i].nothing);
			assert_int_equal(step(s, period, STATUS_NOT_APPLICABLE, settled),
					 rows[i].gone);
			assert_int_equal(step_of(s, period, STATUS_NOT_APPLICABLE, false, settled),
					 rows[i].nothing);
		}
	}
}

static void test_after(void **state)
{
	(void)state;
	assert_int_equal(ledger_after(LEDGER_OPENS), LEDGER_OPEN);
	assert_int_equal(ledger_after(LEDGER_KEEPS), LEDGER_NONE);
	assert_int_equal(ledger_after(LEDGER_CARRIES), LEDGER_NONE);
	assert_int_equal(ledger_after(LEDGER_MEETS), LEDGER_MET);
	assert_int_equal(ledger_after(LEDGER_STRIKES), LEDGER_STRUCK_OFF);
	assert_int_equal(ledger_after(LEDGER_COMES_BACK), LEDGER_OPEN);
	assert_int_equal(ledger_after(LEDGER_WITHDRAWS), LEDGER_WITHDRAWN);
	assert_int_equal(ledger_after(LEDGER_EDITED), LEDGER_NONE);
	assert_int_equal(ledger_after(LEDGER_CONFIRMED), LEDGER_STRUCK_OFF);
	assert_int_equal(ledger_after(LEDGER_RETURNS), LEDGER_RETURNED);
	assert_null(ledger_action_names[LEDGER_KEEPS]);
}

/* What was struck off comes back without a deadline that is over; all else keeps it. */
static void test_clears(void **state)
{
	(void)state;
	for (int a = LEDGER_NOTHING; a < LEDGER_ACTIONS; a++) {
		for (int s = LEDGER_NONE; s < LEDGER_STATES; s++) {
			const enum ledger_action action = (enum ledger_action)a;
			const enum ledger_state before = (enum ledger_state)s;

			assert_int_equal(ledger_clears(action, before, 100, 100),
					 a == LEDGER_COMES_BACK && s == LEDGER_STRUCK_OFF);
			assert_false(ledger_clears(action, before, 100, 99));
			assert_false(ledger_clears(action, before, 0, 100));
		}
	}
}

/* What people may do, in the order of states: none, open, returned, met, struck off, withdrawn. */
static void test_may(void **state)
{
	static const char *const may[LEDGER_ACTIONS] = {
		[LEDGER_EDITED] = "nyyyyy",
		[LEDGER_CONFIRMED] = "nnyynn",
		[LEDGER_RETURNS] = "nnnyyn",
	};

	(void)state;
	for (int a = LEDGER_NOTHING; a < LEDGER_ACTIONS; a++) {
		for (int s = LEDGER_NONE; s < LEDGER_STATES; s++)
			assert_int_equal(ledger_may((enum ledger_action)a, (enum ledger_state)s),
					 may[a] && may[a][s] == 'y');
	}
}

static void test_names(void **state)
{
	(void)state;
	for (int s = LEDGER_NONE + 1; s < LEDGER_STATES; s++) {
		enum ledger_state parsed = LEDGER_NONE;

		assert_true(ledger_state_parse(ledger_state_names[s], &parsed));
		assert_int_equal(parsed, s);
		assert_non_null(ledger_state_zh[s]);
	}
	{
		enum ledger_state parsed = LEDGER_MET;

		assert_false(ledger_state_parse("none", &parsed));
		assert_false(ledger_state_parse("", &parsed));
		assert_int_equal(parsed, LEDGER_MET);
	}
	for (int a = 0; a < LEDGER_ACTIONS; a++) {
		enum ledger_action parsed = LEDGER_NOTHING;

		if (!ledger_action_names[a])
			continue;
		assert_true(ledger_action_parse(ledger_action_names[a], &parsed));
		assert_string_equal(ledger_action_names[parsed], ledger_action_names[a]);
		assert_int_equal(ledger_after(parsed), ledger_after((enum ledger_action)a));
	}
	{
		enum ledger_action parsed = LEDGER_MEETS;

		assert_false(ledger_action_parse("kept", &parsed));
		assert_false(ledger_action_parse("", &parsed));
		assert_int_equal(parsed, LEDGER_MEETS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),  cmocka_unit_test(test_after),
		cmocka_unit_test(test_clears), cmocka_unit_test(test_may),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
