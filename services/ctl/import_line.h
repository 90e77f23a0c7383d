/* SPDX-License-Identifier: Apache-2.0 */
/* One line of an import as the request that it stands for:
 *
 *	{"type":"region","code":C,…}                       PUT /v1/regions/C            …
 *	{"type":"standard","id":I,…}                       PUT /v1/standards/I          …
 *	{"type":"school","code":C,…}                       PUT /v1/schools/C            …
 *	{"type":"report","period":P,"school":S,…}          PUT /v1/reports/P/S          …
 *	{"type":"county_report","period":P,"county":C,…}   PUT /v1/county-reports/P/C   …
 *	{"type":"plan","county":C,…}                       PUT /v1/plans/C              …
 *	{"type":"publication",…}                           POST /v1/publications        …
 *
 * The body is the line without the members that the path holds. What is in it is for the
 * service to judge. */
#ifndef CTL_IMPORT_LINE_H
#define CTL_IMPORT_LINE_H

#include <stddef.h>

#include "base/err.h"

/* What must be there before the next may start: regions from the top, standards, schools,
 * their campuses, reports and plans, what is published of them. Lines of one group may be sent in
 * any order.
 */
enum import_group {
	IMPORT_PROVINCE,
	IMPORT_PREFECTURE,
	IMPORT_COUNTY,
	IMPORT_STANDARD,
	IMPORT_SCHOOL,
	IMPORT_CAMPUS,
	IMPORT_REPORT,
	IMPORT_PUBLICATION
};

#define IMPORT_PATH 96

struct import_line {
	enum import_group group;
	const char *method;
	char path[IMPORT_PATH];
	char *body; /* owned by the caller, who frees it */
	size_t len;
};

/* ERR_MALFORMED when it is not one JSON object, ERR_INVALID when its type or a code of the
 * path is missing or wrong. */
enum err import_line_read(const char *text, size_t len, struct import_line *out,
			  struct err_info *info) MUST_CHECK;

#endif
