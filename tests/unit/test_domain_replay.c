/* SPDX-License-Identifier: Apache-2.0 */
/* A rule of kind stale tried on what has been: reports come due in between two computations, and
 * until now. */
#include "base/str.h"
#include "base/timeutil.h"
#include "domain/day.h"
#include "domain/rule_replay.h"
#include "lib/check.h"

#define HOUR_US (DAY_US / 24)

static struct calendar nothing_known;

struct raised {
	struct replayed items[4];
	size_t n;
};

static void on_raised(const struct replayed *alert, void *context)
{
	struct raised *r = context;

	assert_true(r->n < ARRAY_LEN(r->items));
	r->items[r->n++] = *alert;
}

/* Noon in China. */
static int64_t at(int year, int month, int day)
{
	return day_of(year, month, day) * DAY_US + 4 * HOUR_US;
}

static void replay(const struct replay_look *looks, size_t n, int64_t now_us, struct raised *out)
{
	const struct alert_rule rule = { .kind = ALERT_ON_STALE,
					 .enabled = true,
					 .due = { .day = "12-31" },
					 .hold = { .confirmations = 1 },
					 .clear_hold = { .confirmations = 1 },
					 .levels = { { .severity = SEVERITY_WARNING } },
					 .levels_n = 1 };
	const struct replay_past past = {
		.calendar = &nothing_known, .looks = looks, .looks_n = n, .now_us = now_us
	};

	*out = (struct raised){ .n = 0 };
	rule_replay(&rule, &past, on_raised, out);
}

static void test_between(void **state)
{
	const struct replay_look looks[] = {
		{ "2025", at(2025, 10, 1), 1, 3, true, 0, 0 },
		{ "2025", at(2025, 11, 1), 2, 2, true, 0, 0 },
		{ "2025", at(2026, 1, 10), 3, 1, true, 0, 0 },
		{ "2025", at(2026, 1, 20), 4, 0, true, 0, 0 },
	};
	/* 31 December is over when it is 16:00 in London. */
	const int64_t due_us = day_of(2025, 12, 31) * DAY_US + 16 * HOUR_US;
	struct raised r;

	(void)state;
	replay(looks, 4, at(2026, 2, 1), &r);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.items[0].fired_us, due_us);
	assert_int_equal(r.items[0].value, 2);
	assert_int_equal(r.items[0].ended_us, at(2026, 1, 20));
	assert_false(r.items[0].withdrawn);
	assert_string_equal(r.items[0].period, "2025");
	/* Not before the day is over, nor when all have reported by then. */
	replay(looks, 2, due_us - 1, &r);
	assert_int_equal(r.n, 0);
	replay(looks, 2, due_us, &r);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.items[0].ended_us, 0);
}

static void test_in_time(void **state)
{
	const struct replay_look looks[] = {
		{ "2025", at(2025, 10, 1), 1, 1, true, 0, 0 },
		{ "2025", at(2025, 12, 31), 2, 0, true, 0, 0 },
	};
	struct raised r;

	(void)state;
	replay(looks, 2, at(2026, 2, 1), &r);
	assert_int_equal(r.n, 0);
}

/* An earlier year raises nothing that a later one knows of, and a later one takes it over. */
static void test_years(void **state)
{
	const struct replay_look known[] = {
		{ "2025", at(2025, 10, 1), 1, 0, true, 0, 0 },
		{ "2024", at(2025, 10, 2), 1, 5, true, 0, 0 },
	};
	const struct replay_look after[] = {
		{ "2024", at(2024, 10, 1), 1, 5, true, 0, 0 },
		{ "2025", at(2025, 10, 1), 1, 4, true, 0, 0 },
	};
	struct raised r;

	(void)state;
	replay(known, 2, at(2025, 11, 1), &r);
	assert_int_equal(r.n, 0);
	replay(after, 2, at(2026, 2, 1), &r);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.items[0].fired_us, day_of(2024, 12, 31) * DAY_US + 16 * HOUR_US);
	assert_int_equal(r.items[0].ended_us, at(2025, 10, 1)); /* not due yet: nothing is late */
	assert_int_equal(r.items[1].fired_us, day_of(2025, 12, 31) * DAY_US + 16 * HOUR_US);
	assert_int_equal(r.items[1].value, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_in_time),
		cmocka_unit_test(test_years),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
