/* SPDX-License-Identifier: Apache-2.0 */
/* The named items of a judgement that the verdict rests on: "R2.primary.cv",
 * "schools.junior", then those of the standard: "G3", "V1", a province's own. Whoever lists what
 * fails, what is missing or what an alert is about, walks this one list. */
#ifndef DOMAIN_ITEM_H
#define DOMAIN_ITEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "domain/judge.h"

/* Of section 4: the first in the list. */
#define RESOURCE_ITEMS (JUDGED_STAGES * (INDICATORS + 1))
#define ITEMS_MAX      (RESOURCE_ITEMS + STANDARD_ITEMS_MAX)

struct item {
	char name[ITEM_NAME];
	enum stage stage;             /* of the first RESOURCE_ITEMS */
	int indicator;                /* 0…6; -1: schools.<stage>, or an item of the standard */
	const struct item_rule *rule; /* of an item of the standard; else NULL */
	enum status status;
	bool has_value;
	/* The CV; of schools.<stage>, the records not known to meet; of an item with conditions of
	 * schools, the schools not known to meet; else its first value. */
	double value;
	bool has_limit;
	double limit; /* the CV's limit; 0 where schools are counted; the first value's threshold */
};

/* How many there are under a standard. */
size_t items_count(const struct standard *s);

/* The i-th item, 0 <= i < items_count(): primary's seven CVs, schools.primary, then junior's, then
 * the standard's in its order. */
void item_get(const struct county_judgement *j, const struct standard *s, size_t i,
	      struct item *out);

/* Whether it says of some item whether it is met. Of a period that does, an item that is not
 * applicable, or that its standard does not have, is none of the county's any more. */
bool items_any_known(const struct county_judgement *j, const struct standard *s);

/* The name alone, borrowed from the standard; the place of a name in the list, or -1. */
const char *item_name(const struct standard *s, size_t i);
int item_find(const struct standard *s, const char *name);

/* Where the value of an item of a standard comes from: the place of the condition that has it, or
 * one of these. */
#define ITEM_OF_SCHOOLS (-1) /* schools are counted */
#define ITEM_NO_FIGURE  (-2)
int item_figure(const struct item_rule *rule);

/* The rule of an alert about the item: "veto" for one that is nothing but vetoes, else "threshold".
 */
const char *item_alert_rule(const struct standard *s, size_t i);

#endif
