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

/* A thin border all around, and where the text stands in it. */
void xlsx_set_border(lxw_format *f, uint8_t align);

#endif
