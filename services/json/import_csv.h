/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of a CSV file, and a record by them; a workbook's are the same. Internal to this
 * layer: see import_rows.h. */
#ifndef JSON_IMPORT_CSV_H
#define JSON_IMPORT_CSV_H

#include "json/import_rows.h"
#include "json/reader.h"

enum column_kind {
	COLUMN_SCHOOL,
	COLUMN_PERIOD,
	COLUMN_COUNTY,
	COLUMN_STAGE,
	COLUMN_SITE,
	COLUMN_ROOMS,
	COLUMN_DECLARED
};

struct column {
	enum column_kind kind;
	int stage;
	int field;
	char name[DECLARED_NAME + 12]; /* as in the header */
};

struct columns {
	size_t n;
	struct column at[RECORD_CELLS];
};

/* A column by its name ("primary.students"), which *out then has, too. */
bool column_find(const char *name, struct column *out);

/* One cell that is not empty, at a reader that has entered it. */
void column_read(struct reader *r, const struct column *column, const char *text,
		 struct import_row *out);

/* Notes a period ("" none) that is after the last one there may be, or before 2000. */
void import_check_period(struct reader *r, const char *period, const char *last_period);

/* ERR_INVALID: unknown, doubled and missing columns are noted. */
enum err columns_read(struct reader *r, const struct file_record *header,
		      struct columns *out) MUST_CHECK;

/* Fills code, period, county and report as the cells say; what is wrong with each is noted. */
void columns_report(struct reader *r, const struct columns *columns,
		    const struct file_record *record, struct import_row *out);

#endif
