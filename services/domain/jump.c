/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/jump.h"

#include <string.h>

#include "base/auto.h"
#include "domain/rule.h"
#include "domain/wide.h"

static const enum stage_field of_stage[] = { STAGE_students, STAGE_teachers };
static const enum site_field of_site[] = { SITE_teaching_area, SITE_sports_ground_area,
					   SITE_equipment_value };

static bool differs(int64_t before, int64_t now, int64_t share)
{
	int64_t change;

	if (before == MISSING || now == MISSING)
		return false;
	change = now > before ? now - before : before - now;
	if (before == 0)
		return change > 0 && share < RULE_SHARE_MAX;
	return (int128)change * RULE_ONE > (int128)before * share;
}

bool jump_is_there(const struct report *before, const struct report *now, int64_t share)
{
	for (int s = 0; s < JUDGED_STAGES; s++) {
		const struct stage_report *a = &before->stages[s], *b = &now->stages[s];

		for (size_t i = 0; a->present && b->present && i < ARRAY_LEN(of_stage); i++) {
			if (differs(a->figure[of_stage[i]], b->figure[of_stage[i]], share))
				return true;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(of_site); i++) {
		if (differs(before->site[of_site[i]], now->site[of_site[i]], share))
			return true;
	}
	return false;
}

size_t jump_find(const struct county_facts *before, const struct county_facts *now, int64_t share,
		 size_t *list, size_t *ret_compared)
{
	size_t b = 0, found = 0;

	*ret_compared = 0;
	for (size_t i = 0; i < now->n; i++) {
		const struct school_facts *school = &now->schools[i];
		int order = 1;

		while (b < before->n &&
		       (order = strcmp(before->schools[b].school.code, school->school.code)) < 0)
			b++;
		if (b == before->n || order != 0 || !school->reported ||
		    !before->schools[b].reported)
			continue;
		++*ret_compared;
		if (!jump_is_there(&before->schools[b].report, &school->report, share))
			continue;
		if (list)
			list[found] = i;
		found++;
	}
	return found;
}
