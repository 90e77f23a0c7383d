/* SPDX-License-Identifier: Apache-2.0 */
/* A county's plan from a filled template: sheets that are known by their headings.
 *
 *	项目, 2027年, 2028年 …    a row an item, its target under each year: a figure, or 达标
 *	                          (met); the row 认定年度 has 是 under the year of recognition
 *	年度, 任务, 责任部门,     a row a task; its items are separated by blanks, ; or ,
 *	责任人, 涉及项目
 *	保障措施                  a row a safeguard
 *
 * Above its headings a sheet may say whose it is, as the template does: 县代码 340207. */
#ifndef JSON_PLAN_XLSX_H
#define JSON_PLAN_XLSX_H

#include "base/buf.h"
#include "base/problems.h"
#include "json/plan_places.h"

#define PLAN_RECOGNITION "认定年度"
#define PLAN_COUNTY      "县代码"

/* *ret_document is what json_read_plan() takes. ERR_INVALID with problems, by cell: cells that
 * cannot be read, a heading that names a year in other words (unknown_column), a sheet of another
 * county than this one (other_county), no sheet that is known, and a visible one of which only some
 * headings are (no_form): for a plan is replaced as a whole, and what is passed over would be gone;
 * errors of workbook_open(). */
enum err plan_xlsx_read(const char *bytes, size_t len, const char *county, struct buf *ret_document,
			struct plan_places **ret_places, struct problems *problems,
			struct err_info *info) MUST_CHECK;

#endif
