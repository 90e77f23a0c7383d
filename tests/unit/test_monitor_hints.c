/* SPDX-License-Identifier: Apache-2.0 */
/* Which counties wait, which must wait longer, and how often many at once get their turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/str.h"
#include "monitor/county_id.h"
#include "monitor/delays.h"
#include "monitor/hints.h"
#include "monitor/pace.h"

static struct county_key key_of(unsigned county, unsigned period)
{
	struct county_key key;

	snprintf(key.county, sizeof(key.county), "%06u", county % 1000000);
	snprintf(key.period, sizeof(key.period), "%04u", period % 10000);
	return key;
}

static void test_id_keeps_zeros(void **state)
{
	static const struct county_key keys[] = { { "340207", "2025" }, { "010000", "2000" } };

	(void)state;
	assert_int_equal(county_id(&keys[0]), 13402072025);
	for (size_t i = 0; i < 2; i++) {
		struct county_key back;

		county_key_of(county_id(&keys[i]), &back);
		assert_string_equal(back.county, keys[i].county);
		assert_string_equal(back.period, keys[i].period);
	}
}

static void test_coalesces_in_order(void **state)
{
	struct hints *h = calloc(1, sizeof(*h));
	struct county_key a = key_of(340207, 2025);
	struct county_key b = key_of(340207, 2024);
	struct county_key got;

	(void)state;
	hints_init(h);
	assert_false(hints_take(h, &got));
	for (int i = 0; i < 70; i++)
		assert_true(hints_add(h, &a));
	assert_true(hints_add(h, &b));
	assert_true(hints_add(h, &a));
	assert_int_equal(h->n, 2);
	assert_true(hints_take(h, &got));
	assert_string_equal(got.period, "2025");
	assert_true(hints_add(h, &a)); /* again, behind b */
	assert_true(hints_take(h, &got));
	assert_string_equal(got.period, "2024");
	assert_true(hints_take(h, &got));
	assert_string_equal(got.period, "2025");
	assert_false(hints_take(h, &got));
	free(h);
}

static void test_bounded(void **state)
{
	struct hints *h = calloc(1, sizeof(*h));
	struct county_key got;

	(void)state;
	hints_init(h);
	for (unsigned i = 0; i < HINTS_WAITING_MAX; i++) {
		const struct county_key key = key_of(110000 + i, 2025);

		assert_true(hints_add(h, &key));
	}
	got = key_of(990000, 2025);
	assert_false(hints_add(h, &got));
	assert_int_equal(h->dropped, 1);
	got = key_of(110000, 2025);
	assert_true(hints_add(h, &got)); /* is waiting */
	for (unsigned i = 0; i < HINTS_WAITING_MAX; i++) {
		const struct county_key key = key_of(110000 + i, 2025);

		assert_true(hints_take(h, &got));
		assert_string_equal(got.county, key.county);
	}
	assert_false(hints_take(h, &got));
	free(h);
}

/* Against a plain model: a million random steps over few counties, so that slots collide,
 * wrap and are freed in every order. */
static void test_against_model(void **state)
{
	enum { COUNTIES = 6000 };
	struct hints *h = calloc(1, sizeof(*h));
	bool *waits = calloc(COUNTIES, sizeof(*waits));
	size_t n = 0;
	uint32_t seed = 1;

	(void)state;
	hints_init(h);
	for (int step = 0; step < 1000000; step++) {
		seed = seed * 1664525u + 1013904223u;
		if ((seed >> 16) % 100 < 52) {
			const unsigned c = (seed >> 8) % COUNTIES;
			const struct county_key key = key_of(c, 2025);
			const bool fits = waits[c] || n < HINTS_WAITING_MAX;

			assert_int_equal(hints_add(h, &key), fits);
			n += fits && !waits[c];
			waits[c] = waits[c] || fits;
		} else {
			struct county_key got;
			int64_t c = 0;

			assert_int_equal(hints_take(h, &got), n > 0);
			if (n == 0)
				continue;
			assert_true(str_to_int64(got.county, &c));
			assert_true(waits[c]);
			waits[c] = false;
			n--;
		}
	}
	assert_int_equal(h->n, n);
	free(waits);
	free(h);
}

static void test_delays_grow_and_end(void **state)
{
	struct delays *d = calloc(1, sizeof(*d));
	const struct county_key key = key_of(340207, 2025);
	int64_t now = 1000000000;

	(void)state;
	delays_init(d);
	assert_false(delays_holds(d, &key, now));
	assert_true(delays_failed(d, &key, now, now));
	assert_false(delays_holds(d, &key, now)); /* at once */
	assert_false(delays_failed(d, &key, now, now));
	assert_true(delays_holds(d, &key, now + DELAY_FIRST_US - 1));
	assert_false(delays_holds(d, &key, now + DELAY_FIRST_US));
	for (int i = 0; i < 10; i++)
		assert_false(delays_failed(d, &key, now, now));
	assert_true(delays_holds(d, &key, now + DELAY_LONGEST_US - 1));
	assert_false(delays_holds(d, &key, now + DELAY_LONGEST_US));
	delays_succeeded(d, &key);
	assert_int_equal(d->n, 0);
	assert_true(delays_failed(d, &key, now, now));
	free(d);
}

/* What takes long to fail holds up the others: it is not tried at once, and rarely. */
static void test_slow_failures_wait_longer(void **state)
{
	struct delays *d = calloc(1, sizeof(*d));
	const struct county_key key = key_of(340207, 2025);
	const int64_t now = 1000000000;

	(void)state;
	delays_init(d);
	assert_false(delays_failed(d, &key, now - 5000000, now));
	assert_true(delays_holds(d, &key, now + 19999999));
	assert_false(delays_holds(d, &key, now + 20000000));
	free(d);
}

static void test_delays_are_bounded(void **state)
{
	struct delays *d = calloc(1, sizeof(*d));

	(void)state;
	delays_init(d);
	for (unsigned i = 0; i < 2 * DELAYS_MAX; i++) {
		const struct county_key key = key_of(i, 2025);

		/* Past the limit it is not the county that fails: no second try at once. */
		assert_int_equal(delays_failed(d, &key, i, i), i < DELAYS_MAX);
	}
	assert_int_equal(d->n, DELAYS_MAX);
	free(d);
}

/* Single changes that never end: the rest gets a lot every PACE_US, no more and no less. */
static void test_pace_while_fresh_wait(void **state)
{
	struct pace p = { .next_us = 0 };
	const int64_t begin = 5000000;
	int64_t last = begin;
	int given = 0;

	(void)state;
	assert_true(pace_takes(&p, true, begin));
	for (int64_t now = begin + 1; now <= begin + 10 * PACE_US; now += 999) {
		if (!pace_takes(&p, true, now))
			continue;
		assert_true(now - last >= PACE_US && now - last < PACE_US + 999);
		last = now;
		given++;
	}
	assert_int_equal(given, 9);
}

/* Nothing fresh: the rest has all of the crew, and what is given counts when something comes. */
static void test_pace_is_free_without_fresh(void **state)
{
	struct pace p = { .next_us = 0 };

	(void)state;
	for (int64_t now = 1; now < 100; now++)
		assert_true(pace_takes(&p, false, now));
	assert_false(pace_takes(&p, true, 98 + PACE_US));
	assert_true(pace_takes(&p, true, 99 + PACE_US));
	assert_true(pace_takes(&p, false, 100 + PACE_US));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_id_keeps_zeros),
		cmocka_unit_test(test_coalesces_in_order),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_delays_grow_and_end),
		cmocka_unit_test(test_delays_are_bounded),
		cmocka_unit_test(test_pace_while_fresh_wait),
		cmocka_unit_test(test_pace_is_free_without_fresh),
		cmocka_unit_test(test_slow_failures_wait_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
