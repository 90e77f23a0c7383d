/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars: of each year a document of the country's and, laid over it, one of a province. Every
 * version is kept; versions go on when a document is removed and put again. */
#ifndef STORE_CALENDARS_H
#define STORE_CALENDARS_H

#include "base/timeutil.h"
#include "domain/school.h"
#include "store/store.h"

struct stored_calendar {
	int year;
	char region[COUNTY_CODE]; /* "" the country, else a province */
	int64_t version;
	char changed_at[TIME_TEXT];
	char *document; /* owned: JSON text */
};

struct calendar_list {
	struct stored_calendar *items; /* by year; the country's before the province's */
	size_t n;
};
void calendar_list_release(struct calendar_list *list);
static inline void auto_calendar_list_release(struct calendar_list *l)
{
	calendar_list_release(l);
}
#define auto_calendar_list AUTO(auto_calendar_list_release)

/* The country's and a province's ("": the country's only), of the years first to last. */
enum err store_calendar_list(struct store *store, int first, int last, const char *province,
			     struct calendar_list *out, struct err_info *info) MUST_CHECK;

/* The last version that there ever was of a year's, 0 for none, also of one that was removed. */
enum err store_calendar_last(struct store *store, int year, const char *region,
			     int64_t *ret_version, struct err_info *info) MUST_CHECK;

/* document: JSON text, NULL removes it (ERR_NOT_FOUND; the version told is the last one). The same
 * as stored changes nothing. ERR_PRECONDITION; ERR_NOT_FOUND when the province is no known region;
 * ERR_FORBIDDEN. */
enum err store_calendar_put(struct store *store, const struct actor *actor, int year,
			    const char *region, const char *document, int64_t match,
			    struct write_result *out, struct err_info *info) MUST_CHECK;

#endif
