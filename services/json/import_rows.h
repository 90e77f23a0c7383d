/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of an import: what a record of a file says, read as strictly as a document of its own.
 *
 * NDJSON: { "type": "region" | "school", "code", … }, { "type": "report", "period", "school",
 * "county"?, … } or { "type": "county_report", "period", "county", … }, besides the members of the
 * document. CSV: a header of `school`, `period`, `county`, `primary.students`, `site.music_rooms`
 * (a list with ';', a lone ';' is an empty one), `declared.x` …; each record is a report, and an
 * empty cell is a figure that is missing. */
#ifndef JSON_IMPORT_ROWS_H
#define JSON_IMPORT_ROWS_H

#include "json/documents.h"
#include "json/import_records.h"

enum import_type { IMPORT_REGION, IMPORT_SCHOOL, IMPORT_REPORT, IMPORT_COUNTY_REPORT };

struct import_row {
	int64_t row;
	enum import_type type;
	char code[SCHOOL_CODE];   /* of a region, or a report's school */
	char county[COUNTY_CODE]; /* that a report names, or "" */
	char period[PERIOD_CODE];
	struct region_document region;
	struct school school;
	struct report report;
	struct buf document; /* of a county's own report, compact */
};

/* What a row is about. */
struct import_key {
	enum import_type type;
	char code[SCHOOL_CODE];   /* of the region, the school, or the county */
	char period[PERIOD_CODE]; /* of a report; "" */
};
/* false when the row, which may be wrong in other things, does not say. */
bool import_row_key(const struct import_row *row, struct import_key *out);

/* By what a county's own report is read; NULL when nothing judges it. Borrowed until asked again.
 */
typedef const struct standard *import_standard(const char *county, const char *period,
					       void *context);

struct import_rows;
enum err import_rows_new(enum import_format format, const char *last_period,
			 import_standard *standard, void *context,
			 struct import_rows **ret_rows) MUST_CHECK;
void import_rows_free(struct import_rows *rows); /* accepts NULL */

/* *ret_row is borrowed until the next call; NULL where the record is none (the header, a blank
 * line). ERR_INVALID with problems, each by JSON pointer or, of CSV, by column. ERR_MALFORMED: the
 * header is wrong, with problems, and nothing more can be read. */
enum err import_rows_read(struct import_rows *rows, const struct file_record *record,
			  struct import_row **ret_row, struct problems *problems,
			  struct err_info *info) MUST_CHECK;

/* import_row_key() of the row that was read last, refused or not. */
bool import_rows_key(const struct import_rows *rows, struct import_key *out);

/* A pointer as a column: "/stages/primary/students" is "primary.students". */
void import_column_of(const char *pointer, char *out, size_t size);

#endif
