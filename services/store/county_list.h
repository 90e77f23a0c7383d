/* SPDX-License-Identifier: Apache-2.0 */
/* Which counties of a region there is anything to judge of. */
#ifndef STORE_COUNTY_LIST_H
#define STORE_COUNTY_LIST_H

#include "store/org.h"

struct listed_county {
	char code[COUNTY_CODE];
	char name[REGION_NAME];
};

struct county_list {
	struct listed_county *items; /* by code */
	size_t n;
};
void county_list_release(struct county_list *list);

static inline void auto_county_list_release(struct county_list *l)
{
	county_list_release(l);
}
#define auto_county_list AUTO(auto_county_list_release)

/* The known counties below a region's code that have a version of the period; at most limit. */
enum err store_county_list(struct store *store, const char *region, const char *period, int limit,
			   struct county_list *out, struct err_info *info) MUST_CHECK;

#endif
