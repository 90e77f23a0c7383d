/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/item.h"

#include "base/str.h"
#include "domain/items.h"

#define PER_STAGE (INDICATORS + 1)

/* clang-format off */
static const char *const resource_names[RESOURCE_ITEMS] = {
	"R1.primary.cv", "R2.primary.cv", "R3.primary.cv", "R4.primary.cv",
	"R5.primary.cv", "R6.primary.cv", "R7.primary.cv", "schools.primary",
	"R1.junior.cv", "R2.junior.cv", "R3.junior.cv", "R4.junior.cv",
	"R5.junior.cv", "R6.junior.cv", "R7.junior.cv", "schools.junior",
};
/* clang-format on */

size_t items_count(const struct standard *s)
{
	return RESOURCE_ITEMS + (size_t)s->items_n;
}

const char *item_name(const struct standard *s, size_t i)
{
	return i < RESOURCE_ITEMS ? resource_names[i] : s->items[i - RESOURCE_ITEMS].name;
}

int item_find(const struct standard *s, const char *name)
{
	const int own = standard_item(s, name);

	for (int i = 0; i < RESOURCE_ITEMS; i++) {
		if (str_equal(resource_names[i], name))
			return i;
	}
	return own < 0 ? -1 : RESOURCE_ITEMS + own;
}

static void get_resource(const struct county_judgement *j, const struct standard *s, size_t i,
			 struct item *out)
{
	const struct stage_judgement *judged = &j->stages[i / PER_STAGE];
	const int indicator = (int)(i % PER_STAGE);

	out->stage = (enum stage)(i / PER_STAGE);
	out->has_limit = true;
	if (indicator == INDICATORS) {
		out->status = judged->schools;
		out->has_value = judged->records > 0;
		out->value = (double)(judged->records - judged->records_met);
		return;
	}
	out->indicator = indicator;
	out->status = judged->indicators[indicator].cv_status;
	out->has_value = judged->indicators[indicator].has_cv;
	out->value = judged->indicators[indicator].cv;
	out->limit = (double)s->cv_limit[out->stage] / STANDARD_SCALE;
}

static bool has_threshold(enum rule rule)
{
	return rule == RULE_RATIO || rule == RULE_GROWTH || rule == RULE_GROUPS;
}

int item_figure(const struct item_rule *rule)
{
	for (int i = 0; i < rule->n; i++) {
		if (condition_is_of_schools(&rule->conditions[i]))
			return ITEM_OF_SCHOOLS;
	}
	for (int i = 0; i < rule->n; i++) {
		if (has_threshold(rule->conditions[i].rule))
			return i;
	}
	return ITEM_NO_FIGURE;
}

static void get_own(const struct item_judgement *judged, struct item *out)
{
	const int figure = item_figure(out->rule);

	out->status = judged->status;
	out->has_limit = figure != ITEM_NO_FIGURE;
	if (figure == ITEM_OF_SCHOOLS) {
		out->has_value = judged->schools > 0;
		out->value = (double)(judged->schools - judged->schools_met);
	} else if (figure >= 0) {
		out->has_value = judged->conditions[figure].has_value;
		out->value = judged->conditions[figure].value;
		out->limit = (double)out->rule->conditions[figure].threshold / STANDARD_SCALE;
	}
}

void item_get(const struct county_judgement *j, const struct standard *s, size_t i,
	      struct item *out)
{
	*out = (struct item){ .indicator = -1 };
	str_copy(out->name, sizeof(out->name), item_name(s, i));
	if (i < RESOURCE_ITEMS) {
		get_resource(j, s, i, out);
		return;
	}
	out->rule = &s->items[i - RESOURCE_ITEMS];
	get_own(&j->items[i - RESOURCE_ITEMS], out);
}

bool items_any_known(const struct county_judgement *j, const struct standard *s)
{
	struct item item = { .status = STATUS_NO_DATA };

	for (size_t i = 0; i < items_count(s) && !status_is_known(item.status); i++)
		item_get(j, s, i, &item);
	return status_is_known(item.status);
}

const char *item_alert_rule(const struct standard *s, size_t i)
{
	const struct item_rule *rule;

	if (i < RESOURCE_ITEMS)
		return "threshold";
	rule = &s->items[i - RESOURCE_ITEMS];
	for (int c = 0; c < rule->n; c++) {
		if (rule->conditions[c].rule != RULE_VETO)
			return "threshold";
	}
	return "veto";
}
