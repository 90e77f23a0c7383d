/* SPDX-License-Identifier: Apache-2.0 */
/* The explanation of an item of the standard: what its parts share. */
#ifndef API_COUNTY_EXPLAIN_ITEMS_H
#define API_COUNTY_EXPLAIN_ITEMS_H

#include "api/county_explain.h"
#include "domain/items.h"

struct item_view {
	const struct explanation *x;
	size_t item; /* in the standard */
	const struct item_rule *rule;
	const struct item_judgement *judged;
};

/* "items" (schools that fail, then those that cannot be judged, by code), "more", "missing" and,
 * of items with conditions of schools, "relieved": those that a relief decided for. ERR_NOMEM. */
enum err explain_write_item_schools(struct buf *out, const struct item_view *v) MUST_CHECK;

/* "figure": "…", of a term; stage as in term_pointer(). */
void explain_write_term(struct buf *out, const struct item_view *v, int stage,
			const struct term *term);

#endif
