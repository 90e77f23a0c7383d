/* SPDX-License-Identifier: Apache-2.0 */
/* Standards: documents of which every accepted version is kept, and what they say.
 *
 * A county's period is judged by the standard in force of the smallest region that covers the
 * county, of those whose dates cover the period: of the province before the country's. Where two of
 * a region cover it (an open one and a later one), by the one that begins last.
 *
 * What a version says never changes, so it is read once a process, and shared: a pointer that is
 * handed out stays valid until standard_release(). */
#ifndef STORE_STANDARDS_H
#define STORE_STANDARDS_H

#include "base/timeutil.h"
#include "store/store.h"

/* ERR_NOT_FOUND when none judges the county's period. */
enum err store_standard_for(struct store *store, const char *county, const char *period,
			    const struct standard **ret_standard, struct err_info *info) MUST_CHECK;

/* The same as it was at an instant. */
enum err store_standard_as_of(struct store *store, const char *county, const char *period,
			      int64_t at_us, const struct standard **ret_standard,
			      struct err_info *info) MUST_CHECK;

/* A version of one; version 0: the one in force. ERR_NOT_FOUND. */
enum err store_standard_get(struct store *store, const char *id, int64_t version,
			    const struct standard **ret_standard, struct err_info *info) MUST_CHECK;

void standard_release(const struct standard *standard); /* accepts NULL */

static inline void auto_standard_release(const struct standard **s)
{
	standard_release(*s);
}
#define auto_standard AUTO(auto_standard_release)

/* --- documents --- */

struct standard_document {
	char id[STANDARD_ID];
	int64_t version;
	char base[STANDARD_ID]; /* "" */
	char region[COUNTY_CODE];
	char from[PERIOD_CODE];
	char to[PERIOD_CODE]; /* "" */
	char changed_at[TIME_TEXT];
	char *document; /* owned */
	char *resolved; /* owned */
};

struct standard_documents {
	struct standard_document *items; /* ordered by id */
	size_t n;
	int64_t epoch; /* changes with every accepted change of any standard */
};
void standard_documents_release(struct standard_documents *list);
static inline void auto_documents_release(struct standard_documents *l)
{
	standard_documents_release(l);
}
#define auto_documents AUTO(auto_documents_release)

#define STANDARDS_MAX 200 /* in force at once */

/* All that are in force. */
enum err store_standard_documents(struct store *store, struct standard_documents *out,
				  struct err_info *info) MUST_CHECK;

/* One version, also one that was removed since; version 0: the one in force. ERR_NOT_FOUND. */
enum err store_standard_document(struct store *store, const char *id, int64_t version,
				 struct standard_document *out, struct err_info *info) MUST_CHECK;
void standard_document_release(struct standard_document *d);
static inline void auto_document_release(struct standard_document *d)
{
	standard_document_release(d);
}
#define auto_document AUTO(auto_document_release)

/* What a change of standards did. */
struct standard_write {
	bool created;
	bool changed; /* false: the same was in force already */
	int64_t version;
	int64_t counties; /* whose periods are computed again: of the regions and dates, old and new
			   */
};

/* Puts items[0], and with it the standards that are based on it, resolved anew (items[1…]; their
 * documents are unchanged). epoch: of the list that they were resolved against; when it has moved
 * on, ERR_BUSY with info->reason "epoch": resolve again. ERR_PRECONDITION. ERR_CONFLICT: a county
 * has figures of a period that nobody would judge any more. An empty document
 * (NULL) of items[0] removes it: ERR_NOT_FOUND. All periods of all counties that it judged or now
 * judges are due to be computed again, in the same transaction. */
enum err store_standard_put(struct store *store, const struct actor *actor,
			    const struct standard_document *items, size_t n, int64_t epoch,
			    int64_t match, struct standard_write *out,
			    struct err_info *info) MUST_CHECK;

#endif
