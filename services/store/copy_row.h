/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in COPY's binary form, which PostgreSQL reads in two thirds of the time that it takes for
 * text. Every function appends to `out` and fails with it (base/buf.h). The columns of a row follow
 * its head in the table's order, and each must have exactly the type that is named here.
 *
 * Source: PostgreSQL's documentation of COPY, "Binary Format"; of the values, that of the types'
 * send and receive functions. */
#ifndef STORE_COPY_ROW_H
#define STORE_COPY_ROW_H

#include <stdint.h>

#include "base/buf.h"
#include "domain/report.h"

void copy_begin(struct buf *out); /* before the first row of a COPY */
void copy_end(struct buf *out);   /* behind its last */

void copy_row(struct buf *out, int columns);
void copy_text(struct buf *out, const char *text); /* text; NULL is NULL */
void copy_bigint(struct buf *out, int64_t value);  /* bigint */
void copy_count(struct buf *out, int64_t count);   /* integer, at most COUNT_MAX; MISSING is NULL */
void copy_decimal(struct buf *out, int64_t hundredths); /* numeric, two decimals; MISSING is NULL */
void copy_rooms(struct buf *out, const struct rooms *rooms); /* numeric[]; a missing list is NULL */

/* Of declared figures their names, text[], and their values, numeric[]; NULL where there are none.
 */
void copy_declared_names(struct buf *out, const struct report *report);
void copy_declared_values(struct buf *out, const struct report *report);

#endif
