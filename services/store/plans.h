/* SPDX-License-Identifier: Apache-2.0 */
/* What counties plan: a document each, of which every version is kept. A plan has versions of its
 * own, which go on when it is removed and made again; it is no change of the county's periods. */
#ifndef STORE_PLANS_H
#define STORE_PLANS_H

#include "base/timeutil.h"
#include "domain/plan.h"
#include "store/org.h"
#include "store/store.h"

struct stored_plan {
	int64_t version;
	int first_year; /* the calendar year in which it was first made, since it was last removed
			 */
	char changed_at[TIME_TEXT];
	char *document;        /* owned: JSON text */
	int above[PLAN_ABOVE]; /* plan_target_year(): 0 where there is no such region, or of a
				  time that is past */
};
void stored_plan_release(struct stored_plan *p);
static inline void auto_stored_plan_release(struct stored_plan *p)
{
	stored_plan_release(p);
}
#define auto_stored_plan AUTO(auto_stored_plan_release)

/* ERR_NOT_FOUND. */
enum err store_plan_get(struct store *store, const char *county, struct stored_plan *out,
			struct err_info *info) MUST_CHECK;

/* As it was at an instant (microseconds of UTC): what is answered never changes, see history.h.
 * ERR_NOT_FOUND, ERR_PARAMETER in the future. */
enum err store_plan_as_of(struct store *store, const char *county, int64_t at_us,
			  struct stored_plan *out, struct err_info *info) MUST_CHECK;

/* A version that was in force in [from_us, until_us). */
struct plan_version {
	int64_t version;
	int first_year;
	int64_t from_us;
	int64_t until_us; /* INT64_MAX: it is in force */
	char *document;   /* owned */
};
struct plan_versions {
	struct plan_version *items; /* by time */
	size_t n;
	int above[PLAN_ABOVE]; /* as of now: targets have no history */
};
void plan_versions_release(struct plan_versions *v);
static inline void auto_plan_versions_release(struct plan_versions *v)
{
	plan_versions_release(v);
}
#define auto_plan_versions AUTO(auto_plan_versions_release)

/* Of a county, all that there ever were, at most limit. */
enum err store_plan_versions(struct store *store, const char *county, int limit,
			     struct plan_versions *out, struct err_info *info) MUST_CHECK;

/* document: JSON text, NULL removes it (ERR_NOT_FOUND; the version told is the last one).
 * first_year is kept of a plan that is new, and stays as it was of others. The same as stored
 * changes nothing. ERR_PRECONDITION; ERR_NOT_FOUND when the county is no known region;
 * ERR_FORBIDDEN. */
enum err store_plan_put(struct store *store, const struct actor *actor, const char *county,
			int first_year, const char *document, int64_t match,
			struct write_result *out, struct err_info *info) MUST_CHECK;

struct listed_plan {
	char county[COUNTY_CODE];
	char name[REGION_NAME];
	int64_t version;
	char changed_at[TIME_TEXT];
	char recognition_year[PERIOD_CODE]; /* "": not said */
	int64_t milestones;                 /* how many there are */
	int64_t tasks;
};

struct plan_list {
	struct listed_plan *items; /* by county */
	size_t n;
};
void plan_list_release(struct plan_list *list);
static inline void auto_plan_list_release(struct plan_list *l)
{
	plan_list_release(l);
}
#define auto_plan_list AUTO(auto_plan_list_release)

/* Of the counties below a region ("" all) behind a county ("" from the start), at most limit. */
enum err store_plan_list(struct store *store, const char *region, const char *after, int limit,
			 struct plan_list *out, struct err_info *info) MUST_CHECK;

#endif
