/* SPDX-License-Identifier: Apache-2.0 */
/* Dates as whole numbers: days since 1 January 1970, by the Gregorian calendar, without zones. The
 * day after is one more. */
#ifndef DOMAIN_DAY_H
#define DOMAIN_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define DAY_TEXT      11 /* "2026-02-17", with its end */
#define DAY_YEAR_TEXT 5

/* What is reckoned with: all of the years 2000 to 2099. */
#define DAY_FIRST_YEAR 2000
#define DAY_LAST_YEAR  2099
#define DAY_FIRST      10957 /* 2000-01-01 */
#define DAY_LAST       47481 /* 2099-12-31 */

/* month 1 … 12; day 1 … 31, and beyond: 32 January is 1 February. */
int day_of(int year, int month, int day);

/* "2026-02-17", a day that there is, of 2000 to 2099; nothing else. */
bool day_parse(const char *text, int *ret_day) MUST_CHECK;

/* Returns out. day: DAY_FIRST … DAY_LAST. */
char *day_format(int day, char out[DAY_TEXT]);

/* The day in China at an instant, microseconds since the epoch. A school year, a plan's and a
 * target's year are of its calendar: for eight hours it is ahead of UTC's. */
int day_in_china(int64_t us);

int day_year(int day);
char *day_year_text(int day, char out[DAY_YEAR_TEXT]); /* returns out */
int day_of_year(int day);                              /* 0 … 365 */

/* Saturday or Sunday. */
bool day_is_weekend(int day);

#endif
