/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/target.h"

#include <math.h>

#include "base/str.h"

const char *const target_kind_names[TARGET_KINDS] = { "ensure", "strive" };

bool share_from_double(double value, int64_t *ret_share)
{
	double scaled;

	if (!(value >= 0 && value <= 1))
		return false;
	scaled = floor(value * SHARE_SCALE + 0.5);
	/* value is the double nearest to n/10000 exactly when n/10000 rounds to it. */
	if (scaled / SHARE_SCALE != value)
		return false;
	*ret_share = (int64_t)scaled;
	return true;
}

int64_t target_needed(int64_t share, int64_t counties)
{
	return (share * counties + SHARE_SCALE - 1) / SHARE_SCALE;
}

int64_t target_short(int64_t needed, int64_t have)
{
	return needed > have ? needed - have : 0;
}

int target_last_year(const struct target *targets, size_t n)
{
	int64_t year[TARGET_KINDS] = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (!str_to_int64(targets[i].year, &year[targets[i].kind]))
			year[targets[i].kind] = 0;
	}
	return (int)(year[TARGET_ENSURE] ? year[TARGET_ENSURE] : year[TARGET_STRIVE]);
}
