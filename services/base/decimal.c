/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include <math.h>

#include "base/str.h"

enum decimal_result decimal_from_double(double value, int64_t *ret_hundredths)
{
	double scaled;

	if (!(fabs(value) <= DECIMAL_MAX))
		return DECIMAL_TOO_BIG;
	scaled = nearbyint(value * DECIMAL_SCALE);
	/* value is the double nearest to n/100 exactly when n/100 rounds to it. */
	if (scaled / DECIMAL_SCALE != value)
		return DECIMAL_TOO_MANY_DECIMALS;
	*ret_hundredths = (int64_t)scaled;
	return DECIMAL_OK;
}

enum decimal_result decimal_scaled(double value, int64_t scale, int64_t max, int64_t *ret_scaled)
{
	const double scaled = nearbyint(value * (double)scale);

	if (!(fabs(scaled) <= (double)max))
		return DECIMAL_TOO_BIG;
	if (scaled / (double)scale != value)
		return DECIMAL_TOO_MANY_DECIMALS;
	*ret_scaled = (int64_t)scaled;
	return DECIMAL_OK;
}

double decimal_to_double(int64_t hundredths)
{
	return (double)hundredths / DECIMAL_SCALE;
}

/* Digits into *value; how many there were, -1 when the text goes on otherwise or is long. */
static int parse_digits(const char **text, int64_t *value, int most)
{
	int n = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		if (++n > most)
			return -1;
		*value = *value * 10 + (**text - '0');
	}
	return n;
}

bool decimal_parse(const char *text, int64_t *ret_hundredths)
{
	const bool minus = *text == '-';
	int64_t value = 0;
	int decimals = 0;

	text += minus;
	if (parse_digits(&text, &value, 15) < 1)
		return false;
	if (*text == '.') {
		text++;
		decimals = parse_digits(&text, &value, 2);
		if (decimals < 1)
			return false;
	}
	if (*text)
		return false;
	for (; decimals < 2; decimals++)
		value *= 10; /* 17 digits at most: no overflow */
	*ret_hundredths = minus ? -value : value;
	return true;
}

char *decimal_format(int64_t hundredths, char out[DECIMAL_TEXT])
{
	const int64_t whole = hundredths / DECIMAL_SCALE;
	const int rest = (int)(hundredths % DECIMAL_SCALE);
	const int part = rest < 0 ? -rest : rest;
	char *end = out;

	if (hundredths < 0 && whole == 0)
		*end++ = '-'; /* which no zero has by itself */
	end += str_from_int64(whole, end);
	*end++ = '.';
	*end++ = (char)('0' + part / 10);
	*end++ = (char)('0' + part % 10);
	*end = '\0';
	return out;
}
