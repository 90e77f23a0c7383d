/* SPDX-License-Identifier: Apache-2.0 */
/* The documents that clients send: strict readers, and the writers that give them back.
 *
 * A reader takes bytes (not terminated) and reports every mistake of a document at once,
 * each by JSON pointer: unknown and doubled fields, wrong types, negative or fractional
 * counts, more than two decimals, values not in a list, parts above their whole. It
 * returns ERR_MALFORMED when the bytes are not one JSON object in UTF-8 (info says where),
 * ERR_INVALID when problems->n > 0, and writes *out only on success. */
#ifndef JSON_DOCUMENTS_H
#define JSON_DOCUMENTS_H

#include "base/buf.h"
#include "base/problems.h"
#include "domain/county_report.h"
#include "domain/report.h"
#include "domain/school.h"
#include "domain/standard.h"

#define REGION_NAME_BYTES    121
#define REGION_TARGETS_BYTES 4096

/* { "name", "targets"?, "recognised"? }; targets is any JSON object, kept as compact text,
 * in which a number in the place of a share (json/targets.h) must be one: too_big, negative,
 * too_many_decimals by its pointer; recognised a year, "" without one: whether the region may have
 * it is not decided here. */
struct region_document {
	char name[REGION_NAME_BYTES];
	char targets[REGION_TARGETS_BYTES];
	char recognised[PERIOD_CODE];
};
enum err json_read_region(const char *body, size_t len, struct region_document *out,
			  struct problems *problems, struct err_info *info) MUST_CHECK;

#define PUBLICATION_TITLE_CHARS_MAX 100
#define PUBLICATION_NOTE_CHARS_MAX  1000

/* { "region", "period", "title"?, "note"?, "allow_behind"? }; "" what is left out. */
struct publication_document {
	char region[COUNTY_CODE]; /* 2 or 4 digits */
	char period[PERIOD_CODE];
	char title[4 * PUBLICATION_TITLE_CHARS_MAX + 1];
	char note[4 * PUBLICATION_NOTE_CHARS_MAX + 1];
	bool allow_behind;
};
enum err json_read_publication(const char *body, size_t len, struct publication_document *out,
			       struct problems *problems, struct err_info *info) MUST_CHECK;

/* name, county, kind, locale, sponsor; founded, boarding, dense_centre, closed, parent
 * optional. out->code is not touched: it comes from the path. */
enum err json_read_school(const char *body, size_t len, struct school *out,
			  struct problems *problems, struct err_info *info) MUST_CHECK;

/* { "stages": {…}, "site": {…}, "declared": { name: number, … } }. With kind not NULL, a stage
 * that schools of the kind do not have is not_of_kind. Which names may be declared, a standard
 * says: json_check_declared(). */
enum err json_read_report(const char *body, size_t len, const struct kind *kind, struct report *out,
			  struct problems *problems, struct err_info *info) MUST_CHECK;

/* JSON Merge Patch (RFC 7396): the patch applied to the report as json_write_report writes
 * it, then read as above. */
enum err json_patch_report(const struct report *current, const char *patch, size_t len,
			   const struct kind *kind, struct report *out, struct problems *problems,
			   struct err_info *info) MUST_CHECK;

/* What a report declares, against the fields that the standard has schools report: unknown_field,
 * not_integer, and exceeds_whole where a share of declared figures is not one. ERR_INVALID with
 * problems. */
enum err json_check_declared(const struct report *report, const struct standard *standard,
			     struct problems *problems) MUST_CHECK;

/* --- what a county itself reports ------------------------------------------------------- */

#define COUNTY_REPORT_BYTES (128u << 10) /* of a document */
#define EVIDENCE_CHARS      500

/* { "items": { "G7": { "value": 8123.5 }, "G1": { "confirmed": true, "evidence": "…" },
 *              "Q9": { "subjects": [{ "subject", "level": "III", "difference": 0.12 }] },
 *              "S1": { "groups": { "parents": { "valid", "satisfied" }, … } }, … } }
 *
 * Read by the standard's items: an unknown item or field, a flag that is true without
 * "evidence" (required), a share whose part exceeds its whole (exceeds_whole), satisfied above
 * valid. *ret_text gets the document again, compact, members in the order of the standard's items.
 */
enum err json_read_county_report(const char *body, size_t len, const struct standard *standard,
				 struct county_report *out, struct buf *ret_text,
				 struct problems *problems, struct err_info *info) MUST_CHECK;

/* JSON Merge Patch of the document that is stored. */
enum err json_patch_county_report(const char *current, const char *patch, size_t len,
				  const struct standard *standard, struct county_report *out,
				  struct buf *ret_text, struct problems *problems,
				  struct err_info *info) MUST_CHECK;

/* A stored document, by whatever standard judges it now: what that does not know, or knows
 * otherwise, is left out. ERR_MALFORMED when it is not JSON. (For struct store_readers.) */
enum err json_parse_county_report(const char *text, size_t len, const struct standard *standard,
				  struct county_report *out, struct err_info *info) MUST_CHECK;

/* --- standards ---------------------------------------------------------------------------- */

#define STANDARD_BYTES (128u << 10) /* of a document, and of a resolved one */

/* The member "base" of a document, "" when it has none. ERR_MALFORMED; a base that is no id is
 * ERR_INVALID, naming /base. */
enum err json_standard_base(const char *document, size_t len, char out[STANDARD_ID],
			    struct problems *problems, struct err_info *info) MUST_CHECK;

/* A document laid over the resolved document of its base (RFC 7396; NULL: it has none), checked
 * hard: every name, unit, kind, range and reference, and that a whole set is there. A standard of a
 * region needs a base, and is no weaker than it (standard_is_stricter()). title, source, region,
 * valid_from and valid_to are the document's own and never come from the base. *ret_resolved gets
 * the whole, compact; *out is what it says, without id and version. Every mistake is named by its
 * pointer in the document. */
enum err json_resolve_standard(const char *document, size_t len, const char *base_resolved,
			       struct buf *ret_resolved, struct standard *out,
			       struct problems *problems, struct err_info *info) MUST_CHECK;

/* A resolved document. (For struct store_readers.) */
enum err json_parse_standard(const char *text, size_t len, struct standard *out,
			     struct err_info *info) MUST_CHECK;

/* --- writers ------------------------------------------------------------------------------ */

/* The same documents again: members in the order of domain.md's tables, numbers exact
 * (4.20 is written 4.2), what is missing left out. The members only,
 * without braces, so that a view can put its own before them. */
void json_write_region(const struct region_document *r, struct buf *out);
void json_write_school(const struct school *s, struct buf *out);
void json_write_report(const struct report *r, struct buf *out);

#endif
