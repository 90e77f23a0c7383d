/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/school.h"

#include <string.h>

#include "base/auto.h"
#include "base/str.h"

#define P (1u << STAGE_PRIMARY)
#define J (1u << STAGE_JUNIOR)
#define S (1u << STAGE_SENIOR)

static const struct kind kinds[] = {
#define KIND(code, zh, stages, judged, teaching_point) { code, zh, stages, judged, teaching_point },
#include "domain/kinds.def"
#undef KIND
};

#undef P
#undef J
#undef S

static bool code_matches(const char *pattern, const char *code)
{
	if (!str_is_digits(code, strlen(pattern)))
		return false;
	for (; *pattern; pattern++, code++) {
		if (*pattern != 'x' && *pattern != *code)
			return false;
	}
	return true;
}

const struct kind *kind_find(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (code_matches(kinds[i].code, code))
			return &kinds[i];
	}
	return NULL;
}

bool kind_has_stage(const struct kind *kind, enum stage stage)
{
	return kind->stages & 1u << stage;
}

bool locale_is_known(const char *locale)
{
	static const char *const urban[] = { "111", "112", "121", "122", "123" };

	for (size_t i = 0; i < ARRAY_LEN(urban); i++) {
		if (str_equal(locale, urban[i]))
			return true;
	}
	return locale_is_rural(locale);
}

bool locale_is_rural(const char *locale)
{
	return str_equal(locale, "210") || str_equal(locale, "220");
}

bool school_is_public(const struct school *s)
{
	return s->sponsor >= 1 && s->sponsor <= 8;
}

static bool names_equal(const struct school *a, const struct school *b)
{
	return str_equal(a->code, b->code) && str_equal(a->county, b->county) &&
	       str_equal(a->parent, b->parent) && str_equal(a->name, b->name);
}

bool school_equal(const struct school *a, const struct school *b)
{
	return names_equal(a, b) && str_equal(a->kind, b->kind) &&
	       str_equal(a->locale, b->locale) && a->sponsor == b->sponsor &&
	       a->founded == b->founded && a->boarding == b->boarding &&
	       a->dense_centre == b->dense_centre && a->closed == b->closed;
}

bool region_covers(const char *region, const char *county, const char *school)
{
	if (strlen(region) == SCHOOL_CODE - 1)
		return str_equal(region, school);
	return str_starts(county, region);
}
