/* SPDX-License-Identifier: Apache-2.0 */
/* Every change that was accepted. Numbers have no gaps and become visible in order: who remembers
 * the last seq it saw and asks for what follows misses nothing. */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include "base/timeutil.h"
#include "domain/school.h"
#include "store/store.h"

enum change_type {
	CHANGE_REGION,
	CHANGE_STANDARD,
	CHANGE_SCHOOL,
	CHANGE_REPORT,
	CHANGE_COUNTY_REPORT,
	CHANGE_PLAN,
	CHANGE_CALENDAR,
	CHANGE_LEDGER,
	CHANGE_RULE,
	CHANGE_TYPES
};

struct change_item {
	int64_t seq;
	char at[TIME_TEXT];
	enum change_type type;
	bool removed;
	char region[COUNTY_CODE]; /* that it belongs to, "" the country; of a school that moved
				     away: the county that it left */
	char code[STANDARD_ID];   /* of the region, school or county; of a standard, a rule or an
				     entry of the ledger, its id; of a calendar, its year */
	char period[PERIOD_CODE]; /* of reports, else "" */
	int64_t version;          /* that the change made: of the county and period for reports, of
				     the thing itself else; of a removed thing, its last one */
};

struct change_list {
	struct change_item *items;
	size_t n;
	int64_t last; /* all changes up to this number were looked at: items of others are left out
		       */
	bool more;    /* there are later ones */
};
void change_list_release(struct change_list *list);

static inline void auto_changes_release(struct change_list *l)
{
	change_list_release(l);
}
#define auto_changes AUTO(auto_changes_release)

/* Numbers looked at in one call, and given in one: both bound what it takes. */
#define CHANGES_SCANNED  50000
#define CHANGES_NUMBERED 20000

/* Changes with seq > after, at most limit, of what lies below a region ("" all), and of the
 * standards, calendars and rules that hold there. Gives numbers to those that have none yet.
 * ERR_PARAMETER when after is larger than any number: who asks has seen another database. */
enum err store_changes_after(struct store *store, int64_t after, int limit, const char *region,
			     struct change_list *out, struct err_info *info) MUST_CHECK;

#endif
