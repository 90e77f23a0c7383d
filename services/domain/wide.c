/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/wide.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Up to here a whole number is a double. */
#define EXACT_TO ((int128)1 << 53)

/* More bits than a double has, one of them to stand for the rest of a division. */
#define QUOTIENT_FROM ((int128)1 << 62)

static double quotient(int128 num, int128 den)
{
	int128 whole = num / den, rest = num % den;
	int shift = 0;

	if (num <= EXACT_TO && den <= EXACT_TO)
		return (double)num / (double)den;
	while (rest && whole < QUOTIENT_FROM) {
		const bool one = rest >= den - rest;

		rest = one ? rest - (den - rest) : rest + rest;
		whole = whole + whole + one;
		shift++;
	}
	/* So that the conversion rounds once, to the nearest. */
	return ldexp((double)(whole | (rest != 0)), -shift);
}

double wide_quotient(int128 num, int128 den)
{
	return num < 0 ? -quotient(-num, den) : quotient(num, den);
}

int128 wide_round(int128 num, int128 den)
{
	return num < 0 ? -wide_round(-num, den) : (2 * num + den) / (2 * den);
}

int64_t wide_saturated(int128 value)
{
	if (value > INT64_MAX)
		return INT64_MAX;
	/* INT64_MIN is MISSING. */
	return value < -INT64_MAX ? -INT64_MAX : (int64_t)value;
}
