/* SPDX-License-Identifier: Apache-2.0 */
/* How an import is told. */
#ifndef API_IMPORT_VIEW_H
#define API_IMPORT_VIEW_H

#include "api/call.h"
#include "store/imports.h"

#define IMPORT_ERRORS_SHOWN 1000

/* The job of the path, when the key may see it: ERR_NOT_FOUND. */
enum err import_load(struct call *c, struct import_job *out) MUST_CHECK;

bool import_has_ended(const struct import_job *job);

/* What it is and what became of its rows: members of an object, with its first brace only. */
void import_write_head(const struct import_job *job, struct buf *out);

/* All of it, with the first errors, as the answer. mapping: of a workbook, as JSON; NULL none. */
enum err import_write(struct call *c, const struct import_job *job, const char *mapping) MUST_CHECK;

/* The row of its file, or of its sheet, that a number is. */
int64_t import_row_of(const struct import_job *job, int64_t number);

#define IMPORT_PLACE 96
/* Where a mistake is: a JSON pointer, a column of CSV, a cell of a workbook. */
void import_place_of(const struct import_job *job, const struct import_error *error,
		     char out[IMPORT_PLACE]);

/* Content-Digest (RFC 9530): sha-256=:…:, of the bytes as they are sent, which out is. What else it
 * names is not known here, and as if it were not there. ERR_INVALID: they are others;
 * ERR_PARAMETER: it is no such digest. */
enum err import_check_digest(struct call *c, bool required,
			     unsigned char out[IMPORT_SHA256]) MUST_CHECK;

/* "csv" for text/csv …; NULL for what cannot be imported. */
const char *import_format_named(const char *content_type);

#endif
