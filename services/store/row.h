/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a row of a result, column after column, in the order of the statement's
 * list. A value of the wrong type, a NULL where none may be or a text that is too
 * long spoils the row: readers go on, and row_end() tells. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct row {
	const PGresult *result;
	int row;
	int column; /* the next one */
	int bad;    /* first column that could not be read, 1…; 0: none */
};

struct row row_at(const PGresult *result, int row);
bool row_is_null(const struct row *r); /* of the next column */
void row_skip(struct row *r, int columns);

void row_text(struct row *r, char *out, size_t size);
void row_text_or(struct row *r, char *out, size_t size, const char *null_text);
int64_t row_int(struct row *r);
int64_t row_int_or(struct row *r, int64_t null_value);
bool row_bool(struct row *r);
double row_double(struct row *r, bool *ret_has);           /* false and 0: NULL */
int64_t row_decimal_or(struct row *r, int64_t null_value); /* numeric(…,2), hundredths */

/* numeric(…,2)[]: returns how many, -1 for NULL. */
int row_decimals(struct row *r, int64_t *out, int max);

/* The borrowed text of the next column, "" for NULL. */
const char *row_borrow(struct row *r);

/* ERR_DB when the row was spoilt, or has other columns than were read. */
enum err row_end(const struct row *r, struct err_info *info) MUST_CHECK;

#endif
