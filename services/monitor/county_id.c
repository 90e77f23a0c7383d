/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/county_id.h"

#include <stddef.h>

static uint64_t append_digits(uint64_t id, const char *digits)
{
	for (; *digits; digits++)
		id = id * 10 + (uint64_t)(*digits - '0');
	return id;
}

static uint64_t split_digits(uint64_t id, char *out, size_t size)
{
	out[size - 1] = '\0';
	for (size_t i = size - 1; i-- > 0; id /= 10)
		out[i] = (char)('0' + id % 10);
	return id;
}

uint64_t county_id(const struct county_key *key)
{
	return append_digits(append_digits(1, key->county), key->period);
}

void county_key_of(uint64_t id, struct county_key *out)
{
	id = split_digits(id, out->period, sizeof(out->period));
	split_digits(id, out->county, sizeof(out->county));
}
