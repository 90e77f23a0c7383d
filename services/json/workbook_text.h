/* SPDX-License-Identifier: Apache-2.0 */
/* What the texts in a workbook's XML stand for. Internal to this layer: see workbook.h. */
#ifndef JSON_WORKBOOK_TEXT_H
#define JSON_WORKBOOK_TEXT_H

#include "json/workbook.h"

/* What XML cannot hold is written _x000D_ (ECMA-376, 22.9.2.19 ST_Xstring): put back, in place.
 * Of a zero or half a surrogate pair the text stays. Returns the new length; terminates. */
size_t text_unescape(char *text, size_t len);

/* A number as the sheet holds it ("6300.4999999999999", "1.2E+3") as SHEET_NUMBER tells it. false
 * when it is none. */
#define NUMBER_TEXT 64
bool number_text(const char *text, char out[NUMBER_TEXT]) MUST_CHECK;

/* "F12", no less and no more, up to XFD1048576. false for anything else. */
bool cell_place(const char *name, size_t len, int64_t *ret_row, size_t *ret_column) MUST_CHECK;

/* The largest that the format knows. */
#define SHEET_LAST_ROW    1048576
#define SHEET_LAST_COLUMN 16384

#endif
