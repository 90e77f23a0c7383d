/* SPDX-License-Identifier: Apache-2.0 */
/* A workbook on its way to a client. The library writes files only, so it goes through a temporary
 * one; rows go there as they are written, and memory stays small. */
#ifndef API_XLSX_FILE_H
#define API_XLSX_FILE_H

#include <xlsxwriter.h>

#include "base/buf.h"

/* Writes a workbook to path. */
typedef lxw_error xlsx_writer(const char *path, const void *context);

/* ERR_IO, ERR_NOMEM. */
enum err xlsx_write(xlsx_writer *writer, const void *context, struct buf *out,
		    struct err_info *info) MUST_CHECK;

/* A text, whatever is in it: one that begins with = is no formula, and "_x000D_" stays those seven
 * characters, which a program that opens the workbook would else take for the one that they stand
 * for there (ECMA-376, 22.9.2.19 ST_Xstring). What no cell holds is cut. */
lxw_error xlsx_text(lxw_worksheet *to, lxw_row_t row, lxw_col_t column, const char *text,
		    lxw_format *format);

/* The same over several cells. */
lxw_error xlsx_text_over(lxw_worksheet *to, lxw_row_t first_row, lxw_col_t first_column,
			 lxw_row_t last_row, lxw_col_t last_column, const char *text,
			 lxw_format *format);

/* A thin border all around, and where the text stands in it. */
void xlsx_set_border(lxw_format *f, uint8_t align);

#endif
