/* SPDX-License-Identifier: Apache-2.0 */
/* A region's targets are kept as they are sent. Those of the documented shape
 *
 *	{ "ensure": { "2027": 0.3, "2030": 0.6 }, "strive": { "2027": 0.4 } }
 *
 * (shares of the counties by a year, 0 to 1 with at most four decimals) can be compared. Others are
 * refused (documents.h); those that were stored before that are none. */
#ifndef JSON_TARGETS_H
#define JSON_TARGETS_H

#include <stddef.h>

#include "domain/target.h"

#define TARGETS_COMPARED 200 /* two kinds, the years 2000 to 2099 */

/* Writes what has the shape, ordered by kind and year, and returns how many; members of
 * another shape are passed over. Text that is no JSON object has none. */
size_t json_read_targets(const char *text, struct target out[TARGETS_COMPARED]);

/* target_last_year() of them; 0 of NULL and of text without any. */
int json_targets_year(const char *text);

#endif
