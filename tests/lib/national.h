/* SPDX-License-Identifier: Apache-2.0 */
/* Section 4 of the national standard of 2017, without items, for unit tests that read no
 * files. */
#ifndef TESTS_NATIONAL_H
#define TESTS_NATIONAL_H

#include "domain/standard.h"

/* clang-format off */
static const struct standard national = {
	.id = "national-2017",
	.threshold = {
		{ 4200, 1000, 900, 4500, 7500, 2000000, 2300 },
		{ 5300, 1000, 900, 5800, 10200, 2500000, 2400 },
	},
	.cv_limit = { 500, 450 },
	.indicators_needed = 6,
	.floor_percent = 85,
	.teaching_point_students = 50,
	.weights = {
		{ "312", { 100, 110, 0 } }, { "341", { 0, 100, 120 } }, { "345", { 100, 110, 132 } },
	},
	.weight_rows = 3,
	.reliefs = { true, true, true, true, true },
};
/* clang-format on */

#endif
