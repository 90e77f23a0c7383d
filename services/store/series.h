/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of items over the school years: of each period what was computed last. */
#ifndef STORE_SERIES_H
#define STORE_SERIES_H

#include "domain/item.h"
#include "store/store.h"

#define SERIES_MAX 20000 /* figures at once: a province's counties over a century */

struct series_figure {
	char county[COUNTY_CODE];
	char item[ITEM_NAME]; /* as in item.h, or "R2.primary.schools": the records that reach it */
	char period[PERIOD_CODE];
	double value; /* as it is stored; as in struct item */
};

struct series {
	struct series_figure *items; /* by county, item, period */
	size_t n;
};
void series_release(struct series *s);
static inline void auto_series_release(struct series *s)
{
	series_release(s);
}
#define auto_series AUTO(auto_series_release)

/* Of the known counties below a region's code, itself included; of one item, or all (""); up to a
 * period, or all (""). What is no_data or undefined has no figure. ERR_PARAMETER when there are
 * more than SERIES_MAX. */
enum err store_series_list(struct store *store, const char *region, const char *item,
			   const char *period, struct series *out,
			   struct err_info *info) MUST_CHECK;

#endif
