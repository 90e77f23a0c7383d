/* SPDX-License-Identifier: Apache-2.0 */
/* Time: microseconds of UTC since 1970 at the edges, text only on the wire. */
#ifndef BASE_TIMEUTIL_H
#define BASE_TIMEUTIL_H

#include <stdbool.h>
#include <stdint.h>

#define DAY_US (INT64_C(86400) * 1000000)
#define CHINA_AHEAD_US \
	(INT64_C(8) * 3600 * 1000000) /* days begin so much earlier there than in UTC */

#define TIME_TEXT 32 /* RFC 3339 UTC with up to six decimals, with its end */

int64_t time_now_us(void);

/* Never goes back: for durations and deadlines, not for dates. */
int64_t time_monotonic_us(void);

/* "2026-11-23T08:00:00.123456Z". us is not negative. Returns out. */
char *time_format(int64_t us, char out[TIME_TEXT]);

/* An instant in the words of RFC 3339: "2026-11-23T16:00:00.5+08:00". Strict: the whole
 * text, a date that exists, an offset; T and Z in either case; at most nine decimals, of
 * which what is below a microsecond is cut off. 1970 to 9999. No clock of ours counts
 * leap seconds: a second 60 is refused. */
bool time_parse(const char *text, int64_t *ret_us) __attribute__((warn_unused_result));

/* "2026-11-23": when that day begins in UTC. 1970 to 9999. */
bool time_parse_date(const char *text, int64_t *ret_us) __attribute__((warn_unused_result));

/* When such a day is over in China: what was to be done by then is late. 0 of what is no date. */
int64_t time_date_over(const char *text);

#endif
