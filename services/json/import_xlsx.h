/* SPDX-License-Identifier: Apache-2.0 */
/* An office workbook as an import: filled templates, and tables of statistics whose headings are
 * the statistics' names (sheet_map.h). What it means is known before a row of it is read, and can
 * be corrected by a person; then its rows are the same struct import_row as a CSV file's.
 *
 * A sheet a school a row: rows of blank cells, totals, column numbers, notes and who has signed it
 * are left out, and so are schools without any figure. A total has no code, or 合计 in its place,
 * and a cell before its figures that ends in that word (全县合计, 小计 …). When sheets hold
 * different stages' figures of the same schools, their rows of one school and period are one
 * report. A county's own report: a sheet of rows (字段, 填报值), which is one document; left out
 * when it has no value but the county and the period.
 *
 * A row's number is that of its sheet, plus IMPORT_SHEET_ROWS for each sheet before it. */
#ifndef JSON_IMPORT_XLSX_H
#define JSON_IMPORT_XLSX_H

#include "json/import_rows.h"
#include "json/workbook.h"

#define IMPORT_SHEET_ROWS    1000000
#define IMPORT_JOINED_MAX    5000 /* schools whose rows are on several sheets */
#define IMPORT_CHOICES_BYTES (32u << 10)

struct import_xlsx_options {
	const char *last_period;
	const char *period;  /* of rows that name none; "" */
	const char *choices; /* a person's corrections, below; "" */
	import_standard *standard;
	void *context;
};

struct import_xlsx;

/* The bytes are borrowed until it is freed. Choices are
 *
 *	{ "period"?: "2025",
 *	  "sheets"?: { "Sheet1": { "columns": { "F": "primary.students", "G": null,
 *	               "H": { "field": "site.equipment_value", "unit": "万元" } } },
 *	               "Sheet2": null } }
 *
 * null: it is not read. ERR_INVALID with problems, by JSON pointer: choices that do not fit the
 * workbook. Else the workbook's errors. */
enum err import_xlsx_open(const char *bytes, size_t len, const struct import_xlsx_options *options,
			  struct import_xlsx **ret_xlsx, struct problems *problems,
			  struct err_info *info) MUST_CHECK;
void import_xlsx_free(struct import_xlsx *x); /* accepts NULL */

/* Whether all that is needed was recognised without doubt, or chosen. Else *problems says what is
 * to be settled, by where the choice would be made ("/sheets/Sheet1/columns/F"); or by cell
 * ("Sheet1!F3"), when ret_numbers is not NULL, which are the numbers of their rows then. */
bool import_xlsx_is_settled(const struct import_xlsx *x, struct problems *problems,
			    int64_t ret_numbers[PROBLEMS_MAX]);

/* The most columns that one of its sheets has. */
size_t import_xlsx_columns(const struct import_xlsx *x);

/* What was recognised: a JSON object. */
void import_xlsx_write_mapping(const struct import_xlsx *x, struct buf *out);

/* row is NULL when *problems says why it is refused. Anything but ERR_OK ends the reading. */
typedef enum err import_xlsx_fn(int64_t number, struct import_row *row, struct problems *problems,
				void *context, struct err_info *info);
enum err import_xlsx_read(struct import_xlsx *x, import_xlsx_fn *fn, void *context,
			  struct err_info *info) MUST_CHECK;

/* Inside of fn: makes the pointer of each problem of the row a cell, and tells the row of it. */
void import_xlsx_name_cells(const struct import_xlsx *x, struct problems *problems,
			    int64_t ret_numbers[PROBLEMS_MAX]);

/* Inside of fn: import_row_key() of the row, refused or not. false also where rows of several
 * sheets are one, whose doubles are told already. */
bool import_xlsx_key(const struct import_xlsx *x, struct import_key *out);

/* Inside of fn: whether it is one more mistake of a row that was told before. */
bool import_xlsx_again(const struct import_xlsx *x);

/* Inside of fn: the numbers of the rows of other sheets that this row is made of; how many. */
size_t import_xlsx_others(const struct import_xlsx *x, int64_t number,
			  int64_t ret_numbers[WORKBOOK_SHEETS]);

/* Where a mistake that is found later, by a row's number and a pointer, has its cell: what stands
 * before the row ("Sheet1!B"). */
typedef enum err import_xlsx_place(int sheet, const char *pointer, const char *cell, void *context,
				   struct err_info *info);
enum err import_xlsx_places(const struct import_xlsx *x, import_xlsx_place *fn, void *context,
			    struct err_info *info) MUST_CHECK;

/* The rows of all sheets as they stand, with their numbers, up to the last one that is wanted. */
typedef enum err import_xlsx_line(int64_t number, const struct sheet_row *row, void *context,
				  struct err_info *info);
enum err import_xlsx_lines(struct import_xlsx *x, import_xlsx_line *fn, void *context,
			   struct err_info *info) MUST_CHECK;

static inline void auto_import_xlsx_release(struct import_xlsx **x)
{
	import_xlsx_free(*x);
}
#define auto_import_xlsx AUTO(auto_import_xlsx_release)

#endif
