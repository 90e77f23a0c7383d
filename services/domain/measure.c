/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/measure.h"

#define PERCENT       100
#define PERCENT_UNITS 10
#define OTHER_UNITS   100

enum order { BELOW, EQUAL, ABOVE };

int measure_units(enum measure measure)
{
	return measure == MEASURE_PERCENT ? PERCENT_UNITS : OTHER_UNITS;
}

/* num / den beside a whole number. */
static enum order order(int128 num, int128 den, int128 whole)
{
	int128 floor = num / den;

	if (num % den < 0)
		floor--;
	if (floor != whole)
		return floor < whole ? BELOW : ABOVE;
	return num % den ? ABOVE : EQUAL;
}

static bool holds(enum compare compare, enum order of_value)
{
	static const bool table[COMPARE_COUNT][3] = {
		/*              below  equal  above */
		[AT_LEAST] = { false, true, true },
		[MORE_THAN] = { false, false, true },
		[AT_MOST] = { true, true, false },
		[LESS_THAN] = { true, false, false },
	};

	return table[compare][of_value];
}

void measure_judge(const struct condition *c, int64_t threshold, bool judge_rounded, int128 num,
		   int128 den, struct condition_judgement *out)
{
	const int units = measure_units(c->measure);
	int128 value = num, rounded;
	bool exact, shown;

	*out = (struct condition_judgement){ .status = STATUS_UNDEFINED };
	if (den <= 0)
		return;
	if (c->measure == MEASURE_PERCENT)
		value *= PERCENT;
	rounded = wide_round(value * units, den);
	exact = holds(c->compare, order(value * STANDARD_SCALE, den, threshold));
	shown = holds(c->compare, order(rounded * STANDARD_SCALE, units, threshold));
	out->status = (judge_rounded ? shown : exact) ? STATUS_MET : STATUS_NOT_MET;
	out->has_value = true;
	out->value = wide_quotient(value, den);
	out->rounded = wide_saturated(rounded);
	out->rounding_sensitive = exact != shown;
}
