/* SPDX-License-Identifier: Apache-2.0 */
/* The dispersion of one indicator in rationals: where doubles cannot decide.
 *
 *	CV^2 = P sum(P_i X_i^2) / (sum P_i X_i)^2 - 1 = (P S2 - S1^2) / S1^2
 *
 * so a CV meets a limit without any root being taken. Memory is GMP's own: some
 * ten bytes a record. */
#ifndef DOMAIN_RATIONAL_H
#define DOMAIN_RATIONAL_H

#include "domain/dispersion.h"

/* Fills mean, sd, cv, within and both rounded figures of *out. Some record has
 * the value, and not all of them are 0. */
void rational_dispersion(const struct record *records, size_t n, int indicator, int64_t cv_limit,
			 struct dispersion *out);

#endif
