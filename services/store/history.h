/* SPDX-License-Identifier: Apache-2.0 */
/* What was known, and what was answered, at an instant; and how figures moved.
 *
 * Every accepted change has one time: taken under the lock of its county's counter, it is
 * the time of the version, of the report or the school, and of the end of what they
 * replace. Every computation has one, taken under the lock of the county's result. Later
 * versions and computations are later in time, by a microsecond at least. So
 *
 *	accepted at T   the last version with a time <= T
 *	facts at T      the schools and reports with T in [received, superseded)
 *	status at T     the last computation with a time <= T, with the version accepted at
 *	                T: what a read of the status was answered then
 *
 * and the answers are those that were given, byte for byte, whatever came later. Figures
 * are not judged again: their history is kept. Records are (they are never stored), with
 * the standard that was in force then.
 *
 * A time is some milliseconds older than its commit: who read in between saw the state
 * before. Of the last minute an instant is answered once what was under way at it is
 * committed: the answer to one instant never changes afterwards. The future has no answer:
 * ERR_PARAMETER.
 *
 * History begins with migration 7 (or with the first report): before, ERR_NOT_FOUND. Instants
 * are microseconds of UTC, of the database's clock. */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "domain/explain.h"
#include "store/reports.h"
#include "store/results.h"

/* The latest period that the county had then. ERR_NOT_FOUND, ERR_PARAMETER. */
enum err store_latest_period_as_of(struct store *store, const char *county, int64_t at_us,
				   char out[PERIOD_CODE], struct err_info *info) MUST_CHECK;

/* store_status_get() and store_facts_get() of then; the period must be named.
 * ERR_NOT_FOUND, ERR_PARAMETER. */
enum err store_status_as_of(struct store *store, const char *county, const char *period,
			    int64_t at_us, struct county_status *out,
			    struct err_info *info) MUST_CHECK;
enum err store_facts_as_of(struct store *store, const char *county, const char *period,
			   int64_t at_us, struct county_facts *out,
			   const struct standard **ret_standard, struct err_info *info) MUST_CHECK;

/* A figure from one of its computations on, until the next entry of the period. */
struct move {
	char period[PERIOD_CODE];
	char at[TIME_TEXT]; /* computed_at of the status that first had it */
	int64_t version;    /* that it rested on */
	bool has_value;
	double value; /* as in struct item; of R2.primary.schools: the records that reach it */
	enum status status;
	bool has_limit;
	double limit; /* of then; as in struct item, none of R2.primary.schools */
};

struct move_list {
	struct move *items;
	size_t n;
};
void move_list_release(struct move_list *list);

static inline void auto_moves_release(struct move_list *l)
{
	move_list_release(l);
}
#define auto_moves AUTO(auto_moves_release)

struct history_query {
	const char *county;
	struct explain_item item; /* a figure is named by what explains it */
	const char *period;       /* "": all */
	/* The page starts behind this entry; period "": from the start. */
	int64_t after_us;
	const char *after_period;
	int limit;
};

/* Where the value or the status changed, oldest first (by time, then period). Computations
 * that changed neither make no entry. */
enum err store_history_list(struct store *store, const struct history_query *query,
			    struct move_list *out, struct err_info *info) MUST_CHECK;

/* --- every computation -------------------------------------------------------------------- */

struct computation {
	char period[PERIOD_CODE];
	int64_t at_us;
	int64_t version;
	int64_t missing; /* schools that had not reported */
	bool known;      /* it said of some item whether it is met */
	bool reported;   /* a school's report was there */
};
struct computation_list {
	struct computation *items; /* by time */
	size_t n;
};
void computation_list_release(struct computation_list *list);
static inline void auto_computations_release(struct computation_list *l)
{
	computation_list_release(l);
}
#define auto_computations AUTO(auto_computations_release)

/* Of a county, at most so many. */
enum err store_computation_list(struct store *store, const char *county, int limit,
				struct computation_list *out, struct err_info *info) MUST_CHECK;

/* The counties below a code that were ever computed: writes at most cap, returns in *ret_n how many
 * that are. */
enum err store_computed_counties(struct store *store, const char *region, char (*out)[COUNTY_CODE],
				 size_t cap, size_t *ret_n, struct err_info *info) MUST_CHECK;

#endif
