/* SPDX-License-Identifier: Apache-2.0 */
/* The self-evaluation report of a county: one page of HTML in Chinese that needs nothing else (no
 * script, no picture or font from elsewhere), made for paper as well. Its figures and tables are
 * the application form's; around them it says what fails and by how much, which schools fall
 * short and of what.
 *
 * Every text that somebody sent goes through html_text(). Nothing in the page is an address:
 * whoever renders it has nothing to fetch. */
#ifndef API_EVALUATION_H
#define API_EVALUATION_H

#include "api/form_model.h"

#define EVALUATION_PERIODS 5 /* this one and those before it */

/* The differences between schools in one school year, as they were judged last. */
struct evaluation_year {
	char period[PERIOD_CODE];
	struct stage_judgement stages[JUDGED_STAGES];
};

struct evaluation {
	const struct form_county *county; /* borrowed, as all of this */
	const struct form *form;
	const struct evaluation_year *years; /* oldest first; the last is this one */
	size_t years_n;
	const char *made_at;
};

/* The whole page. ERR_NOMEM. */
enum err evaluation_write(struct buf *out, const struct evaluation *e) MUST_CHECK;

/* --- its parts ----------------------------------------------------------------------------- */

/* A table of the form. */
void evaluation_table(struct buf *out, const struct form *form, enum form_id id);

/* evaluation_verdict.c: the verdict, what fails and by how much, what is not known. */
void evaluation_verdict(struct buf *out, const struct evaluation *e);

/* evaluation_charts.c: of one stage, as SVG. */
void evaluation_differences_chart(struct buf *out, const struct evaluation *e, int stage);
void evaluation_shares_chart(struct buf *out, const struct evaluation *e, int stage);

/* evaluation_schools.c: those that fall short the most, and of what; those that did not report.
 * ERR_NOMEM. */
enum err evaluation_schools(struct buf *out, const struct evaluation *e, int stage) MUST_CHECK;
void evaluation_missing(struct buf *out, const struct evaluation *e);

/* --- as PDF -------------------------------------------------------------------------------- */

#define PDF_RUNNING_MAX 2  /* at once */
#define PDF_TIMEOUT_S   30 /* for one */

/* Pipes a page through JUNHENG_PDF_COMMAND (weasyprint, or what takes the same arguments), which
 * gets a minimal environment and none of our files. ERR_BUSY while others run, and when stopping;
 * ERR_NOT_INSTALLED when there is no such program; ERR_IO when it fails, says nothing that is a
 * PDF, or takes too long. */
enum err evaluation_to_pdf(struct api *api, const struct buf *html, struct buf *out,
			   struct err_info *info) MUST_CHECK;

#endif
