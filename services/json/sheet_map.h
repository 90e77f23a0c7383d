/* SPDX-License-Identifier: Apache-2.0 */
/* How a sheet of an office is read: where its headings are, and which figure each column holds.
 * By the headings alone, not by position or the sheet's name: titles above, headings of several
 * merged rows, a row of units, stages side by side or a sheet each.
 *
 * Headings are looked for in the first SHEET_SCAN_ROWS rows: those around the row in which most
 * are understood. A column's heading is its lowest text; those above it name the stage (else the
 * sheet's title or name), or complete it ("专任教师" over "体育、艺术"). */
#ifndef JSON_SHEET_MAP_H
#define JSON_SHEET_MAP_H

#include "json/headings.h"
#include "json/workbook.h"

#define SHEET_SCAN_ROWS   40
#define SHEET_HEADER_ROWS 4
#define SHEET_FIRST       3 /* values of a column that are shown */
#define SHEET_FIRST_BYTES 48

enum sheet_form {
	SHEET_FORM_NONE,
	SHEET_FORM_SCHOOLS, /* a row a school, a column a figure */
	SHEET_FORM_COUNTY,  /* a county's own report: a row a figure */
	SHEET_FORMS
};
extern const char *const sheet_form_names[SHEET_FORMS]; /* "", "school-reports", "county-items" */

/* What is wrong with a column. All but unknown have to be settled before it is read. */
enum column_problem {
	COLUMN_FINE,
	COLUMN_UNKNOWN,      /* not understood: it is not read */
	COLUMN_AMBIGUOUS,    /* a figure of a stage, of which stage nobody says */
	COLUMN_DOUBLED,      /* another column is the same figure */
	COLUMN_WRONG_UNIT,   /* in which this figure cannot be counted */
	COLUMN_UNIT_MISSING, /* money: yuan or 万元? Areas: ㎡, or what a title says? */
	COLUMN_AREA_MISSING, /* rooms: how large each one is, or how many there are? */
	COLUMN_PROBLEMS
};
extern const struct column_problem_text {
	const char *code;
	const char *detail; /* zh / en */
} column_problem_texts[COLUMN_PROBLEMS];

struct sheet_column {
	char heading[HEADING_BYTES]; /* as found: "小学 / 在校生数(人)"; "" none */
	enum heading_role role;
	struct column column;           /* HEADING_COLUMN */
	const struct office_unit *unit; /* that the heading names, or a note above; or NULL */
	bool noted;                     /* it is a note's */
	bool chosen;                    /* what it is in is said, by a person or a field's name */
	bool picked;                    /* which field it is a person said, not its heading */
	enum column_problem problem;
	char first[SHEET_FIRST][SHEET_FIRST_BYTES];
};

/* Some 90 KB: never a local. */
struct sheet_map {
	enum sheet_form form;
	int64_t header; /* first and last row of the headings; 0: none were found */
	int64_t last_header;
	int titled;                 /* school years that titles and groups name: 1, 2: several */
	char title[2][PERIOD_CODE]; /* which */
	struct said_units said;     /* by notes above the headings */
	size_t n;
	struct sheet_column at[WORKBOOK_COLUMNS];
};

/* Errors are the workbook's. */
enum err sheet_map_read(struct workbook *wb, int sheet, struct sheet_map *out,
			struct err_info *info) MUST_CHECK;

/* After a column's figure or unit was chosen by a person: form and problems anew. */
void sheet_map_settle(struct sheet_map *map);

/* Whether a column's cells are read. */
bool sheet_column_is_read(const struct sheet_column *column);

/* The place of the first column that is read as kind (of HEADING_COLUMN), or as role; -1. */
int sheet_map_column(const struct sheet_map *map, enum column_kind kind);
int sheet_map_role(const struct sheet_map *map, enum heading_role role);
/* The place of a column that is read, by its name ("primary.students"); -1. */
int sheet_map_named(const struct sheet_map *map, const char *name);
/* Whether there is a column of figures of some stage. */
bool sheet_map_has_figures(const struct sheet_map *map);

/* A column's name in a mapping: "primary.students", "value"; "" when it is not read. */
const char *sheet_column_name(const struct sheet_column *column);

#endif
