/* SPDX-License-Identifier: Apache-2.0 */
/* What has become of a region's alerts since an instant, or since an event: who asks again and
 * again goes on behind the last event of the digest before. An event that is committed late may
 * have a time at which it was not to be seen yet, but never such a number. */
#ifndef STORE_DIGEST_H
#define STORE_DIGEST_H

#include "store/events.h"
#include "store/org.h"

#define DIGEST_MAX 1000 /* alerts at once, the worst first */

/* Later than an instant; or behind an event. */
struct digest_from {
	int64_t since_us; /* behind an event: when the next one was */
	int64_t after;    /* its number; DIGEST_BY_TIME */
};
#define DIGEST_BY_TIME (-1)

/* One alert that something happened to. */
struct digest_alert {
	int64_t id;
	char county[COUNTY_CODE];
	char name[REGION_NAME]; /* of the county; "" */
	char item[ITEM_NAME];
	char rule[16];
	char kind[16];
	char period[PERIOD_CODE];
	char state[16];
	char severity[12];
	char was[12];   /* the severity then; "": it had not fired */
	char class[12]; /* new, worse, escalated, pending, better, over, withdrawn, brief (fired and
			   over), same */
	bool has_value;
	bool has_limit;
	double value;
	double limit;
	char changed_at[TIME_TEXT];
	char assignee[4 * EVENT_NAME_CHARS + 1]; /* "" */
	char held[32];                           /* why the last of it was told to nobody; "" */
	enum alert_level level;                  /* that it has gone up to */
};

struct digest {
	struct digest_alert *items;
	size_t n;
	int64_t touched;                       /* all of them, also those beyond DIGEST_MAX */
	int64_t pending, firing, acknowledged; /* open now */
	int64_t last;                          /* event that it goes up to */
};
void digest_release(struct digest *d);
static inline void auto_digest_release(struct digest *d)
{
	digest_release(d);
}
#define auto_digest AUTO(auto_digest_release)

/* Sets from->since_us by from->after; now, where no event is behind it. *ret_last: the number of
 * the last. */
enum err store_digest_from(struct store *store, struct digest_from *from, int64_t *ret_last,
			   struct err_info *info) MUST_CHECK;

enum err store_digest_get(struct store *store, const char *region, const struct digest_from *from,
			  struct digest *out, struct err_info *info) MUST_CHECK;

#endif
