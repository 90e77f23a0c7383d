/* SPDX-License-Identifier: Apache-2.0 */
/* Working days and school terms, as a calendar says them: deadlines are counted in the one, and
 * reports fall due by the other.
 *
 * A day is worked when it is Monday to Friday and no holiday, or a Saturday or Sunday that the
 * notice of the year swaps (调休). Holidays and swaps are given year by year, by the State
 * Council's notice (国务院办公厅关于…部分节假日安排的通知): nobody can compute them. Of a year that
 * the calendar does not know, Monday to Friday count, and what was counted is *provisional*: it
 * changes when the notice comes.
 *
 * A notice of one year that moves days of the December before changes that year, too: a year of
 * the calendar has its own days only.
 *
 * Counting leaves out the day that it starts from, as the Civil Code (民法典) does in article 201:
 * the 1st working day after a Friday is mostly the Monday. 0 working days after (or before) a day
 * is that day, worked or not. Whoever wants a deadline that falls on a holiday to end with the next
 * working day (article 203) asks calendar_on_or_after().
 *
 * A school year (学年) is named by the year it starts in, and has two terms. All of its days lie
 * from 1 August to 31 July, so that school years never overlap. */
#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include <stdbool.h>

#include "base/err.h"
#include "domain/day.h"

#define CALENDAR_YEARS    (DAY_LAST_YEAR - DAY_FIRST_YEAR + 1)
#define CALENDAR_TERMS    2    /* 上学期 and 下学期 */
#define CALENDAR_DAYS_MAX 5000 /* that are counted at once, to either side: some 20 years */

enum calendar_mark {
	CALENDAR_PLAIN, /* by its weekday */
	CALENDAR_HOLIDAY,
	CALENDAR_WORKED /* a weekend's */
};

struct calendar_term {
	int begin; /* first and last day, as in day.h */
	int end;
};

struct calendar_year {
	bool known;               /* its notice is there */
	unsigned char marks[366]; /* of enum calendar_mark, by day_of_year() */
	bool has_terms;           /* of the school year that starts in it */
	bool default_terms;       /* nobody's decision: see the document */
	struct calendar_term terms[CALENDAR_TERMS];
};

/* Some 40 KB. All of zeros knows nothing. */
struct calendar {
	struct calendar_year years[CALENDAR_YEARS]; /* from DAY_FIRST_YEAR on */
};

/* Days are DAY_FIRST … DAY_LAST in all that follows; years DAY_FIRST_YEAR … DAY_LAST_YEAR.
 *
 * provisional may be NULL. Otherwise it is set to true where a year that is not known was counted
 * in, and left alone where none was: so one flag does for several questions. */

bool calendar_knows(const struct calendar *c, int year);

bool calendar_is_working(const struct calendar *c, int day, bool *provisional);

/* The n-th working day behind (n > 0) or before (n < 0) a day, which itself is not counted; of 0
 * the day itself. False beyond CALENDAR_DAYS_MAX, or when the years end: *ret_day is left alone. */
bool calendar_add(const struct calendar *c, int day, int n, int *ret_day,
		  bool *provisional) MUST_CHECK;

/* How many working days lie between: behind `from`, up to and with `to`; when that is earlier,
 * before `from`, down to and with `to`, as a negative number. So it is what calendar_add() needs to
 * come from `from` to `to`, where that is a working day. */
int calendar_between(const struct calendar *c, int from, int to, bool *provisional);

/* The day itself if it is a working day, else the next one that is. False when the years end. */
bool calendar_on_or_after(const struct calendar *c, int day, int *ret_day,
			  bool *provisional) MUST_CHECK;

/* --- terms --- */

struct calendar_place {
	int school_year;
	int term;        /* 0 the first, 1 the second */
	bool is_default; /* by terms that are nobody's decision */
};

/* The term that a day is in. False in the holidays between them, and where no terms are known. */
bool calendar_term_of(const struct calendar *c, int day, struct calendar_place *out) MUST_CHECK;

/* The last day of the n-th term (n > 0) of those that end on a day or behind it. False where the
 * terms of a school year on the way are not known, that of the day to begin with: one more may end
 * there. */
bool calendar_term_end(const struct calendar *c, int day, int n, int *ret_day) MUST_CHECK;

enum calendar_unit {
	CALENDAR_DAYS,        /* of the calendar */
	CALENDAR_WORKING_DAYS /* as calendar_add() counts them */
};

/* What is due so many days behind the first day of a term, which is not counted (before it, where n
 * is negative). False when the terms are not known, or as calendar_add(). */
bool calendar_due(const struct calendar *c, int school_year, int term, int n,
		  enum calendar_unit unit, int *ret_day, bool *provisional) MUST_CHECK;

/* "first", "second". */
const char *calendar_term_name(int term);

/* Where the days of a school year may lie. */
int calendar_school_year_begin(int school_year);
int calendar_school_year_end(int school_year);

#endif
