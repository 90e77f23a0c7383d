/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/item.h"

#include "base/str.h"

#define PER_STAGE (INDICATORS + 1)

/* clang-format off */
static const char *const names[ITEMS] = {
	"R1.primary.cv", "R2.primary.cv", "R3.primary.cv", "R4.primary.cv",
	"R5.primary.cv", "R6.primary.cv", "R7.primary.cv", "schools.primary",
	"R1.junior.cv", "R2.junior.cv", "R3.junior.cv", "R4.junior.cv",
	"R5.junior.cv", "R6.junior.cv", "R7.junior.cv", "schools.junior",
};
/* clang-format on */

const char *item_name(size_t i)
{
	return names[i];
}

int item_find(const char *name)
{
	for (size_t i = 0; i < ITEMS; i++) {
		if (str_equal(names[i], name))
			return (int)i;
	}
	return -1;
}

void item_get(const struct county_judgement *j, const struct standard *s, size_t i,
	      struct item *out)
{
	const enum stage stage = (enum stage)(i / PER_STAGE);
	const int indicator = (int)(i % PER_STAGE);
	const struct stage_judgement *judged = &j->stages[stage];

	*out = (struct item){ .stage = stage };
	str_copy(out->name, sizeof(out->name), names[i]);
	if (indicator == INDICATORS) {
		out->indicator = -1;
		out->status = judged->schools;
		out->has_value = judged->records > 0;
		out->value = (double)(judged->records - judged->records_met);
		return;
	}
	out->indicator = indicator;
	out->status = judged->indicators[indicator].cv_status;
	out->has_value = judged->indicators[indicator].has_cv;
	out->value = judged->indicators[indicator].cv;
	out->limit = (double)s->cv_limit[stage] / STANDARD_SCALE;
}
