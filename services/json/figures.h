/* SPDX-License-Identifier: Apache-2.0 */
/* Where a figure is, what it is called and in what it is counted, as whoever explains a judgement
 * tells it. */
#ifndef JSON_FIGURES_H
#define JSON_FIGURES_H

#include "base/buf.h"
#include "domain/explain.h"
#include "domain/standard.h"

/* "/items/G11/moved", "/stages/primary/teachers" (stage -1: * for both together),
 * "/site/public_funds", "/declared/fitness": where the county's report, or a school's, has the
 * figure. */
void term_pointer(struct buf *out, const struct standard *standard, int stage,
		  const struct term *term);

/* In what a term's figure is counted: "persons", "rooms", "classes", "m2", "yuan", "number". */
const char *term_unit(const struct standard *standard, const struct term *term);

/* The name of its field: "moved", "teachers". */
const char *term_name(const struct standard *standard, const struct term *term);

/* The statistics name of a term's figure. */
const char *term_zh(const struct standard *standard, const struct term *term);

/* The same of the figure that an indicator grows by: "/stages/primary/teachers_backbone";
 * "teachers", "rooms", "m2", "yuan". */
void figure_pointer(struct buf *out, const struct figure_ref *f);
const char *figure_unit(const struct figure_ref *f);

#endif
