/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/condition.h"

const char *const relief_names[RELIEF_COUNT] = {
#define RELIEF(name, zh) [RELIEF_##name] = #name,
#include "domain/reliefs.def"
#undef RELIEF
};

const char *const relief_zh[RELIEF_COUNT] = {
#define RELIEF(name, zh) [RELIEF_##name] = zh,
#include "domain/reliefs.def"
#undef RELIEF
};

const char *const filter_names[FILTER_COUNT] = {
#define FILTER(name, zh) [FILTER_##name] = #name,
#include "domain/filters.def"
#undef FILTER
};

const char *const filter_zh[FILTER_COUNT] = {
#define FILTER(name, zh) [FILTER_##name] = zh,
#include "domain/filters.def"
#undef FILTER
};

const char *const rule_names[RULE_COUNT] = {
	[RULE_CONFIRMED] = "confirmed", [RULE_VETO] = "veto",   [RULE_RATIO] = "ratio",
	[RULE_GROWTH] = "growth",       [RULE_ROOMS] = "rooms", [RULE_SUBJECTS] = "subjects",
	[RULE_GROUPS] = "groups",
};

const char *const compare_names[COMPARE_COUNT] = {
	[AT_LEAST] = "at_least",
	[MORE_THAN] = "more_than",
	[AT_MOST] = "at_most",
	[LESS_THAN] = "less_than",
};

const char *const compare_signs[COMPARE_COUNT] = {
	[AT_LEAST] = "≥",
	[MORE_THAN] = ">",
	[AT_MOST] = "≤",
	[LESS_THAN] = "<",
};

const char *const measure_names[MEASURE_COUNT] = {
	[MEASURE_PERCENT] = "percent", [MEASURE_PERSONS] = "persons", [MEASURE_YUAN] = "yuan",
	[MEASURE_AREA] = "area",       [MEASURE_ROOMS] = "rooms",     [MEASURE_NUMBER] = "number",
};

const char *const measure_signs[MEASURE_COUNT] = {
	[MEASURE_PERCENT] = "%", [MEASURE_PERSONS] = "人", [MEASURE_YUAN] = "元",
	[MEASURE_AREA] = "m²",   [MEASURE_ROOMS] = "间",   [MEASURE_NUMBER] = "",
};
