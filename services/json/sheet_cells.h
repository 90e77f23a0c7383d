/* SPDX-License-Identifier: Apache-2.0 */
/* A cell of a workbook as the text that a cell of CSV would be. Internal to this layer.
 *
 * Blanks around a text and what is invisible in it do not count, and wide digits are digits. What
 * Excel shows as a number but keeps as text is a number. Refused, with what would be right: errors
 * (#REF!), thousands separators, percentages, numbers that are shown scaled down (in 万), dates, be
 * they text or a number that is shown as one ("3-5" becomes that in a spreadsheet), and words where
 * a figure is due (— 无 /). */
#ifndef JSON_SHEET_CELLS_H
#define JSON_SHEET_CELLS_H

#include "json/reader.h"
#include "json/workbook.h"

#define SHEET_TEXT_BYTES (WORKBOOK_TEXT + 8)

/* Nothing but blanks. */
bool sheet_cell_is_empty(const struct sheet_cell *cell);

/* The text, trimmed; false: noted (an error, a text that is too long). */
bool sheet_cell_text(struct reader *r, const struct sheet_cell *cell, char out[SHEET_TEXT_BYTES]);

/* The same with its characters as they are: words of a person. Noted are also dates and
 * percentages, which a cell keeps as other numbers than it shows. */
bool sheet_cell_words(struct reader *r, const struct sheet_cell *cell, char out[SHEET_TEXT_BYTES]);

/* A number as plain digits, times ten to the power (万元: 4), exactly. false: noted. */
bool sheet_cell_number(struct reader *r, const struct sheet_cell *cell, int power,
		       char out[SHEET_TEXT_BYTES]);

/* Areas of rooms: "96;90.5"; also with 、 or ，or a comma or a new line between them, and blanks
 * around it; 0 and 无 are no room: ";". Noted is also a comma that may be of thousands: "1,096". */
bool sheet_cell_rooms(struct reader *r, const struct sheet_cell *cell, char out[SHEET_TEXT_BYTES]);

/* "Sheet1!F12", "'附表 1'!F12": quoted as Excel does where it has to. Column from 0. */
#define SHEET_REFERENCE 160
void sheet_reference(const char *sheet, int64_t row, size_t column, char out[SHEET_REFERENCE]);
/* The same without the row: "Sheet1!F". */
void sheet_reference_column(const char *sheet, size_t column, char out[SHEET_REFERENCE]);

#endif
