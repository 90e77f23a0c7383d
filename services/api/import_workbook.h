/* SPDX-License-Identifier: Apache-2.0 */
/* Imports of office workbooks: the file, whole in memory, and what was recognised in it. */
#ifndef API_IMPORT_WORKBOOK_H
#define API_IMPORT_WORKBOOK_H

#include "api/call.h"
#include "store/imports.h"
#include "json/import_xlsx.h"

#define XLSX_TYPE      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define WORKBOOKS_OPEN 3 /* at once by requests: each may take some 40 MB */

struct import_book {
	struct buf bytes;
	struct import_xlsx *xlsx;
};
void import_book_release(struct import_book *book);
#define auto_import_book AUTO(import_book_release)

bool import_is_workbook(const struct import_job *job);

/* The last period that there may be: next year's. */
void import_last_period(char out[PERIOD_CODE]);

/* The parts of the job, read by choices ("" none). ERR_TOO_BIG above WORKBOOK_BYTES; errors of
 * import_xlsx_open(). */
enum err import_book_open(struct api *api, const struct import_job *job, const char *choices,
			  import_standard *standard, void *context, struct import_book *out,
			  struct problems *problems, struct err_info *info) MUST_CHECK;

/* Before a request opens a workbook; false when WORKBOOKS_OPEN are. Left in either case. */
bool import_book_enter(struct call *c);
void import_book_leave(struct call *c);

/* A file that is no workbook is what the client sent, not a body that is no JSON: ERR_INVALID. */
enum err import_book_refused(struct call *c, enum err e) MUST_CHECK;

/* What a workbook that waits for its commit is taken for, as JSON: of a request, at most
 * WORKBOOKS_OPEN at a time (ERR_BUSY). */
enum err import_book_map(struct call *c, const struct import_job *job, struct buf *out) MUST_CHECK;

/* Whether it can be committed with these choices: ERR_INVALID, with what is to be settled. */
enum err import_book_check(struct call *c, const struct import_job *job,
			   const char *choices) MUST_CHECK;

/* The letters of all columns, as the head of errors.csv. */
void import_book_letters(const struct import_book *book, struct buf *out);

#endif
