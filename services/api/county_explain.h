/* SPDX-License-Identifier: Apache-2.0 */
/* The explanation of one item: what its views share. */
#ifndef API_COUNTY_EXPLAIN_H
#define API_COUNTY_EXPLAIN_H

#include "base/buf.h"
#include "base/err.h"
#include "domain/explain.h"

struct explanation {
	struct county_facts facts;
	const struct standard *standard;
	struct explain_item item;
	struct merge_index index;
	struct county_judgement judgement;
	struct record *records; /* of the item's stage: borrowed from all */
	size_t n;
	size_t limit;           /* records or schools that are listed at most */
	const char *own_report; /* of an item of the standard: the county's own document, as it is
				   stored, or NULL */
};

/* Everything of the answer from "status" on, without braces. ERR_NOMEM. */
enum err explain_write_item(struct buf *out, const struct explanation *x) MUST_CHECK;
enum err explain_write_cv(struct buf *out, const struct explanation *x) MUST_CHECK;
enum err explain_write_schools(struct buf *out, const struct explanation *x) MUST_CHECK;

/* A threshold or limit of the standard, and a percentage of it. */
void explain_write_limit(struct buf *out, const char *name, int64_t thousandths, int percent);

/* "rule": … up to its open end: the text, where it stands, how it is judged. */
void explain_rule_begin(struct buf *out, const struct explanation *x, const char *text);

/* A JSON pointer to a figure of a report, quoted. */
void explain_write_figure(struct buf *out, const struct figure_ref *f);

/* [pointers]: what a record was not told for an indicator. */
void explain_write_missing_figures(struct buf *out, const struct explanation *x,
				   const struct record *r, int indicator);

/* "missing": the schools of the stage that have not reported; and, of one indicator, the
 * records that lack a figure (indicator -1: none of these). */
void explain_write_missing(struct buf *out, const struct explanation *x, int indicator);

/* How many schools of the item's stage have not reported. */
size_t explain_count_missing(const struct explanation *x);

#endif
