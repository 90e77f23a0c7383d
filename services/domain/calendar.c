/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/calendar.h"

#include <stddef.h>

static const struct calendar_year *year_of(const struct calendar *c, int year)
{
	return &c->years[year - DAY_FIRST_YEAR];
}

static bool is_day(int day)
{
	return day >= DAY_FIRST && day <= DAY_LAST;
}

bool calendar_knows(const struct calendar *c, int year)
{
	return year_of(c, year)->known;
}

bool calendar_is_working(const struct calendar *c, int day, bool *provisional)
{
	const struct calendar_year *y = year_of(c, day_year(day));
	const unsigned char mark = y->marks[day_of_year(day)];

	if (!y->known && provisional)
		*provisional = true;
	if (mark != CALENDAR_PLAIN)
		return mark == CALENDAR_WORKED;
	return !day_is_weekend(day);
}

bool calendar_add(const struct calendar *c, int day, int n, int *ret_day, bool *provisional)
{
	const int step = n < 0 ? -1 : 1;
	bool guessed = false;

	if (n > CALENDAR_DAYS_MAX || n < -CALENDAR_DAYS_MAX)
		return false;
	while (n) {
		day += step;
		if (!is_day(day))
			return false;
		if (calendar_is_working(c, day, &guessed))
			n -= step;
	}
	*ret_day = day;
	if (guessed && provisional)
		*provisional = true;
	return true;
}

int calendar_between(const struct calendar *c, int from, int to, bool *provisional)
{
	const int step = to < from ? -1 : 1;
	int n = 0;

	for (int day = from; day != to;) {
		day += step;
		if (calendar_is_working(c, day, provisional))
			n += step;
	}
	return n;
}

bool calendar_on_or_after(const struct calendar *c, int day, int *ret_day, bool *provisional)
{
	bool guessed = false;

	while (is_day(day) && !calendar_is_working(c, day, &guessed))
		day++;
	if (!is_day(day))
		return false;
	*ret_day = day;
	if (guessed && provisional)
		*provisional = true;
	return true;
}

/* --- terms ---------------------------------------------------------------------------------- */

int calendar_school_year_begin(int school_year)
{
	return day_of(school_year, 8, 1);
}

int calendar_school_year_end(int school_year)
{
	return day_of(school_year + 1, 7, 31);
}

const char *calendar_term_name(int term)
{
	return term ? "second" : "first";
}

static int school_year_of(int day)
{
	const int year = day_year(day);

	return day < calendar_school_year_begin(year) ? year - 1 : year;
}

bool calendar_term_of(const struct calendar *c, int day, struct calendar_place *out)
{
	const int school_year = school_year_of(day);
	const struct calendar_year *y;

	if (school_year < DAY_FIRST_YEAR)
		return false;
	y = year_of(c, school_year);
	for (int i = 0; i < CALENDAR_TERMS && y->has_terms; i++) {
		if (day < y->terms[i].begin || day > y->terms[i].end)
			continue;
		*out = (struct calendar_place){ school_year, i, y->default_terms };
		return true;
	}
	return false;
}

bool calendar_term_end(const struct calendar *c, int day, int n, int *ret_day)
{
	int year = school_year_of(day);

	for (; year >= DAY_FIRST_YEAR && year <= DAY_LAST_YEAR; year++) {
		const struct calendar_year *y = year_of(c, year);

		if (!y->has_terms)
			return false;
		for (int i = 0; i < CALENDAR_TERMS; i++) {
			if (y->terms[i].end < day || --n)
				continue;
			*ret_day = y->terms[i].end;
			return true;
		}
	}
	return false;
}

bool calendar_due(const struct calendar *c, int school_year, int term, int n,
		  enum calendar_unit unit, int *ret_day, bool *provisional)
{
	const struct calendar_year *y = year_of(c, school_year);
	int begin;

	if (!y->has_terms)
		return false;
	begin = y->terms[term].begin;
	if (unit == CALENDAR_WORKING_DAYS)
		return calendar_add(c, begin, n, ret_day, provisional);
	if (n > CALENDAR_DAYS_MAX || n < -CALENDAR_DAYS_MAX || !is_day(begin + n))
		return false;
	*ret_day = begin + n;
	return true;
}
