/* SPDX-License-Identifier: Apache-2.0 */
/* Schools and reports to and from columns. The order of a school's columns is that of
 * sql/queries/org.sql, of a report's that of domain/fields.def. */
#ifndef STORE_COLUMNS_H
#define STORE_COLUMNS_H

#include "base/buf.h"
#include "domain/report.h"
#include "domain/school.h"
#include "store/param.h"
#include "store/row.h"

/* code, county, parent, name, kind, locale, sponsor, founded, boarding, dense_centre, closed */
#define SCHOOL_COLUMNS 11
void school_params(struct params *p, const struct school *school);
void school_columns(struct row *r, struct school *out);

/* Thirteen figures of primary and junior, students of senior, nine of the site, two lists; names
 * and values of what was declared. */
#define REPORT_COLUMNS (2 * STAGE_FIELD_COUNT + 1 + SITE_FIELD_COUNT + ROOM_LIST_COUNT + 2)

/* The literals of lists: kept until the parameters were used. */
struct report_arrays {
	struct array list[ROOM_LIST_COUNT + 2];
};

static inline void auto_report_arrays_release(struct report_arrays *a)
{
	for (int i = 0; i < ROOM_LIST_COUNT + 2; i++)
		array_release(&a->list[i]);
}
#define auto_report_arrays AUTO(auto_report_arrays_release)

enum err report_params(struct params *p, const struct report *report, struct report_arrays *arrays,
		       struct err_info *info) MUST_CHECK;
void report_columns(struct row *r, struct report *out);

/* The same columns, in COPY's binary form. */
void report_copy(struct buf *out, const struct report *report);

#endif
