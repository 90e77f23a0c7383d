/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/day.h"

#include "base/str.h"
#include "base/timeutil.h"

/* Years begin in March here, so that the leap day is the last of its year. */
int day_of(int year, int month, int day)
{
	const int y = year - (month <= 2);
	const int m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int two_digits(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* Reading what the number would be written as tells whether there is such a day. */
bool day_parse(const char *text, int *ret_day)
{
	char again[DAY_TEXT];
	int day;

	for (int i = 0; i < DAY_TEXT - 1; i++) {
		const bool dash = i == 4 || i == 7;

		if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9')
			return false;
	}
	if (text[DAY_TEXT - 1] || two_digits(text) != DAY_FIRST_YEAR / 100 ||
	    two_digits(text + 5) < 1 || two_digits(text + 5) > 12)
		return false;
	day = day_of(DAY_FIRST_YEAR + two_digits(text + 2), two_digits(text + 5),
		     two_digits(text + 8));
	if (day < DAY_FIRST || day > DAY_LAST || !str_equal(day_format(day, again), text))
		return false;
	*ret_day = day;
	return true;
}

/* Four years have 1461 days, the first of them 366: exact as long as every fourth year is a leap
 * year. */
int day_in_china(int64_t us)
{
	return (int)((us + CHINA_AHEAD_US) / DAY_US);
}

int day_year(int day)
{
	return DAY_FIRST_YEAR + (day - DAY_FIRST) * 4 / 1461;
}

int day_of_year(int day)
{
	return day - day_of(day_year(day), 1, 1);
}

static void put_two(char *out, int value)
{
	out[0] = (char)('0' + value / 10);
	out[1] = (char)('0' + value % 10);
}

char *day_year_text(int day, char out[DAY_YEAR_TEXT])
{
	put_two(out, day_year(day) / 100);
	put_two(out + 2, day_year(day) % 100);
	out[DAY_YEAR_TEXT - 1] = '\0';
	return out;
}

char *day_format(int day, char out[DAY_TEXT])
{
	const int year = day_year(day);
	int month = 12;

	while (day < day_of(year, month, 1))
		month--;
	day_year_text(day, out);
	out[4] = '-';
	put_two(out + 5, month);
	out[7] = '-';
	put_two(out + 8, day - day_of(year, month, 1) + 1);
	out[DAY_TEXT - 1] = '\0';
	return out;
}

bool day_is_weekend(int day)
{
	/* 1 January 1970 was a Thursday. */
	const int weekday = (day + 3) % 7;

	return weekday == 5 || weekday == 6;
}
