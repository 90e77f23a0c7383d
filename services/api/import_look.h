/* SPDX-License-Identifier: Apache-2.0 */
/* What a record of an import says, and whether it may: read, checked against the key and what
 * stands beside it, and staged, or its mistakes are, and what it is about. The rest is checked for
 * all rows at once. */
#ifndef API_IMPORT_LOOK_H
#define API_IMPORT_LOOK_H

#include "api/call.h"
#include "api/import_crew.h"
#include "json/import_xlsx.h"

/* Bytes of a row as errors.csv repeats it: one of 64 KB whose quotes are doubled. What is longer is
 * not repeated. */
#define IMPORT_LINE_MAX  ((size_t)256 << 10)
#define IMPORT_LINES_MAX ((size_t)64 << 20) /* of all rows of an import */

/* Whether one of len more bytes is to be kept; *total: of those that are, and it. The first that is
 * too much ends it: rows are told up to one of them, not with holes. */
static inline bool import_keeps_line(size_t *total, size_t len)
{
	const bool keeps = *total <= IMPORT_LINES_MAX && len <= IMPORT_LINES_MAX - *total;

	*total = keeps ? *total + len : IMPORT_LINES_MAX + 1;
	return keeps;
}

/* Of one thread. */
struct look;
enum err look_new(struct api *api, const struct import_job *job, struct look **ret_look,
		  struct err_info *info) MUST_CHECK;
void look_free(struct look *look); /* accepts NULL */

/* A crew_look: context is a struct look. ERR_MALFORMED: the header is wrong. Each thread's look
 * needs the header of a CSV file as its first record. */
enum err look_at_record(const struct file_record *record, void *context, struct crew_out *out,
			struct err_info *info);

/* A row of a workbook that was read, or (row NULL) its mistakes: checked and staged in the same
 * way, with its mistakes by cell. */
enum err look_at_sheet_row(struct look *look, const struct import_xlsx *x, int64_t number,
			   const struct import_row *row, const struct problems *problems,
			   struct crew_out *out, struct err_info *info) MUST_CHECK;

/* What is wrong with a workbook as a whole: problems by the rows of numbers. */
enum err look_stage_problems(struct look *look, const struct problems *problems,
			     const int64_t numbers[PROBLEMS_MAX], struct crew_out *out,
			     struct err_info *info) MUST_CHECK;

/* An import_standard: context is a struct look. */
const struct standard *look_standard(const char *county, const char *period, void *context);

enum import_format import_format_of(const struct import_job *job);

#endif
