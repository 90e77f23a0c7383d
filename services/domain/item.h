/* SPDX-License-Identifier: Apache-2.0 */
/* The named items of a judgement that the verdict rests on: "R2.primary.cv",
 * "schools.junior". Whoever lists what fails, what is missing or what an alert is
 * about, walks this one list. */
#ifndef DOMAIN_ITEM_H
#define DOMAIN_ITEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "domain/judge.h"

#define ITEM_NAME 32 /* bytes, with their end */
#define ITEMS     (JUDGED_STAGES * (INDICATORS + 1))

struct item {
	char name[ITEM_NAME];
	enum stage stage;
	int indicator; /* 0…6; -1: schools.<stage> */
	enum status status;
	bool has_value;
	double value; /* the CV; of schools.<stage>, the records not known to meet */
	double limit; /* the CV's limit; of schools.<stage>, 0 */
};

/* The i-th item, 0 <= i < ITEMS: primary's seven CVs, schools.primary, then junior's. */
void item_get(const struct county_judgement *j, const struct standard *s, size_t i,
	      struct item *out);

/* The name alone; the place of a name in the list, or -1. */
const char *item_name(size_t i);
int item_find(const char *name);

#endif
