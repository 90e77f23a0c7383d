/* SPDX-License-Identifier: Apache-2.0 */
/* The items of a judged county besides section 4, as a table on a terminal. */
#ifndef CTL_STATUS_ITEMS_H
#define CTL_STATUS_ITEMS_H

#include <jansson.h>

/* items: of the status. titles: of the standard's resolved document, by name; NULL: not known. */
void status_items_print(json_t *items, const json_t *titles);

#endif
