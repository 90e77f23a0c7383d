/* SPDX-License-Identifier: Apache-2.0 */
/* What an item lacks, as the rectification ledger keeps it:
 *
 *	{ "title": { "zh": "…", "en": "…" },
 *	  "compare": "at_most", "unit": "cv", "lack": 0.001787,
 *	  "figures": [{ "figure": "/items/G11/moved", "lack": 3, "unit": "number" }],
 *	  "schools": [{ "school": "2134000017", "name": "…", "stage": "primary",
 *	                "lacks": [{ "indicator": "R4", "figure": "/site/teaching_area",
 *	                            "to": "threshold", "lack": 12.5, "unit": "m2" }] }],
 *	  "more": 0 }
 *
 * lack is the way from the value to the limit, in unit: "cv", "schools" (how many do not meet it),
 * or the measure of the item's figure, "percent" being points; 0 when the item is met; null where
 * there is no figure, or the figure is not what fails. figures: what the county's own must grow by.
 * A school's lacks, all else staying as it is, by what it is to reach:
 *
 *	to          of
 *	threshold   every school's conditions and thresholds
 *	floor       schools.<stage>: an indicator that need not reach its threshold (85 %)
 *	mean        a CV: schools below the county's mean, by how much they add to it; in amounts of
 *	            the stage, and only to look at: raising one moves the mean
 *
 * Counts are rounded up to wholes; m² and yuan have two decimals. lack is null where no change of
 * that figure alone will do (a class that is too large). Rooms say the "area" that each needs. */
#ifndef JSON_SHORTFALL_H
#define JSON_SHORTFALL_H

#include "base/buf.h"
#include "domain/item.h"
#include "domain/merged.h"

#define SHORTFALL_SCHOOLS_LISTED 50
#define SHORTFALL_BYTES          16384 /* of one; schools that do not fit are counted in "more" */

struct shortfall_view {
	const struct county_facts *facts;
	const struct merge_index *index;
	const struct standard *standard;
	const struct county_judgement *judged;
	const struct record *records; /* all of the county, as county_judge() wrote them */
};

/* The i-th item by item_get()'s order. ERR_NOMEM. */
enum err json_write_shortfall(const struct shortfall_view *v, size_t i, struct buf *out) MUST_CHECK;

#endif
