/* SPDX-License-Identifier: Apache-2.0 */
/* A plan with what is derived for the items that it says nothing of. */
#ifndef API_PLAN_VIEW_H
#define API_PLAN_VIEW_H

#include "api/call.h"
#include "store/plans.h"
#include "json/plan_json.h"

#define PLAN_DERIVED_MAX (PLAN_ITEMS_MAX * PLAN_POINTS_MAX)

/* What derived lines rest on. Some 130 KB: never a local. */
struct plan_basis {
	const struct standard *standard; /* that judges the school year of this calendar year;
					    NULL: none does */
	char period[PERIOD_CODE];        /* of the latest figures; "": there are none */
	int target_year;                 /* 0: not known */
	char target_of[COUNTY_CODE]; /* "plan", or the code of the region whose target it is; "" */
	struct plan plan;
	struct plan_latest latest[PLAN_ITEMS_MAX];
	int latest_year[PLAN_ITEMS_MAX];
	size_t n;
	struct plan_derived derived[PLAN_DERIVED_MAX];
};
void plan_basis_free(struct plan_basis *b); /* accepts NULL */
static inline void auto_plan_basis_release(struct plan_basis **b)
{
	plan_basis_free(*b);
}
#define auto_plan_basis AUTO(auto_plan_basis_release)

/* The calendar year in China, and as a school year. */
int plan_this_year(char out[PERIOD_CODE]);

/* plan_target_year() of now. Of whom: as target_of above. */
int plan_by_when(const struct plan *plan, const char *county, const struct stored_plan *stored,
		 char ret_of[COUNTY_CODE]);

/* Derives for a county's plan. The caller frees *ret_basis. */
enum err plan_basis_make(struct call *c, const struct stored_plan *stored,
			 struct plan_basis **ret_basis) MUST_CHECK;

/* The whole answer. basis: NULL for a plan of the past, which is told as it was given. */
enum err plan_view_write(struct call *c, const struct stored_plan *stored,
			 const struct plan_basis *basis) MUST_CHECK;

#endif
