/* SPDX-License-Identifier: Apache-2.0 */
/* An office workbook as an import, and as a plan. */
#ifndef TESTS_FUZZ_BOOK_H
#define TESTS_FUZZ_BOOK_H

#include <stddef.h>

/* Whatever its cells say: what is recognised can be told, a row is right or has mistakes, and each
 * of them has a cell. */
void fuzz_book(const char *bytes, size_t len);

#endif
