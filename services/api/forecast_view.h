/* SPDX-License-Identifier: Apache-2.0 */
/* A forecast as it is told. */
#ifndef API_FORECAST_VIEW_H
#define API_FORECAST_VIEW_H

#include "base/buf.h"
#include "domain/forecast.h"
#include "store/series.h"

#define FORECAST_TOLD 5 /* years that are told */

/* One item of a county, with all that a forecast rests on. */
struct outlook_item {
	struct plan_item what;
	const char *unit;                    /* forecast_unit() */
	enum status status;                  /* of the verdict, in the period that was asked for */
	const struct series_figure *figures; /* by period; borrowed */
	size_t n;
	const struct plan *plan; /* empty: there is none */
	size_t item;             /* of plan_item_get() */
	int planned_year;        /* by whose end the item is to reach its limit; 0: not known */
	const char *planned_of;  /* "milestone", "plan", or the region whose target it is */
};

/* In what an item's figures are: "cv", "schools", or a measure ("percent", "yuan"); NULL: it has
 * none. */
const char *forecast_unit(const struct standard *standard, size_t item);

/* The latest FORECAST_POINTS_MAX figures of one item. Returns how many. */
size_t forecast_points(const struct series_figure *figures, size_t n,
		       struct forecast_point out[FORECAST_POINTS_MAX]);

/* The object, with its braces. */
void forecast_view_write(struct buf *out, const struct outlook_item *o);

#endif
