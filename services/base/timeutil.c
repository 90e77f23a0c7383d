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

/* Reads `digits` digits at *p and steps behind them; false leaves *p anywhere. */
static bool take(const char **p, int digits, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < digits; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (**p - '0');
	}
	*ret_value = value;
	return true;
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970 of a date of the Gregorian calendar; years begin in March, so that the
 * leap day is the last. */
static int64_t days_of(int year, int month, int day)
{
	const int64_t y = year - (month <= 2);
	const int64_t m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

#define FIRST_YEAR 1970
#define DAY_S      86400
#define SECOND_US  INT64_C(1000000)
#define END_US     (INT64_C(253402300800) * SECOND_US) /* where the year 10000 begins */

static bool take_date(const char **p, int64_t *ret_days)
{
	int year, month, day;

	if (!take(p, 4, &year) || !take_char(p, '-') || !take(p, 2, &month) || !take_char(p, '-') ||
	    !take(p, 2, &day))
		return false;
	if (year < FIRST_YEAR || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	*ret_days = days_of(year, month, day);
	return true;
}

/* hh:mm, in seconds. */
static bool take_minutes(const char **p, int *ret_s)
{
	int hour, minute;

	if (!take(p, 2, &hour) || !take_char(p, ':') || !take(p, 2, &minute) || hour > 23 ||
	    minute > 59)
		return false;
	*ret_s = hour * 3600 + minute * 60;
	return true;
}

/* The decimals of a second, if there are any, in microseconds. */
static bool take_fraction(const char **p, int *ret_us)
{
	int us = 0;
	int n = 0;

	if (!take_char(p, '.')) {
		*ret_us = 0;
		return true;
	}
	for (; **p >= '0' && **p <= '9'; (*p)++, n++) {
		if (n < 6)
			us = us * 10 + (**p - '0');
	}
	for (int i = n; i < 6; i++)
		us *= 10;
	*ret_us = us;
	return n >= 1 && n <= 9;
}

static bool take_offset(const char **p, int *ret_s)
{
	const bool minus = **p == '-';

	*ret_s = 0;
	if (take_char(p, 'Z') || take_char(p, 'z'))
		return true;
	if ((!take_char(p, '+') && !take_char(p, '-')) || !take_minutes(p, ret_s))
		return false;
	if (minus)
		*ret_s = -*ret_s;
	return true;
}

bool time_parse(const char *text, int64_t *ret_us)
{
	const char *p = text;
	int minutes, second, fraction, offset;
	int64_t days, us;

	if (!take_date(&p, &days) || (!take_char(&p, 'T') && !take_char(&p, 't')) ||
	    !take_minutes(&p, &minutes) || !take_char(&p, ':') || !take(&p, 2, &second) ||
	    second > 59 || !take_fraction(&p, &fraction) || !take_offset(&p, &offset) || *p)
		return false;
	us = (days * DAY_S + minutes + second - offset) * SECOND_US + fraction;
	if (us < 0 || us >= END_US)
		return false;
	*ret_us = us;
	return true;
}

bool time_parse_date(const char *text, int64_t *ret_us)
{
	const char *p = text;
	int64_t days;

	if (!take_date(&p, &days) || *p)
		return false;
	*ret_us = days * DAY_S * SECOND_US;
	return true;
}

int64_t time_date_over(const char *text)
{
	int64_t at_us = 0;

	return time_parse_date(text, &at_us) ? at_us + DAY_US - CHINA_AHEAD_US : 0;
}
