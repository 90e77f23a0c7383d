/* SPDX-License-Identifier: Apache-2.0 */
/* Imports as a list, and how long they are kept. */
#ifndef STORE_IMPORT_LIST_H
#define STORE_IMPORT_LIST_H

#include "base/timeutil.h"
#include "store/imports.h"

struct import_query {
	const char *region; /* a prefix */
	const char *state;  /* "" any */
	int64_t key;        /* 0 any */
	int64_t before;     /* an id: those with smaller ones */
	int limit;
};

struct import_entry {
	struct import_job job; /* without its header, parts, and whether it was asked to stop */
	char made_at[TIME_TEXT];
	char ended_at[TIME_TEXT]; /* "" when it has not */
};

struct import_list {
	struct import_entry *items;
	size_t n;
};
void import_list_release(struct import_list *list);
static inline void auto_import_list_release(struct import_list *l)
{
	import_list_release(l);
}
#define auto_import_list AUTO(auto_import_list_release)

/* The newest first. */
enum err store_import_list(struct store *store, const struct import_query *query,
			   struct import_list *out, struct err_info *info) MUST_CHECK;

#define IMPORT_SWEEP_ROWS 2000

/* Removes some of what ended so many days ago, and what is left of files that nobody will read:
 * at most IMPORT_SWEEP_ROWS rows of a table, so that nobody waits for it. Any number of programs
 * may do so at a time. */
enum err store_import_sweep(struct store *store, int days, struct err_info *info) MUST_CHECK;

#endif
