/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a workbook's cell formats show a number as a date or a time: nothing else of how cells
 * look says what is in them. Internal to this layer: see workbook.h. */
#ifndef JSON_WORKBOOK_STYLES_H
#define JSON_WORKBOOK_STYLES_H

#include "json/workbook_package.h"

#define STYLES_FORMATS 65536 /* cell formats; the office's programs allow 65,490 */
#define STYLES_CODES   1000  /* number formats of the workbook's own that are dates */

struct styles {
	bool *is_date; /* of each cell format */
	size_t n, room;
	int64_t code[STYLES_CODES]; /* ids of the workbook's own number formats that are dates */
	size_t codes;
};

/* ERR_TOO_BIG beyond the limits above. */
enum err styles_read(struct styles *s, struct package *p, int64_t part,
		     struct err_info *info) MUST_CHECK;
void styles_release(struct styles *s);

/* Whether the cell format with this number (a cell's s) shows dates; false for one that is not
 * there.
 */
bool styles_is_date(const struct styles *s, const char *number);

/* A number format (ECMA-376, 18.8.31), its first section: "yyyy\-mm\-dd", "[h]:mm",
 * "m\"月\"d\"日\"". */
bool format_is_date(const char *code);

#endif
