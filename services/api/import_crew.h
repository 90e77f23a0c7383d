/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that look at the records of a file, in batches: the reader of the file adds records, a
 * thread of the crew turns each into rows and stages them. So the file is read while one batch is
 * looked at and PostgreSQL takes another.
 *
 * What is on its way is bounded: CREW_BATCHES of BATCH_BYTES and what becomes of them. With one
 * thread the records keep their order. */
#ifndef API_IMPORT_CREW_H
#define API_IMPORT_CREW_H

#include "store/import_stage.h"
#include "json/import_records.h"

#define CREW_THREADS 4 /* at most */
#define CREW_BATCHES (CREW_THREADS + 4)

/* What became of records. */
struct crew_out {
	struct stage_rows *rows;
	struct import_counts counts;
	int64_t mistakes; /* of them that were staged, … */
	int64_t before;   /* … and of records before them, as far as is known; of none behind */
};

/* Looks at one record; context is the thread's own. Anything but ERR_OK ends the reading. */
typedef enum err crew_look(const struct file_record *record, void *context, struct crew_out *out,
			   struct err_info *info);

struct crew;
/* One thread for each of contexts, which outlive it. Until crew_finish, st is the crew's; counts
 * are the caller's: crew_add and crew_finish add to them what was staged meanwhile. */
enum err crew_new(crew_look *look, void *const *contexts, size_t threads, struct staging *st,
		  struct import_counts *counts, struct crew **ret_crew,
		  struct err_info *info) MUST_CHECK;
/* Drops what is on its way. Accepts NULL. */
void crew_free(struct crew *crew);

/* Copies the record; waits for the crew when too much is on its way. Errors of look, and of
 * staging. */
enum err crew_add(struct crew *crew, const struct file_record *record,
		  struct err_info *info) MUST_CHECK;
/* Until all that was added is staged. */
enum err crew_finish(struct crew *crew, struct err_info *info) MUST_CHECK;

static inline void auto_crew_release(struct crew **crew)
{
	crew_free(*crew);
}
#define auto_crew AUTO(auto_crew_release)

#endif
