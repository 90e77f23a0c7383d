/* SPDX-License-Identifier: Apache-2.0 */
#include "base/timeutil.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t time_now_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t time_monotonic_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

char *time_format(int64_t us, char out[TIME_TEXT])
{
	const time_t seconds = (time_t)(us / 1000000);
	struct tm tm = { 0 };
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(out, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, TIME_TEXT - n, ".%06dZ", (int)(us % 1000000));
	return out;
}
