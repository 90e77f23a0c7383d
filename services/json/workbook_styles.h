/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a workbook's cell formats show a number as a date or a time, as a percentage, or scaled
 * down: nothing else of how cells look says what is in them. Internal to this layer: see
 * workbook.h. */
#ifndef JSON_WORKBOOK_STYLES_H
#define JSON_WORKBOOK_STYLES_H

#include "json/workbook_package.h"

#define STYLES_FORMATS 65536 /* cell formats; the office's programs allow 65,490 */
#define STYLES_CODES   1000  /* number formats of the workbook's own that are no plain ones */

enum shown { SHOWN_PLAIN, SHOWN_AS_DATE, SHOWN_AS_PERCENT, SHOWN_SCALED };

struct styles {
	enum shown *shown; /* of each cell format */
	size_t n, room;
	struct {
		int64_t id;
		enum shown shown;
	} code[STYLES_CODES]; /* the workbook's own number formats that are no plain ones */
	size_t codes;
};

/* ERR_TOO_BIG beyond the limits above. */
enum err styles_read(struct styles *s, struct package *p, int64_t part,
		     struct err_info *info) MUST_CHECK;
void styles_release(struct styles *s);

/* What the cell format with this number (a cell's s) shows; SHOWN_PLAIN for one that is not there.
 */
enum shown styles_show(const struct styles *s, const char *number);

/* A number format (ECMA-376, 18.8.31), its first section: "yyyy\-mm\-dd", "[h]:mm",
 * "m\"月\"d\"日\""; "0.0%". Of any section whether it scales: "0\.0,\"万\"". */
enum shown format_shows(const char *code);

#endif
