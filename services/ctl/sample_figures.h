/* SPDX-License-Identifier: Apache-2.0 */
/* The figures that a school of the sample province reports. */
#ifndef CTL_SAMPLE_FIGURES_H
#define CTL_SAMPLE_FIGURES_H

#include <stdbool.h>

#include "ctl/sample_plan.h"

/* Fills *out with the report of c->schools[at] for a year; false (and *out not
 * to be used) when the school does not report in that year. Every part is within
 * its whole, so the API accepts it. */
bool sample_report_make(const struct sample_county *c, size_t at, int year, struct report *out);

/* The two figures that the province's own standard has schools report. */
void sample_declare(struct report *r, int64_t fitness_tested, int64_t fitness_passed);

#endif
