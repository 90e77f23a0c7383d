/* SPDX-License-Identifier: Apache-2.0 */
/* A county's plan (创建规划表) as a document:
 *
 *	{ "recognition_year": "2030",
 *	  "milestones": [{ "item": "R2.primary.cv", "year": "2028", "target": 0.48 },
 *	                 { "item": "G1", "year": "2027", "target": "met" }],
 *	  "tasks": [{ "year": "2027", "text": "…", "department": "…", "responsible": "…",
 *	              "items": ["G1"] }],
 *	  "safeguards": ["…"] }
 *
 * Every member may be left out; of a task, year and text are needed. Items are those that can be
 * planned under the standard, and targets in their units and bounds: domain/plan.h. Readers are
 * those of documents.h: all mistakes at once, by pointer. Beside the usual codes: unknown_item;
 * too_early and too_late, years outside of first_year … the recognition year (first_year +
 * PLAN_YEARS where that is not said); duplicate_key, a milestone for an item and year that have
 * one, an item twice in a task. */
#ifndef JSON_PLAN_JSON_H
#define JSON_PLAN_JSON_H

#include "base/buf.h"
#include "base/problems.h"
#include "domain/plan.h"

#define PLAN_BYTES          (128u << 10) /* of a document */
#define PLAN_TASKS_MAX      200
#define PLAN_TASK_ITEMS_MAX 20
#define PLAN_SAFEGUARDS_MAX 50
#define PLAN_TEXT_CHARS     500 /* of a task and of a safeguard */
#define PLAN_NAME_CHARS     60  /* of a department and of who is responsible */

/* first_year: the earliest that a year may be, usually the one in which the plan was first made.
 * *ret_text gets the document again, compact: milestones by item (in the standard's order) and
 * year, lists that were left out empty. */
enum err json_read_plan(const char *body, size_t len, const struct standard *standard,
			int first_year, struct plan *out, struct buf *ret_text,
			struct problems *problems, struct err_info *info) MUST_CHECK;

/* JSON Merge Patch (RFC 7396) of the document that is stored: a list is replaced as a whole. */
enum err json_patch_plan(const char *current, const char *patch, size_t len,
			 const struct standard *standard, int first_year, struct plan *out,
			 struct buf *ret_text, struct problems *problems,
			 struct err_info *info) MUST_CHECK;

/* A stored document, by whatever standard judges the county now: milestones that it does not know,
 * or knows otherwise, are left out. ERR_MALFORMED when it is not JSON. */
enum err json_parse_plan(const char *text, size_t len, const struct standard *standard,
			 struct plan *out, struct err_info *info) MUST_CHECK;

/* Where the standard's own items stand in a status (its items, as json/items.h writes them):
 * out[0 … standard->items_n). What is not there is no_data. */
void json_plan_latest(const char *items, const struct standard *standard, struct plan_latest *out);

/* A point of a derived line. */
struct plan_derived {
	const char *item;
	struct plan_point point;
};

/* The members of a stored document, without braces, with derived points behind the milestones that
 * were given: { …, "derived": true }. ERR_DB when it is not JSON. */
enum err json_write_plan(const char *document, const struct plan_derived *derived, size_t n,
			 struct buf *out, struct err_info *info) MUST_CHECK;

#endif
