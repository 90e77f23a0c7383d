/* SPDX-License-Identifier: Apache-2.0 */
/* How the counties of a region are told, wherever they are. */
#ifndef API_REGION_VIEW_H
#define API_REGION_VIEW_H

#include "base/buf.h"
#include "store/summary.h"

int64_t region_view_total(const int64_t counties[COUNTY_STATES]);

/* Members: how many counties, in all and by where they stand; an array of codes. */
void region_view_counties(struct buf *out, const char *name, const int64_t counties[COUNTY_STATES]);
void region_view_codes(struct buf *out, const char *name, char (*codes)[COUNTY_CODE], size_t n);

#endif
