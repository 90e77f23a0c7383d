/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with the headers it wants first, and what every test of ours needs. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"

/* Fills an output with rubbish, so that what is not written shows. */
#define POISON(x) memset(&(x), 0xa5, sizeof(x))

/* Whether every byte is still rubbish. */
static inline int is_poisoned(const void *p, size_t n)
{
	const unsigned char *byte = p;

	for (size_t i = 0; i < n; i++) {
		if (byte[i] != 0xa5)
			return 0;
	}
	return 1;
}
#define assert_poisoned(x) assert_true(is_poisoned(&(x), sizeof(x)))

#define assert_near(a, b, room) assert_true(fabs((a) - (b)) <= (room))

/* Of a case of a data file: fails the test, saying which. */
static inline void check_case(int ok, const char *title, int line)
{
	if (ok)
		return;
	fprintf(stderr, "\"%s\": line %d\n", title, line);
	fail();
}

#endif
