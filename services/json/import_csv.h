/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of a CSV file, and a record by them. Internal to this layer: see import_rows.h. */
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

/* ERR_INVALID: unknown, doubled and missing columns are noted. */
enum err columns_read(struct reader *r, const struct file_record *header,
		      struct columns *out) MUST_CHECK;

/* Fills code, period, county and report as the cells say; what is wrong with each is noted. */
void columns_report(struct reader *r, const struct columns *columns,
		    const struct file_record *record, struct import_row *out);

#endif
