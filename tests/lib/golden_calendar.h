/* SPDX-License-Identifier: Apache-2.0 */
/* The calendars that ship, for cases that count by them. */
#ifndef TESTS_GOLDEN_CALENDAR_H
#define TESTS_GOLDEN_CALENDAR_H

#include <jansson.h>
#include <stdlib.h>

#include "domain/calendar.h"
#include "lib/check.h"
#include "json/calendar_json.h"

/* Lays a year's; fails where it cannot be read. */
static inline void golden_calendar(int year, struct calendar *io)
{
	struct err_info info = { .text = "" };
	char path[64];
	json_error_t error;
	json_t *doc;
	char *text;

	snprintf(path, sizeof(path), "sql/calendars/%d.json", year);
	doc = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(doc);
	text = json_dumps(doc, 0);
	assert_non_null(text);
	assert_int_equal(
		json_lay_calendar(text, year, true, &io->years[year - DAY_FIRST_YEAR], &info),
		ERR_OK);
	free(text);
	json_decref(doc);
}

#endif
