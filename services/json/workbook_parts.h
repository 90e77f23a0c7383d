/* SPDX-License-Identifier: Apache-2.0 */
/* An open workbook. Internal to this layer: see workbook.h. */
#ifndef JSON_WORKBOOK_PARTS_H
#define JSON_WORKBOOK_PARTS_H

#include "json/workbook_package.h"
#include "json/workbook_strings.h"
#include "json/workbook_styles.h"

#define RELATION_ID 128 /* bytes of a relationship's id, with its end */

struct workbook_sheet {
	char name[WORKBOOK_NAME];
	char relation[RELATION_ID];
	bool hidden;
	int64_t part; /* of the package, or -1 */
};

struct workbook {
	struct package *package;
	int sheets;
	struct workbook_sheet sheet[WORKBOOK_SHEETS];
	int64_t strings_part; /* or -1 */
	struct strings strings;
	int64_t styles_part; /* or -1 */
	struct styles styles;
};

#endif
