/* SPDX-License-Identifier: Apache-2.0 */
/* The standards that ship, for unit tests that read them. Whatever fails, fails the test. */
#ifndef TESTS_STANDARD_FILE_H
#define TESTS_STANDARD_FILE_H

#include "domain/standard.h"

/* A whole file below sql/standards/, as text that the caller frees. */
char *standard_file_read(const char *name);

/* A standard as it judges: "shandong-2024", laid over the national one where it has a base. */
void standard_file_load(const char *name, struct standard *out);

#endif
