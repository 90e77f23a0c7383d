/* SPDX-License-Identifier: Apache-2.0 */
/* A rule of kind stale tried on what has been: reports come due in between two computations, and
 * until now; also those of a year of which nothing is sent. */
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

static void replay_silent(const struct replay_look *looks, size_t n,
			  const struct replay_silent *silent, size_t silent_n, int64_t now_us,
			  struct raised *out)
{
	const struct alert_rule rule = { .kind = ALERT_ON_STALE,
					 .enabled = true,
					 .due = { .day = "12-31" },
					 .hold = { .confirmations = 1 },
					 .clear_hold = { .confirmations = 1 },
					 .levels = { { .severity = SEVERITY_WARNING } },
					 .levels_n = 1 };
	const struct replay_past past = { .calendar = &nothing_known,
					  .looks = looks,
					  .looks_n = n,
					  .silent = silent,
					  .silent_n = silent_n,
					  .now_us = now_us };

	*out = (struct raised){ .n = 0 };
	rule_replay(&rule, &past, on_raised, out);
}

static void replay(const struct replay_look *looks, size_t n, int64_t now_us, struct raised *out)
{
	replay_silent(looks, n, NULL, 0, now_us, out);
}

static void test_between(void **state)
{
	const struct replay_look looks[] = {
		{ "2025", at(2025, 10, 1), 1, 3, true, 0, 0, true },
		{ "2025", at(2025, 11, 1), 2, 2, true, 0, 0, true },
		{ "2025", at(2026, 1, 10), 3, 1, true, 0, 0, true },
		{ "2025", at(2026, 1, 20), 4, 0, true, 0, 0, true },
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
		{ "2025", at(2025, 10, 1), 1, 1, true, 0, 0, true },
		{ "2025", at(2025, 12, 31), 2, 0, true, 0, 0, true },
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
		{ "2025", at(2025, 10, 1), 1, 0, true, 0, 0, true },
		{ "2024", at(2025, 10, 2), 1, 5, true, 0, 0, true },
	};
	const struct replay_look after[] = {
		{ "2024", at(2024, 10, 1), 1, 5, true, 0, 0, true },
		{ "2025", at(2025, 10, 1), 1, 4, true, 0, 0, true },
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

/* A year of which nothing is sent is late like another, from its day to its last report. */
static void test_silent(void **state)
{
	const struct replay_look looks[] = {
		{ "2024", at(2024, 10, 1), 1, 0, true, 0, 0, true },
		{ "2024", at(2026, 1, 10), 2, 0, true, 0, 0, true }, /* a school more */
		{ "2025", at(2026, 2, 1), 1, 2, false, 0, 0, true },
		{ "2025", at(2026, 2, 2), 2, 0, true, 0, 0, true },
	};
	const struct replay_silent silent[] = {
		{ "2025", at(2024, 9, 1), 1, false },
		{ "2025", at(2024, 9, 2), 1, false },
		{ "2025", at(2026, 1, 10), 1, false },
		{ "2025", at(2026, 2, 1) - HOUR_US, 0, true },
	};
	const int64_t due_us = day_of(2025, 12, 31) * DAY_US + 16 * HOUR_US;
	struct raised r;

	(void)state;
	replay_silent(looks, 1, silent, 2, due_us - 1, &r);
	assert_int_equal(r.n, 0);
	replay_silent(looks, 1, silent, 2, due_us, &r);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.items[0].value, 2);
	assert_int_equal(r.items[0].ended_us, 0);
	replay_silent(looks, 4, silent, 4, at(2026, 3, 1), &r);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.items[0].period, "2025");
	assert_int_equal(r.items[0].fired_us, due_us);
	assert_int_equal(r.items[0].value, 2);
	assert_int_equal(r.items[0].ended_us, at(2026, 2, 2));
}

/* It is none: something was sent in time; nobody is awaited; the year before has no reports. */
static void test_not_silent(void **state)
{
	const struct replay_look looks[] = {
		{ "2024", at(2024, 10, 1), 1, 0, true, 0, 0, true },
	};
	const struct replay_look unreported = { "2024", at(2024, 10, 1), 1, 0, true, 0, 0, false };
	const struct replay_silent opened[] = {
		{ "2025", at(2024, 9, 1), 3, false },
		{ "2025", at(2025, 12, 1), 0, true },
	};
	const struct replay_silent closed[] = {
		{ "2025", at(2024, 9, 1), 3, false },
		{ "2025", at(2025, 12, 1), -3, false },
	};
	struct raised r;

	(void)state;
	replay_silent(looks, 1, opened, 2, at(2026, 3, 1), &r);
	assert_int_equal(r.n, 0);
	replay_silent(looks, 1, closed, 2, at(2026, 3, 1), &r);
	assert_int_equal(r.n, 0);
	replay_silent(&unreported, 1, opened, 1, at(2026, 3, 1), &r);
	assert_int_equal(r.n, 0);
}

/* Schools are awaited of the year behind the latest that they have reported; of what is told
 * already they stay so, though the reports before it are taken back. */
static void test_silent_behind_reports(void **state)
{
	const struct replay_look gap[] = {
		{ "2023", at(2023, 10, 1), 1, 0, true, 0, 0, true },
		{ "2025", at(2025, 10, 1), 1, 1, false, 0, 0, false },
	};
	const struct replay_look taken_back[] = {
		{ "2024", at(2024, 10, 1), 1, 0, true, 0, 0, true },
		{ "2024", at(2026, 2, 1), 2, 1, true, 0, 0, false },
	};
	const struct replay_silent silent[] = {
		{ "2024", at(2023, 9, 1), 1, false },
		{ "2025", at(2023, 9, 1), 1, false },
		{ "2026", at(2023, 9, 1), 1, false },
	};
	struct raised r;

	(void)state;
	replay_silent(gap, 2, silent, 3, at(2025, 11, 1), &r);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.items[0].period, "2024");
	assert_int_equal(r.items[0].ended_us, 0);
	replay_silent(taken_back, 2, silent, 3, at(2026, 3, 1), &r);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.items[0].period, "2025");
	assert_int_equal(r.items[0].ended_us, 0);
}

/* An alert of the year before goes on in the silent one; when nobody is awaited any more, the year
 * before has it again. */
static void test_silent_goes_on(void **state)
{
	const struct replay_look looks[] = {
		{ "2024", at(2024, 10, 1), 1, 5, true, 0, 0, true },
		{ "2024", at(2026, 1, 10), 2, 5, true, 0, 0, true },
	};
	const struct replay_silent silent[] = {
		{ "2025", at(2024, 9, 1), 7, false },
		{ "2025", at(2026, 1, 10), -7, false },
	};
	struct raised r;

	(void)state;
	replay_silent(looks, 2, silent, 2, at(2026, 3, 1), &r);
	assert_int_equal(r.n, 2);
	assert_int_equal(r.items[0].fired_us, day_of(2024, 12, 31) * DAY_US + 16 * HOUR_US);
	assert_string_equal(r.items[0].period, "2025");
	assert_int_equal(r.items[0].ended_us, at(2026, 1, 10));
	assert_string_equal(r.items[1].period, "2024");
	assert_int_equal(r.items[1].fired_us, at(2026, 1, 10));
	assert_int_equal(r.items[1].ended_us, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_between),        cmocka_unit_test(test_in_time),
		cmocka_unit_test(test_years),          cmocka_unit_test(test_silent),
		cmocka_unit_test(test_not_silent),     cmocka_unit_test(test_silent_behind_reports),
		cmocka_unit_test(test_silent_goes_on),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
