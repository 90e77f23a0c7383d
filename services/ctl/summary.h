/* SPDX-License-Identifier: Apache-2.0 */
/* How the counties of a province or a prefecture stand, as tables on a terminal. */
#ifndef CTL_SUMMARY_H
#define CTL_SUMMARY_H

#include <jansson.h>

/* The answer of getRegionSummary, to standard output. */
void summary_print(const json_t *summary);

#endif
