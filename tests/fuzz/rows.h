/* SPDX-License-Identifier: Apache-2.0 */
/* A file of many rows as an import reads it. */
#ifndef TESTS_FUZZ_ROWS_H
#define TESTS_FUZZ_ROWS_H

#include "json/import_rows.h"

/* Reads it whole, and cut into pieces that its own bytes decide: both must tell the same. */
void fuzz_rows(enum import_format format, const char *data, size_t size);

#endif
