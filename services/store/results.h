/* SPDX-License-Identifier: Apache-2.0 */
/* What was computed: judged figures, as the monitor last wrote them; and standards. */
#ifndef STORE_RESULTS_H
#define STORE_RESULTS_H

#include "base/timeutil.h"
#include "domain/judge.h"
#include "store/store.h"

struct county_status {
	char county[COUNTY_CODE];
	char period[PERIOD_CODE];
	char standard[STANDARD_ID]; /* "" before the first computation */
	int64_t standard_version;
	int64_t version;          /* that the figures rest on; 0 before the first computation */
	int64_t accepted_version; /* of the latest accepted change: version < this while computing
				   */
	char computed_at[TIME_TEXT];
	struct county_judgement judgement; /* section 4 and the verdict, items_n 0; before the first
					      computation "incomplete", all 0 */
	char *items;   /* owned: the judged items, a JSON object as json/items.h writes it; "{}"
			  before */
	char *failing; /* owned: names of the items that are not met, with commas between, in their
			  order */
	char *unknown; /* owned: of those that are no_data or undefined */
	char (*missing)[SCHOOL_CODE]; /* schools that have not reported, judgement.missing_schools
					 of them */
};

/* period "" means the county's latest. ERR_NOT_FOUND when it never had a report; a county
 * whose reports were all deleted still has figures: of nothing. */
enum err store_status_get(struct store *store, const char *county, const char *period,
			  struct county_status *out, struct err_info *info) MUST_CHECK;
void store_status_release(struct county_status *status);

static inline void auto_status_release(struct county_status *s)
{
	store_status_release(s);
}
#define auto_status AUTO(auto_status_release)

/* The latest period of a county with a version, as "2025". ERR_NOT_FOUND. */
enum err store_latest_period(struct store *store, const char *county, char out[PERIOD_CODE],
			     struct err_info *info) MUST_CHECK;

#endif
