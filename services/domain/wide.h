/* SPDX-License-Identifier: Apache-2.0 */
/* 128-bit integers, for products of two 64-bit figures. */
#ifndef DOMAIN_WIDE_H
#define DOMAIN_WIDE_H

#include <stdint.h>

__extension__ typedef __int128 int128;

/* num / den, den > 0, as the nearest double. */
double wide_quotient(int128 num, int128 den);

/* … as the nearest whole number; a half goes up, below zero down. |num| < 2^125. */
int128 wide_round(int128 num, int128 den);

/* The value, or the nearest that an int64_t holds besides MISSING. */
int64_t wide_saturated(int128 value);

#endif
