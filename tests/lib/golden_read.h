/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the counties and standards of the golden cases (tests/golden/README.md).
 * A county's schools are written as on the wire, with defaults for what a case
 * does not care about; whatever is unknown or of the wrong type fails, so that a
 * mistyped field cannot make a test pass. Errors are told on stderr. */
#ifndef TESTS_GOLDEN_READ_H
#define TESTS_GOLDEN_READ_H

#include <jansson.h>

#include "domain/judge.h"

#define GOLDEN_STANDARD "sql/standards/national-2017.json"

/* A borrowed-nothing county: golden_free() it. Schools are sorted by code. */
struct golden_county {
	struct county_facts facts;
	struct record *records; /* room for the judgement */
	size_t cap;
};

/* From { "standard"?: {overrides}, "schools"?: […], "county"?: {items}, "previous"?: {items} }.
 * base is the standard's document. Its items are kept where the case reports some or expects
 * something of them ("expect": { "items" }); else the standard has none. False on failure;
 * then there is nothing to free. */
bool golden_read(const json_t *doc, const json_t *base, struct standard *ret_standard,
		 struct golden_county *out) MUST_CHECK;

void golden_free(struct golden_county *c);

#endif
