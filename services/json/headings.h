/* SPDX-License-Identifier: Apache-2.0 */
/* What the headings of an office's table mean: statistics names (fields.def) and their usual
 * variants, units, stages. Pure text; see sheet_map.h for how a sheet's headings are found. */
#ifndef JSON_HEADINGS_H
#define JSON_HEADINGS_H

#include "json/import_csv.h"

#define HEADING_BYTES 160 /* of one heading, cut there */

enum heading_role {
	HEADING_NONE,
	HEADING_KNOWN,  /* understood, and not read: a name, a number in a row, a remark */
	HEADING_COLUMN, /* a column of schools' reports */
	HEADING_FIELD,  /* of a county's own report: which field a row is … */
	HEADING_VALUE,  /* … its value … */
	HEADING_UNIT    /* … and in what the value is */
};

/* What a value is counted in: the stored unit times ten to the power. */
struct office_unit {
	const char *zh;
	enum unit unit;
	int power; /* 万元: 4; OFFICE_UNIT_STRANGE: of a heading's, nothing is read in it (亩) */
};
#define OFFICE_UNIT_STRANGE (-1)

struct heading {
	enum heading_role role;
	enum column_kind kind; /* HEADING_COLUMN */
	int stage;             /* enum stage; -1: of a stage, which the heading does not name */
	int field;
};

/* NULL when it is no unit that figures are read in. */
const struct office_unit *office_unit_find(const char *text);

/* Takes the unit out of a heading whose signs are narrow, of at most HEADING_BYTES: that in its
 * last brackets, or at its end ("/㎡", "单位:万元"); NULL when there is none. */
const struct office_unit *heading_take_unit(char *text);

/* The heading without blanks, brackets and marks, wide letters as narrow ones; the unit is taken
 * out of it into *ret_unit (NULL when there is none). */
void heading_plain(const char *text, char out[HEADING_BYTES], const struct office_unit **ret_unit);

/* The unit that a text is, in brackets or without; NULL when it is none. */
const struct office_unit *heading_unit(const char *text);

/* What the notes above a table say that its figures are in: "单位:人、平方米、万元". */
#define UNIT_KINDS (UNIT_MONEY + 1)
struct said_units {
	const struct office_unit *unit[UNIT_KINDS]; /* by enum unit; NULL: nothing */
	bool several[UNIT_KINDS];                   /* of different sizes: 元 and 万元 */
};
void heading_units_in(const char *text, struct said_units *said);

/* By a plain heading. */
bool heading_find(const char *plain, struct heading *out);

/* Words that say how something is counted, not what: 计, 合计, 人数, 面积 … */
bool heading_is_neutral(const char *plain);

/* The only stage that a text names, -1 when it names none or several. */
int heading_stage(const char *text);

/* "2025", "2025-2026学年", "2025/26": false when it is no school year. */
bool heading_period(const char *text, char out[PERIOD_CODE]);
/* Adds the school years that a text speaks of ("… 2025—2026学年 …") to n others, each once, up to
 * two: then it is none. Returns how many there are. */
int heading_periods_in(const char *text, char out[2][PERIOD_CODE], int n);

/* Blanks around it and invisible characters gone, wide digits and signs as narrow ones; cut at
 * size. */
void heading_trim(const char *text, char *out, size_t size);

#endif
