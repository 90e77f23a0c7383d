/* SPDX-License-Identifier: Apache-2.0 */
/* The CSV of deploy/sample: comma between fields, no quotes, lines that start
 * with '#' are comments, the first other line must be the expected header. */
#ifndef CTL_SAMPLE_TABLE_H
#define CTL_SAMPLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SAMPLE_FIELDS 24

/* Takes one row, whose fields are borrowed until it returns. false: the row is
 * wrong, or one more than there is room for. */
typedef bool sample_row_fn(void *into, char *const *field);

/* Hands every row of dir/file to take; each has exactly n_fields fields. */
enum err sample_table_read(const char *dir, const char *file, const char *header, size_t n_fields,
			   sample_row_fn *take, void *into, struct err_info *info) MUST_CHECK;

/* "12.345678" in millionths; at most six decimals, not negative, below 10⁹. */
bool sample_micro(const char *text, int64_t *ret_micro);

/* A count, or MISSING for an empty field. */
bool sample_count(const char *text, int64_t *ret_count);

/* Hundredths of a decimal with at most two decimals, or MISSING for an empty field. */
bool sample_hundredths(const char *text, int64_t *ret_hundredths);

#endif
