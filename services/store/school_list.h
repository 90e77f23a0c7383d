/* SPDX-License-Identifier: Apache-2.0 */
/* The open schools of a region, for whoever fills in something for each of them. */
#ifndef STORE_SCHOOL_LIST_H
#define STORE_SCHOOL_LIST_H

#include "store/org.h"

struct listed_school {
	char code[SCHOOL_CODE];
	char name[SCHOOL_NAME];
	char kind[4];
};

struct school_list {
	struct listed_school *items; /* by county and code */
	size_t n;
};
void school_list_release(struct school_list *list);

static inline void auto_school_list_release(struct school_list *l)
{
	school_list_release(l);
}
#define auto_school_list AUTO(auto_school_list_release)

/* Below a region's code, without those that are closed; at most limit. */
enum err store_school_list(struct store *store, const char *region, int limit,
			   struct school_list *out, struct err_info *info) MUST_CHECK;

#endif
