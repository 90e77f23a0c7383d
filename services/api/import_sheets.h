/* SPDX-License-Identifier: Apache-2.0 */
/* A workbook's rows on their way to the staging, by one thread: it is small. */
#ifndef API_IMPORT_SHEETS_H
#define API_IMPORT_SHEETS_H

#include "api/import_look.h"
#include "api/import_workbook.h"
#include "store/import_stage.h"

struct sheets {
	struct api *api;
	const struct import_job *job;
	struct staging *st;
	struct look *look;
	struct import_counts *counts; /* added to */
	bool (*goes_on)(void *context);
	void *context;
	struct import_book book;
	struct crew_out out;
	struct problems problems;
};
void sheets_release(struct sheets *s);

/* Reads all rows, by what was chosen with the commit; keeps what the columns were taken for, and
 * puts their letters into *header. ERR_MALFORMED also when something is in doubt: then it is staged
 * which. ERR_CONFLICT: goes_on() said no. */
enum err sheets_read(struct sheets *s, struct buf *header, struct err_info *info) MUST_CHECK;

/* Stages the rows that are wanted (in order), as they stand. */
enum err sheets_keep_lines(struct sheets *s, const int64_t *wanted, size_t n,
			   struct err_info *info) MUST_CHECK;

#endif
