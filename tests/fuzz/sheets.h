/* SPDX-License-Identifier: Apache-2.0 */
/* An office workbook as an import reads it. */
#ifndef TESTS_FUZZ_SHEETS_H
#define TESTS_FUZZ_SHEETS_H

#include <stddef.h>

/* Opens it and reads every sheet, twice: both must tell the same. */
void fuzz_workbook(const char *bytes, size_t len);

#endif
