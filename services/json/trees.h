/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that were parsed already: the readers of documents.h behind their loading. Internal to
 * this layer. Each notes what is wrong, answers ERR_INVALID then, and sets *out only on success. */
#ifndef JSON_TREES_H
#define JSON_TREES_H

#include "json/calendar_json.h"
#include "json/documents.h"
#include "json/plan_json.h"
#include "json/reader.h"

enum err region_from_tree(struct reader *r, json_t *root, struct region_document *out) MUST_CHECK;
enum err school_from_tree(struct reader *r, json_t *root, struct school *out) MUST_CHECK;
enum err report_from_tree(struct reader *r, json_t *root, const struct kind *kind,
			  struct report *out) MUST_CHECK;
enum err county_report_from_tree(struct reader *r, json_t *root, const struct standard *s,
				 struct county_report *out, struct buf *ret_text) MUST_CHECK;

enum err plan_from_tree(struct reader *r, json_t *root, const struct standard *s, int first_year,
			struct plan *out, struct buf *ret_text) MUST_CHECK;

/* A stored calendar: what it says, added to *out, and its tree, which the caller owns. ERR_DB when
 * it is none. */
enum err calendar_from_text(const char *document, int year, json_t **ret_root,
			    struct calendar_year *out, struct err_info *info) MUST_CHECK;

/* What a report that came in another way still has to obey: no part exceeds its whole. */
void report_check_parts(struct reader *r, const struct report *report);

/* Ordered by name; there is room. */
void report_add_declared(struct report *out, const char *name, int64_t hundredths);

#endif
