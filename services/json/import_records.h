/* SPDX-License-Identifier: Apache-2.0 */
/* A file of many rows, taken apart as its bytes come in: lines of NDJSON, or records of CSV
 * (RFC 4180; quoted line breaks). Memory does not grow with the file. A blank line of CSV is no
 * record, but has a number: so a row's is the one that a spreadsheet shows.
 *
 * CSV is UTF-8 or GB18030: what its first RECORDS_PROBE bytes are, a byte order mark or not. */
#ifndef JSON_IMPORT_RECORDS_H
#define JSON_IMPORT_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"

enum import_format { IMPORT_NDJSON, IMPORT_CSV };

#define RECORD_BYTES   (64u << 10) /* longer rows are told as such, without their text */
#define RECORD_CELLS   128         /* empty ones behind them are left out */
#define RECORDS_PROBE  (64u << 10)
#define RECORD_RUNAWAY (1u << 20) /* a row that has no end by then: the file is refused */

struct file_record {
	int64_t row; /* 1 is the first line, or row of the sheet */
	bool too_long;
	size_t n;
	const char *cell[RECORD_CELLS]; /* terminated; of NDJSON there is one */
	size_t len[RECORD_CELLS];
};

/* Anything but ERR_OK ends the reading with it. */
typedef enum err record_fn(const struct file_record *record, void *context, struct err_info *info);

struct records;
enum err records_new(enum import_format format, record_fn *fn, void *context,
		     struct records **ret_records) MUST_CHECK;
void records_free(struct records *r); /* accepts NULL */

/* ERR_MALFORMED when the file cannot be taken apart, or is something else by its first bytes
 * (UTF-16, gzip, a workbook); fn's errors. */
enum err records_feed(struct records *r, const char *data, size_t len,
		      struct err_info *info) MUST_CHECK;
/* The number of the last line, or row of the sheet, that has come: a blank one, too. */
int64_t records_row(const struct records *r);
/* The last record may lack its end of line. */
enum err records_end(struct records *r, struct err_info *info) MUST_CHECK;

static inline void auto_records_release(struct records **r)
{
	records_free(*r);
}
#define auto_records AUTO(auto_records_release)

#endif
