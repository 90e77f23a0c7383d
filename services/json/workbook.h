/* SPDX-License-Identifier: Apache-2.0 */
/* An office workbook (.xlsx: ECMA-376, transitional or strict), read row by row. Memory does not
 * grow with a sheet's rows: besides the packed bytes it is WORKBOOK_STRINGS, and a row.
 *
 * Parts are found by their relationships. Macros, external links and charts are not looked at, and
 * of how cells look only whether a number is shown as a date. Of a formula the result that was
 * saved is read.
 *
 * Every function: ERR_MALFORMED when the bytes are not such a workbook (what they seem to be is
 * told: .xls, one with a password, .ods, .xlsb), when its zip or XML is damaged, and for any
 * DOCTYPE or encryption; ERR_TOO_BIG beyond a limit below, which is named. info->reason is one of
 * not_workbook, old_format, encrypted, damaged, doctype, no_sheet, too_large. */
#ifndef JSON_WORKBOOK_H
#define JSON_WORKBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"

#define WORKBOOK_BYTES     (16u << 20)  /* the packed file, whole in memory */
#define WORKBOOK_PARTS     1000         /* files in the zip */
#define WORKBOOK_UNPACKED  (128u << 20) /* all parts that are read; each counts once */
#define WORKBOOK_STRINGS   (12u << 20)  /* bytes of texts that cells share */
#define WORKBOOK_STRINGS_N (1u << 20)   /* such texts */
#define WORKBOOK_SHEETS    32
#define WORKBOOK_NAME      128         /* bytes of a sheet's name, with its end */
#define WORKBOOK_ROWS      100000      /* the last row with anything in it */
#define WORKBOOK_COLUMNS   256         /* the same of columns: IV */
#define WORKBOOK_TEXT      4096        /* bytes of a cell's text */
#define WORKBOOK_MERGES    20000       /* merged ranges of a sheet */
#define WORKBOOK_DEPTH     32          /* elements within one another */
#define WORKBOOK_TOKEN     (64u << 10) /* bytes of a tag, with its attributes, or of a comment */

enum sheet_cell_kind {
	SHEET_EMPTY,   /* no cell, or one with nothing in it (a text of no bytes too) */
	SHEET_TEXT,    /* nothing is trimmed; the runs of rich text in one */
	SHEET_NUMBER,  /* "6300.5", "-0.3", "1200": plain, of at most 15 significant digits, as the
			* program shows it; beyond 1e30 and below 1e-30 "1e+31" */
	SHEET_BOOL,    /* "TRUE" or "FALSE" */
	SHEET_DATE,    /* a number that is shown as a date or a time: the number, "45901" */
	SHEET_PERCENT, /* a number that is shown as a percentage: the number, "0.85" */
	SHEET_SCALED,  /* a number that is shown a thousand or a million times smaller: "965000" */
	SHEET_ERROR,   /* "#REF!", "#DIV/0!" …, or SHEET_UNCALCULATED */
	SHEET_LONG     /* a text of more than WORKBOOK_TEXT bytes: "" */
};

/* A formula that a program wrote without its result. */
#define SHEET_UNCALCULATED "="

struct sheet_cell {
	enum sheet_cell_kind kind;
	const char *text; /* terminated, UTF-8; "" when empty */
	size_t len;
};

struct sheet_row {
	int64_t row;                   /* 1 is the first */
	size_t n;                      /* up to the last cell that is not empty; at least 1 */
	const struct sheet_cell *cell; /* [i] is column i, 0 is A; gaps are SHEET_EMPTY */
};

/* Borrowed for the call. Anything but ERR_OK ends the reading with it. */
typedef enum err sheet_row_fn(const struct sheet_row *row, void *context, struct err_info *info);

/* Cells that are one to the eye: its value is that of the first. */
struct sheet_range {
	int64_t row, last_row;
	size_t column, last_column;
};

/* For one thread at a time. */
struct workbook;

/* Reads what sheets there are, and the texts that they share. The bytes are borrowed until
 * workbook_free(). */
enum err workbook_open(const char *bytes, size_t len, struct workbook **ret_workbook,
		       struct err_info *info) MUST_CHECK;
void workbook_free(struct workbook *wb); /* accepts NULL */

/* At least one, in the order of their tabs; sheets that are a chart are left out. No two have the
 * same name. */
int workbook_sheets(const struct workbook *wb);
const char *workbook_sheet_name(const struct workbook *wb, int sheet);
bool workbook_sheet_hidden(const struct workbook *wb, int sheet);

/* Calls fn for each row that has anything in it, in order. Can be repeated. */
enum err workbook_read(struct workbook *wb, int sheet, sheet_row_fn *fn, void *context,
		       struct err_info *info) MUST_CHECK;

/* The merged ranges, in the order of the file (it reads the whole sheet: they come last in it).
 * The caller frees *ret_ranges; NULL when there is none. */
enum err workbook_merges(struct workbook *wb, int sheet, struct sheet_range **ret_ranges,
			 size_t *ret_n, struct err_info *info) MUST_CHECK;

#define SHEET_CELL_NAME 32 /* bytes that any cell's name needs, with its end */

/* "F12": row from 1, column from 0. */
void sheet_cell_name(int64_t row, size_t column, char *out, size_t size);

static inline void auto_workbook_release(struct workbook **wb)
{
	workbook_free(*wb);
}
#define auto_workbook AUTO(auto_workbook_release)

#endif
