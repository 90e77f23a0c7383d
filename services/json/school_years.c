/* SPDX-License-Identifier: Apache-2.0 */
/* School years as offices write them. */
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "json/headings.h"

/* How many bytes of text are a year that is the next one of `first`, in 4 or 2 digits; 0: none. */
static size_t next_year(const char *text, const char *first)
{
	const int year = (first[2] - '0') * 10 + (first[3] - '0');
	const size_t n = strspn(text, "0123456789");
	const char *last = text + n - 2;

	if ((n != 2 && n != 4) || (n == 4 && !str_starts(text, "20")))
		return 0;
	return (last[0] - '0') * 10 + (last[1] - '0') == year + 1 ? n : 0;
}

/* A school year at the beginning of text: how long it is, 0 when there is none. */
static size_t year_at(const char *text, char out[PERIOD_CODE])
{
	size_t len = PERIOD_CODE - 1, more;

	if (strspn(text, "0123456789") != len || !str_starts(text, "20"))
		return 0;
	memcpy(out, text, len);
	out[len] = '\0';
	if (str_starts(text + len, "年"))
		len += strlen("年");
	if (str_starts(text + len, "至"))
		more = strlen("至");
	else
		more = strspn(text + len, "-~/");
	if (!more)
		return str_starts(text + len, "度") ? len + strlen("度") : len;
	text += len + more;
	return next_year(text, out) ? len + more + next_year(text, out) : 0;
}

bool heading_period(const char *text, char out[PERIOD_CODE])
{
	char plain[HEADING_BYTES], year[PERIOD_CODE];
	const char *rest;
	size_t len;

	heading_trim(text, plain, sizeof(plain));
	len = year_at(plain, year);
	rest = plain + len + strspn(plain + len, " ");
	if (!len || !(str_equal(rest, "") || str_equal(rest, "学年") || str_equal(rest, "学年度")))
		return false;
	memcpy(out, year, sizeof(year));
	return true;
}

/* Years of a text that stand together, until one is said to be a school year. */
struct years {
	int first[4]; /* of each, be it "2024" or "2024—2025" */
	int n;
	int last;
	const char *behind; /* the last one */
};

enum between { RANGE, LIST, WORDS };

/* What stands between two years: "2024 至 2025" is one school year, "2024、2025" are two, and
 * "2025年报2024" tells of the second. */
static enum between between(const char *from, const char *to)
{
	static const struct {
		const char *word;
		enum between is;
	} words[] = {
		{ "年", RANGE }, { "至", RANGE }, { "到", RANGE }, { ",", LIST },
		{ ";", LIST },   { "和", LIST },  { "与", LIST },  { "及", LIST },
	};
	enum between found = RANGE;

	for (; from < to; from++) {
		const unsigned char c = (unsigned char)*from;
		/* A character of a word begins with one of these in UTF-8, a sign does not. */
		enum between is = c >= 0xe4 && c <= 0xe9 ? WORDS : RANGE;

		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			if (str_starts(from, words[i].word))
				is = words[i].is;
		}
		if (is > found)
			found = is;
	}
	return found;
}

/* What is behind a year: 学年, maybe with blanks or another 年 before it. */
static bool is_of_schools(const char *text)
{
	text += strspn(text, " ");
	if (str_starts(text, "年度"))
		text += strlen("年度");
	else if (str_starts(text, "年"))
		text += strlen("年");
	return str_starts(text + strspn(text, " "), "学年");
}

/* The year at text's digits, of which those of a range's end may be two; 0 when they are none. */
static int year_in(const char *text, size_t digits, const struct years *before)
{
	const char *last = text + digits - 2;
	const int year = 2000 + (last[0] - '0') * 10 + (last[1] - '0');

	if (digits == 4 && str_starts(text, "20"))
		return year;
	return before->n && year == before->last + 1 && is_of_schools(last + 2) ? year : 0;
}

static void take_year(struct years *y, int year, const char *at, size_t digits)
{
	const enum between gap = y->n ? between(y->behind, at) : WORDS;

	if (gap == WORDS)
		y->n = 0;
	if (y->n && gap == RANGE && year == y->last + 1 && y->first[y->n - 1] == y->last)
		; /* the end of its range */
	else if ((size_t)y->n < ARRAY_LEN(y->first))
		y->first[y->n++] = year;
	y->last = year;
	y->behind = at + digits;
}

static int add_periods(const struct years *y, char out[2][PERIOD_CODE], int n)
{
	for (int i = 0; i < y->n && n < 2; i++) {
		char period[16];

		IGNORE(snprintf(period, sizeof(period), "%d", y->first[i]) < 0, "it is short");
		if (n == 0 || !str_equal(out[0], period))
			str_copy(out[n++], PERIOD_CODE, period);
	}
	return n;
}

int heading_periods_in(const char *text, char out[2][PERIOD_CODE], int n)
{
	char plain[HEADING_BYTES];
	struct years years = { .n = 0 };
	size_t len;

	heading_trim(text, plain, sizeof(plain));
	for (const char *p = plain; *p; p += len) {
		int year;

		len = strspn(p, "0123456789");
		year = len == 2 || len == 4 ? year_in(p, len, &years) : 0;
		if (year)
			take_year(&years, year, p, len);
		if (year && is_of_schools(p + len)) {
			n = add_periods(&years, out, n);
			years.n = 0; /* what follows is another */
		}
		len += len == 0;
	}
	return n;
}
