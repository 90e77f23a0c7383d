/* SPDX-License-Identifier: Apache-2.0 */
/* The session that imports a job: rows are copied into tables of its own while they are read, then
 * checked and merged as sets.
 *
 * It has a connection of its own, beside the pool, and by it holds the job: when the program dies,
 * PostgreSQL lets go of both. Used by one thread at a time. */
#ifndef STORE_IMPORT_STAGE_H
#define STORE_IMPORT_STAGE_H

#include <stdatomic.h>

#include "domain/report.h"
#include "domain/school.h"
#include "store/imports.h"
#include "store/org.h"

struct staging;

/* *ret_stage is NULL when another one holds the job, or it needs nobody any more. stop (borrowed):
 * set when the program is to end; then a statement that runs or waits is broken off. */
enum err stage_new(struct store *store, int64_t job, const atomic_bool *stop,
		   struct staging **ret_stage, struct err_info *info) MUST_CHECK;
void stage_free(struct staging *st); /* accepts NULL; lets go of the job */

/* Whether somebody had begun the job before. */
bool stage_is_again(const struct staging *st);

static inline void auto_staging_release(struct staging **st)
{
	stage_free(*st);
}
#define auto_staging AUTO(auto_staging_release)

/* Rows that were read, until they are sent; without a connection, so that several threads can read.
 * NULL when there is no memory. */
struct stage_rows;
struct stage_rows *stage_rows_new(void);
void stage_rows_free(struct stage_rows *rows); /* accepts NULL */
size_t stage_rows_bytes(const struct stage_rows *rows);

static inline void auto_stage_rows_release(struct stage_rows **rows)
{
	stage_rows_free(*rows);
}
#define auto_stage_rows AUTO(auto_stage_rows_release)

/* On their way, and gone from rows. Some 100 KB at once are best: the socket takes all of it, and
 * PostgreSQL works on it meanwhile. */
enum err stage_send(struct staging *st, struct stage_rows *rows, struct err_info *info) MUST_CHECK;

enum err stage_region(struct stage_rows *rows, int64_t row, const struct region *region,
		      struct err_info *info) MUST_CHECK;
enum err stage_school(struct stage_rows *rows, int64_t row, const struct school *school,
		      struct err_info *info) MUST_CHECK;
/* named: the county that the row names, or "". */
enum err stage_report(struct stage_rows *rows, int64_t row, const char *named, const char *period,
		      const char *school, const struct report *report,
		      struct err_info *info) MUST_CHECK;
enum err stage_county_report(struct stage_rows *rows, int64_t row, const char *county,
			     const char *period, const char *document,
			     struct err_info *info) MUST_CHECK;
/* Something is wrong with a row that was not staged. */
enum err stage_error(struct stage_rows *rows, int64_t row, int nth, const char *pointer,
		     const char *code, const char *detail, struct err_info *info) MUST_CHECK;
/* What such a row is about, for whether the file has it twice. type: "region", "school", "report"
 * or "county_report"; period "" where there is none. */
enum err stage_refused(struct stage_rows *rows, int64_t row, const char *type, const char *code,
		       const char *period, struct err_info *info) MUST_CHECK;
/* A row that has errors, as it was sent. */
enum err stage_line(struct stage_rows *rows, int64_t row, const char *line,
		    struct err_info *info) MUST_CHECK;

/* Of a workbook, whose rows are numbered anew for each sheet from sheet_rows on: where a mistake
 * that the checks find at a pointer has its cell, without the row. */
enum err stage_cell(struct stage_rows *rows, int64_t sheet, const char *pointer, const char *cell,
		    struct err_info *info) MUST_CHECK;
/* A row of another sheet that is of the same report: some figures have their cells there. */
enum err stage_joined(struct stage_rows *rows, int64_t row, int64_t other,
		      struct err_info *info) MUST_CHECK;
/* After the merge: such mistakes by their cells, and the rows of those. */
enum err stage_name_cells(struct staging *st, int64_t sheet_rows, struct err_info *info) MUST_CHECK;

/* A county's period got a version: called after the commit. */
typedef void stage_changed(const struct write_result *change, void *context);
/* Asked between two transactions, with the counts so far: false stops. */
typedef bool stage_goes_on(const struct import_counts *counts, void *context);

struct stage_job {
	int64_t key;
	const char *region;
	bool atomic;
	bool dry_run;
	bool spoilt;     /* rows were refused already: an atomic import writes nothing */
	bool columns;    /* a figure has a column, by which a stage's mistake is told */
	int patience_ms; /* for somebody's lock, as long as nothing is committed; 0: as ever */
	stage_changed *changed;
	stage_goes_on *goes_on;
	void *context;
};

/* Merges what was staged, and adds to *counts what became of it. Atomic: one transaction, nothing
 * when a row is refused, and the job is finished in it (*ret_finished). Partial: counties in turns.
 * Dry run: the same checks and counts. ERR_CONFLICT: stopped. ERR_BUSY: somebody keeps a lock. */
enum err stage_merge(struct staging *st, const struct stage_job *job, struct import_counts *counts,
		     bool *ret_finished, struct err_info *info) MUST_CHECK;

/* The rows that have errors which are kept, in order; owned by the caller. */
enum err stage_error_rows(struct staging *st, int64_t **ret_rows, size_t *ret_n,
			  struct err_info *info) MUST_CHECK;

/* Ends the job: its state, counts and errors, in one transaction; then its parts go.
 * header: of a CSV file, or "". ERR_CONFLICT when it is not ours any more. */
enum err stage_finish(struct staging *st, const char *state, const struct import_counts *counts,
		      const char *header, const char *failure, struct err_info *info) MUST_CHECK;

#endif
