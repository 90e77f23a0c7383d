/* SPDX-License-Identifier: Apache-2.0 */
/* Times that were measured, and what is told of them. */
#ifndef TOOLS_SAMPLES_H
#define TOOLS_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "base/timeutil.h"

#define SAMPLES_MAX 100000

struct samples {
	int64_t us[SAMPLES_MAX];
	size_t n;
};

static inline void samples_add(struct samples *s, int64_t us)
{
	if (s->n < SAMPLES_MAX)
		s->us[s->n++] = us;
}

/* A number of the command line, from 1 to max. */
static inline bool samples_argument(const char *text, int64_t max, int64_t *ret_n)
{
	return str_to_int64(text, ret_n) && *ret_n >= 1 && *ret_n <= max;
}

static inline int samples_compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* One line of JSON on standard output: every time, in microseconds, so that whoever runs
 * several rounds can put them together. */
static inline void samples_print(struct samples *s)
{
	qsort(s->us, s->n, sizeof(s->us[0]), samples_compare);
	printf("[");
	for (size_t i = 0; i < s->n; i++)
		printf(i ? ",%lld" : "%lld", (long long)s->us[i]);
	printf("]\n");
}

#endif
