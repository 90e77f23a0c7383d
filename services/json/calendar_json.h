/* SPDX-License-Identifier: Apache-2.0 */
/* A year's calendar as a document:
 *
 *	{ "region": "45",
 *	  "source": "国务院办公厅关于2026年部分节假日安排的通知(国办发明电〔2025〕7号)",
 *	  "holidays": [{ "name": "春节", "from": "2026-02-15", "to": "2026-02-23" }],
 *	  "worked": ["2026-02-14", "2026-02-28"],
 *	  "terms": { "first": { "begin": "2026-09-01", "end": "2027-01-31" },
 *	             "second": { "begin": "2027-03-01", "end": "2027-07-15" }, "default": true } }
 *
 * region: a province, or "" for the country; it says where the document goes, and is not kept in
 * it. source is needed; so are, of the country, holidays: with them a year is known. A holiday
 * without `to` is one day. terms are of the school year that starts in the year; `default` marks
 * those that are nobody's decision, for provinces to replace.
 *
 * A province's document is laid over the country's: a day that it names is as it says, its terms
 * take the place of the country's, and whatever it leaves out is the country's.
 *
 * The reader is one of documents.h: all mistakes at once, by pointer. Beside the usual codes:
 * outside_year, a day of another year (of terms: before 1 August of the year, or behind 31 July of
 * the next); backwards, an end before its beginning; not_weekend, a swapped day that is Monday to
 * Friday; duplicate_key, a second entry for a day; overlaps, a second term that begins before the
 * first has ended. */
#ifndef JSON_CALENDAR_JSON_H
#define JSON_CALENDAR_JSON_H

#include "base/buf.h"
#include "base/problems.h"
#include "domain/calendar.h"
#include "domain/school.h"

#define CALENDAR_BYTES        (32u << 10) /* of a document */
#define CALENDAR_HOLIDAYS_MAX 60
#define CALENDAR_WORKED_MAX   60
#define CALENDAR_NAME_CHARS   40
#define CALENDAR_SOURCE_CHARS 300

/* default_region: of a document that names none. ret_region gets its region, which may be beyond
 * whoever sent it, and *ret_text the document again, compact, without it. */
enum err json_read_calendar(const char *body, size_t len, int year, const char *default_region,
			    char ret_region[COUNTY_CODE], struct buf *ret_text,
			    struct problems *problems, struct err_info *info) MUST_CHECK;

/* Lays a stored document over what is there of its year; known: it is the country's, of which the
 * year is known. ERR_DB when it is none. */
enum err json_lay_calendar(const char *document, int year, bool known, struct calendar_year *io,
			   struct err_info *info) MUST_CHECK;

/* The members "days" and "terms" of what the country's document and a province's (either may be
 * NULL) make together, each with the region that it is of: what is no weekend's or weekday's
 * ordinary day, in order. ERR_DB when one is no document. */
enum err json_write_calendar(const char *country, const char *province, const char *region,
			     int year, struct buf *out, struct err_info *info) MUST_CHECK;

#endif
