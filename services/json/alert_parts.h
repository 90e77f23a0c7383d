/* SPDX-License-Identifier: Apache-2.0 */
/* What rules and silences have in common. Internal to this layer. */
#ifndef JSON_ALERT_PARTS_H
#define JSON_ALERT_PARTS_H

#include "domain/rule.h"
#include "json/reader.h"

/* A region's code of 2, 4 or 6 digits, or "" for the nation. */
void reader_region(struct reader *r, const json_t *value, char out[COUNTY_CODE]);

/* Names of items, with '*' for any characters. */
void reader_patterns(struct reader *r, const json_t *value, char out[RULE_ITEMS_MAX][ITEM_NAME],
		     size_t *ret_n);

#endif
