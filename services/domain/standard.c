/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/standard.h"

#include "base/str.h"

int standard_weight(const struct standard *s, const char *kind, enum stage stage)
{
	for (int i = 0; i < s->weight_rows; i++) {
		if (str_equal(s->weights[i].kind, kind) && s->weights[i].weight[stage] > 0)
			return s->weights[i].weight[stage];
	}
	return WEIGHT_ONE;
}
