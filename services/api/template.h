/* SPDX-License-Identifier: Apache-2.0 */
/* Templates that an office fills in and sends back as an import: their headings are what
 * json/sheet_map.h recognises, so that no template needs a mapping.
 *
 *	row 1      the title          row 2  how to go on
 *	row 3      groups             (school-reports only)
 *	then       headings; they stay on screen
 *	then       the rows, some of them filled in
 *	填报说明   another sheet: how to fill in, in what units, and within which limits */
#ifndef API_TEMPLATE_H
#define API_TEMPLATE_H

#include <xlsxwriter.h>

#include "api/call.h"
#include "domain/standard.h"
#include "store/school_list.h"
#include "json/plan_texts.h"

#define TEMPLATE_SCHOOLS_MAX 10000 /* rows filled in */
#define TEMPLATE_ROWS        300   /* that can be filled in, at least */

struct template_data {
	char county[COUNTY_CODE]; /* a code prefix; "" none */
	char county_name[REGION_NAME];
	char period[PERIOD_CODE];     /* "" none */
	char periods[3][PERIOD_CODE]; /* to choose from: last year's, this one's, the next one's */
	struct school_list schools;
	const struct standard *standard; /* that judges the county in the period; may be NULL */
	struct plan *plan;               /* the county's, of a plan's template; NULL: it has none */
	struct plan_texts plan_texts;
};

/* Formats of a workbook. */
enum template_format {
	TEMPLATE_TITLE,
	TEMPLATE_NOTE,
	TEMPLATE_GROUP,
	TEMPLATE_HEADING,
	TEMPLATE_TEXT,   /* given */
	TEMPLATE_CODE,   /* to fill in: kept as text */
	TEMPLATE_COUNT,  /* to fill in */
	TEMPLATE_AMOUNT, /* to fill in */
	TEMPLATE_NONE,   /* nothing belongs here */
	TEMPLATE_FORMATS
};

struct template_sheet {
	lxw_worksheet *to;
	lxw_format *const *formats;
	const struct template_data *data;
};

typedef lxw_error template_writer(const struct template_sheet *sheet);
lxw_error template_write_schools(const struct template_sheet *s);
lxw_error template_write_county(const struct template_sheet *s);
lxw_error template_write_plan(const struct template_sheet *s);
lxw_error template_write_tasks(const struct template_sheet *s);
lxw_error template_write_safeguards(const struct template_sheet *s);

/* What may stand in a range of cells. */
lxw_error template_only_whole(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
			      lxw_row_t last);
lxw_error template_only_amounts(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
				lxw_row_t last, double max);
/* values end with NULL. */
lxw_error template_only_these(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
			      lxw_row_t last, const char *const *values);
lxw_error template_only_periods(const struct template_sheet *s, lxw_row_t first, lxw_col_t column,
				lxw_row_t last);

/* The title and the line below it, over so many columns. */
lxw_error template_write_title(const struct template_sheet *s, const char *title,
			       lxw_col_t columns);

#endif
