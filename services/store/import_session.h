/* SPDX-License-Identifier: Apache-2.0 */
/* What import_stage.c and import_merge.c share. Internal to this layer. */
#ifndef STORE_IMPORT_SESSION_H
#define STORE_IMPORT_SESSION_H

#include <stdatomic.h>

#include "base/buf.h"
#include "store/import_stage.h"
#include "store/query.h"

enum stage_table {
	STAGE_REGIONS,
	STAGE_SCHOOLS,
	STAGE_REPORTS,
	STAGE_COUNTY_REPORTS,
	STAGE_ERRORS,
	STAGE_REFUSED,
	STAGE_LINES,
	STAGE_CELLS,
	STAGE_JOINED,
	STAGE_KINDS,
	STAGE_TEXTS,
	STAGE_TABLES
};

struct staging {
	struct conn conn; /* not in pipeline mode */
	int64_t job;
	bool again;              /* somebody had begun the job before */
	const atomic_bool *stop; /* borrowed */
	bool copying;            /* rows of `table` go into a COPY that is not ended yet */
	enum stage_table table;
};

/* As COPY takes them: STAGE_REPORTS in its binary form, the others as text. */
struct stage_rows {
	struct buf text[STAGE_TABLES];
};

/* A tab, and the text; NULL is NULL. */
void stage_next_text(struct buf *out, const char *text);

/* One statement; *ret_result (may be NULL) is the caller's. It is broken off when the program is to
 * end, unless it is a COMMIT: ERR_DB_DOWN. */
enum err stage_run(struct staging *st, enum query query, const struct params *params,
		   PGresult **ret_result, struct err_info *info) MUST_CHECK;

#define STAGE_PATIENCE_MS 60000
/* How long it waits for somebody's lock from now on; outside of a transaction. At first
 * STAGE_PATIENCE_MS. */
enum err stage_patience(struct staging *st, int ms, struct err_info *info) MUST_CHECK;

/* A job's end, inside a transaction. */
enum err stage_end(struct staging *st, const char *state, const struct import_counts *counts,
		   const char *header, const char *failure, struct err_info *info) MUST_CHECK;

#endif
