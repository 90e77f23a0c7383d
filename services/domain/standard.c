/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/standard.h"

#include "base/str.h"

const char *const group_names[GROUP_COUNT] = {
	[GROUP_GUARANTEE] = "guarantee",
	[GROUP_QUALITY] = "quality",
	[GROUP_RECOGNITION] = "recognition",
	[GROUP_VETO] = "veto",
	[GROUP_OWN] = "own",
};

enum item_group item_group_of(const char *name)
{
	static const char letters[] = "GQSV";
	const char *digits = name[0] ? name + 1 : name;
	size_t n = 0;

	while (digits[n] >= '0' && digits[n] <= '9')
		n++;
	for (int g = 0; g < GROUP_OWN; g++) {
		if (name[0] == letters[g] && n > 0 && digits[n] == '\0')
			return (enum item_group)g;
	}
	return GROUP_OWN;
}

int standard_item(const struct standard *s, const char *name)
{
	for (int i = 0; i < s->items_n; i++) {
		if (str_equal(s->items[i].name, name))
			return i;
	}
	return -1;
}

int declared_field_find(const struct declared_field *fields, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (str_equal(fields[i].name, name))
			return i;
	}
	return -1;
}

int standard_weight(const struct standard *s, const char *kind, enum stage stage)
{
	for (int i = 0; i < s->weight_rows; i++) {
		if (str_equal(s->weights[i].kind, kind) && s->weights[i].weight[stage] > 0)
			return s->weights[i].weight[stage];
	}
	return WEIGHT_ONE;
}
