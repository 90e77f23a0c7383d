/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of import_xlsx.h share. Internal to this layer. */
#ifndef JSON_IMPORT_XLSX_PARTS_H
#define JSON_IMPORT_XLSX_PARTS_H

#include "json/import_xlsx.h"
#include "json/sheet_cells.h"
#include "json/sheet_map.h"

/* Rows of a county's own report: items × (fields and evidence), groups, subjects. */
#define COUNTY_CELLS_MAX 1200

/* A figure of a county's own report, and its row. */
struct county_cell {
	int64_t row;
	char pointer[POINTER_BYTES]; /* "/items/G7/value" */
};

/* A row of a county's own report, kept until the county and the period are known. */
struct county_line {
	int64_t row;
	char field[3 * DECLARED_NAME];
	char unit[16];
	enum sheet_cell_kind kind;
	char *value; /* owned; NULL when the cell is empty */
};

struct county_lines {
	const struct sheet_map *map;
	int field, value, unit; /* places of columns; unit may be -1 */
	struct county_line *line;
	size_t n;
	bool too_many;
};

bool county_line_is_key(const struct county_line *line); /* county, period */
bool county_line_is_empty(const struct county_line *line);
struct sheet_cell county_line_cell(const struct county_line *line);

struct import_xlsx {
	struct workbook *wb;
	int sheets;
	struct sheet_map *maps[WORKBOOK_SHEETS];
	bool left_out[WORKBOOK_SHEETS]; /* hidden, or by choice */
	char last_period[PERIOD_CODE];
	char period[PERIOD_CODE]; /* of rows that name none: chosen, or of the query; "" */
	bool period_is_chosen;    /* by a person who was shown the mapping */
	import_standard *standard;
	void *context;

	/* While rows are read. */
	import_xlsx_fn *fn;
	void *fn_context;
	struct problems problems;
	struct import_row row;
	bool joins;                  /* rows of several sheets of schools are one */
	bool again;                  /* see import_xlsx_again() */
	int64_t at[WORKBOOK_SHEETS]; /* rows of the sheets that this row comes of; 0: none */
	struct county_report scratch;
	struct county_cell *cells; /* of the county's report; NULL unless it is one */
	size_t cells_n;
	int cells_sheet;
};

/* The period of a sheet's rows that name none, "". */
const char *import_xlsx_period(const struct import_xlsx *x, int sheet);

bool import_xlsx_is_read(const struct import_xlsx *x, int sheet);

/* Applies a person's choices; ERR_INVALID with problems. */
enum err import_xlsx_choose(struct import_xlsx *x, const char *choices, struct problems *problems,
			    struct err_info *info) MUST_CHECK;

static inline int64_t import_xlsx_number(int sheet, int64_t row)
{
	return sheet * (int64_t)IMPORT_SHEET_ROWS + row;
}

/* A cell that may be behind the row's last. */
const struct sheet_cell *sheet_row_cell(const struct sheet_row *row, size_t column);

/* Whether a row of a sheet of schools is none of theirs: headings, column numbers, totals, who has
 * signed it, and rows without a figure. code: the column of codes. */
bool import_xlsx_is_none(const struct sheet_map *map, int code, const struct sheet_row *row);

/* The column 学段, of which stage a row is; -1. */
int import_xlsx_stage_column(const struct sheet_map *map);

/* Notes a figure of a row that is of one stage, when it is of another by the title alone: read as
 * if that column were not there, it would be the wrong stage's. */
void import_xlsx_check_stage(const struct sheet_map *map, int stages, const struct sheet_row *row,
			     struct reader *r);

/* The sheets of schools, and one of a county. */
enum err import_xlsx_schools(struct import_xlsx *x, struct err_info *info) MUST_CHECK;
enum err import_xlsx_county(struct import_xlsx *x, int sheet, struct err_info *info) MUST_CHECK;

/* A row of a county's report is where the reader stands: once a row. */
void import_xlsx_note_cell(struct import_xlsx *x, const struct reader *r, int64_t row);

/* The items of a county's report as a client would have sent them; each row's cell is noted. What
 * is wrong is, too: only ERR_NOMEM is an error. */
enum err import_xlsx_items(struct import_xlsx *x, struct reader *r,
			   const struct county_lines *lines, const struct standard *standard,
			   json_t *items) MUST_CHECK;

/* Nothing of a row yet. */
void import_xlsx_clear(struct import_xlsx *x, struct reader *r);

#endif
