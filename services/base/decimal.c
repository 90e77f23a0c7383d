/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include <math.h>
#include <stdio.h>

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

double decimal_to_double(int64_t hundredths)
{
	return (double)hundredths / DECIMAL_SCALE;
}

bool decimal_parse(const char *text, int64_t *ret_hundredths)
{
	const bool minus = *text == '-';
	int64_t value = 0;
	int decimals = -1; /* none until the point */
	int digits = 0;

	if (minus)
		text++;
	for (; *text; text++) {
		if (*text == '.' && decimals < 0 && digits) {
			decimals = 0;
			continue;
		}
		if (*text < '0' || *text > '9' || decimals == 2 || ++digits > 17)
			return false;
		value = value * 10 + (*text - '0');
		if (decimals >= 0)
			decimals++;
	}
	if (digits == 0 || decimals == 0)
		return false;
	for (int d = decimals < 0 ? 0 : decimals; d < 2; d++) {
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
	}
	*ret_hundredths = minus ? -value : value;
	return true;
}

char *decimal_format(int64_t hundredths, char out[DECIMAL_TEXT])
{
	const uint64_t magnitude = hundredths < 0 ? 0 - (uint64_t)hundredths : (uint64_t)hundredths;

	if (snprintf(out, DECIMAL_TEXT, "%s%llu.%02u", hundredths < 0 ? "-" : "",
		     (unsigned long long)(magnitude / DECIMAL_SCALE),
		     (unsigned)(magnitude % DECIMAL_SCALE)) >= DECIMAL_TEXT)
		out[0] = '\0'; /* cannot be: 20 digits, sign and point fit */
	return out;
}
