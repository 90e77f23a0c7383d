/* SPDX-License-Identifier: Apache-2.0 */
/* Time: microseconds of UTC since 1970 at the edges, text only on the wire. */
#ifndef BASE_TIMEUTIL_H
#define BASE_TIMEUTIL_H

#include <stdint.h>

#define TIME_TEXT 32 /* RFC 3339 UTC with up to six decimals, with its end */

int64_t time_now_us(void);

/* Never goes back: for durations and deadlines, not for dates. */
int64_t time_monotonic_us(void);

/* "2026-11-23T08:00:00.123456Z". Returns out. */
char *time_format(int64_t us, char out[TIME_TEXT]);

#endif
