/* SPDX-License-Identifier: Apache-2.0 */
/* A data file of cases: { "title", "source", "cases": [ … ] }. */
#ifndef TESTS_GOLDEN_CASES_H
#define TESTS_GOLDEN_CASES_H

#include <jansson.h>

#include "lib/check.h"

/* Runs each case; fails where there is none, or no source. */
static inline void golden_cases(const char *path, void (*run)(json_t *))
{
	json_error_t error;
	json_t *doc = json_load_file(path, JSON_REJECT_DUPLICATES, &error), *one;
	size_t i;

	if (!doc) {
		fprintf(stderr, "%s: line %d: %s\n", path, error.line, error.text);
		fail();
	}
	assert_true(json_is_string(json_object_get(doc, "source")));
	json_array_foreach(json_object_get(doc, "cases"), i, one) run(one);
	assert_true(i > 0);
	json_decref(doc);
}

#endif
