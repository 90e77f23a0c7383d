/* SPDX-License-Identifier: Apache-2.0 */
/* The judged items besides section 4, as a status, a bulletin and a trial tell them:
 *
 *	{ "G7": { "status": "met", "value": 8123.5, "display": "8123.50", "threshold": 8000,
 *	          "measure": "yuan", "compare": "at_least", "rounding_sensitive": false },
 *	  "G3": { "status": "not_met", "schools_total": 40, "schools_met": 39,
 *	          "schools": ["2134000017"], "reliefs": { "older_rooms": 3 },
 *	          "rounding_sensitive": false },
 *	  "G11": { …the first condition's value…, "conditions": [{ "status", "value", … }, …] },
 *	  "S1": { …, "groups": { "parents": { "valid", "satisfied", "value", "display" } } } }
 *
 * What is not there (a value without data, reliefs that decided nothing, conditions of an item with
 * only one) is left out. "schools" are the first ITEM_SCHOOLS_LISTED that fail, "schools_more"
 * counts the rest. */
#ifndef JSON_ITEMS_H
#define JSON_ITEMS_H

#include "base/buf.h"
#include "domain/items.h"

#define ITEM_SCHOOLS_LISTED 100

/* The object, with its braces. */
void json_write_items(const struct county_facts *facts, const struct merge_index *index,
		      const struct standard *standard, const struct county_judgement *judgement,
		      struct buf *out);

/* A value as it is displayed: one decimal of a percentage, two of anything else. Returns out. */
char *measure_format(enum measure measure, int64_t rounded, char out[24]);

#endif
