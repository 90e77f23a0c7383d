/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks as tests read them. Whatever is not as wanted fails the test. */
#ifndef TESTS_WORKBOOK_CHECK_H
#define TESTS_WORKBOOK_CHECK_H

#include "base/buf.h"
#include "lib/zip_make.h"
#include "json/workbook.h"

#define SHEET "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
#define SST   "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
#define BOOK                                                                           \
	"<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' " \
	"xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>"
#define RELS "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
#define TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

/* A row as a line in the buf that is the context: "2:.|t 安徽|n 6300.5", an empty cell, a text, a
 * number; b TRUE, e #REF!, L for one that is too long. */
enum err note_row(const struct sheet_row *row, void *context, struct err_info *info);

/* Opens and reads the first sheet that way. */
enum err read_bytes(const char *bytes, size_t len, struct buf *out, struct err_info *info);
enum err read_parts(const struct zip_part *parts, size_t n, struct buf *out, struct err_info *info);

/* A workbook like any other, but for one part. */
enum err read_with(int part, const char *text, struct buf *out, struct err_info *info);

void assert_rows(int part, const char *text, const char *wanted);
void assert_refused(int part, const char *text, enum err wanted, const char *reason,
		    const char *words);

/* The reason is for programs, the words are for people: both are there. */
void assert_says(enum err e, const struct err_info *info, enum err wanted, const char *reason,
		 const char *words);

/* The text again and again, between a head and a tail. out is new. */
void repeat(struct buf *out, const char *head, const char *text, size_t n, const char *tail);

#endif
