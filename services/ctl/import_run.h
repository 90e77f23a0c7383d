/* SPDX-License-Identifier: Apache-2.0 */
/* Sends what an import consists of, piece by piece: a stretch of rows as a job of the service,
 * whose end is awaited; a line that is no row as a request of its own. What was done before, is not
 * sent again (import_state.h).
 *
 * Every function returns CTL_OK, CTL_PARTLY when rows were refused and others are in,
 * IMPORT_STOPPED, or an exit code after having said why. */
#ifndef CTL_IMPORT_RUN_H
#define CTL_IMPORT_RUN_H

#include "ctl/import_service.h"
#include "ctl/import_source.h"

#define IMPORT_TOLD_MAX 20 /* mistakes of a stretch that are told; errors.csv has all */

struct import_run {
	struct import_service service;
	struct import_state *state;
	bool atomic;
	bool dry_run;
	bool gzip;
	const char *period; /* of a workbook's rows that name none, or NULL */
	bool workbooks;     /* there was one */
	const char *errors; /* where errors.csv goes, of a folder's files a folder; NULL */
	bool folder;
	bool errors_begun; /* of this file */
	char *part;        /* IMPORT_PART_MAX bytes each */
	char *packed;
	size_t unit; /* pieces before this one */
	struct import_counts total;
};

enum err import_run_init(struct import_run *run, struct err_info *info) MUST_CHECK;
void import_run_release(struct import_run *run); /* accepts one of zeros */

int import_run_rows(struct import_run *run, struct import_source *source);
int import_run_line(struct import_run *run, struct import_source *source);

/* Of both. What is done is remembered, and not sent again; its counts are the caller's to add. */
int import_run_finish(struct import_run *run, const struct import_done *done);
/* What these rows come to. */
int import_run_code(const struct import_run *run, const struct import_counts *counts);
void import_counts_add(struct import_counts *to, const struct import_counts *more);
void import_hash(const char *bytes, size_t len, char out[IMPORT_HASH]);

static inline void auto_import_run_release(struct import_run *run)
{
	import_run_release(run);
}
#define auto_import_run AUTO(auto_import_run_release)

#endif
