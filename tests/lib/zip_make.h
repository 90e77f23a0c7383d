/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks that no program writes: a zip of parts, in memory. */
#ifndef TESTS_ZIP_MAKE_H
#define TESTS_ZIP_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zip_part {
	const char *name;
	const char *data; /* borrowed for the call */
	size_t len;
	bool stored; /* not packed */
};

/* The caller frees it. NULL when there is no memory. */
char *zip_make(const struct zip_part *parts, size_t n, size_t *ret_len);

/* The parts that every workbook has, apart from its sheets: one sheet, "Sheet1", whose part is
 * xl/worksheets/sheet1.xml, and shared texts in xl/sharedStrings.xml. */
#define ZIP_ROOT_RELS 0
#define ZIP_WORKBOOK  1
#define ZIP_RELS      2
#define ZIP_SHEET     3
#define ZIP_STRINGS   4
#define ZIP_PARTS     5
void zip_plain_parts(struct zip_part out[ZIP_PARTS]);

/* Puts a text in the place of a part's. */
void zip_set(struct zip_part *part, const char *text);

#endif
