/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/county_report.h"

const char *const level_signs[LEVEL_MAX + 1] = { "", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "Ⅵ" };

const char *const answer_group_names[ANSWER_GROUPS] = {
	[ANSWERS_students] = "students", [ANSWERS_parents] = "parents",
	[ANSWERS_teachers] = "teachers", [ANSWERS_heads] = "heads",
	[ANSWERS_deputies] = "deputies", [ANSWERS_others] = "others",
};

const char *const answer_group_zh[ANSWER_GROUPS] = {
	[ANSWERS_students] = "学生",
	[ANSWERS_parents] = "家长",
	[ANSWERS_teachers] = "教师",
	[ANSWERS_heads] = "校长",
	[ANSWERS_deputies] = "人大代表、政协委员",
	[ANSWERS_others] = "其他群众",
};

void county_report_init(struct county_report *r)
{
	for (int i = 0; i < STANDARD_ITEMS_MAX; i++) {
		r->items[i].reported = false;
		for (int f = 0; f < ITEM_FIELDS_MAX; f++)
			r->items[i].figure[f] = MISSING;
	}
	r->subjects_n = -1;
	for (int g = 0; g < ANSWER_GROUPS; g++)
		r->answers[g] = (struct answers){ MISSING, MISSING };
}
