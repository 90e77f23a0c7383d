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
#include "domain/report.h"
#include "domain/school.h"

#define REGION_NAME_BYTES    121
#define REGION_TARGETS_BYTES 4096

/* { "name", "targets"? }; targets is any JSON object, kept as compact text. */
struct region_document {
	char name[REGION_NAME_BYTES];
	char targets[REGION_TARGETS_BYTES];
};
enum err json_read_region(const char *body, size_t len, struct region_document *out,
			  struct problems *problems, struct err_info *info) MUST_CHECK;

/* name, county, kind, locale, sponsor; founded, boarding, dense_centre, closed, parent
 * optional. out->code is not touched: it comes from the path. */
enum err json_read_school(const char *body, size_t len, struct school *out,
			  struct problems *problems, struct err_info *info) MUST_CHECK;

/* { "stages": {…}, "site": {…} }. With kind not NULL, a stage that schools of the kind do
 * not have is not_of_kind. */
enum err json_read_report(const char *body, size_t len, const struct kind *kind, struct report *out,
			  struct problems *problems, struct err_info *info) MUST_CHECK;

/* JSON Merge Patch (RFC 7396): the patch applied to the report as json_write_report writes
 * it, then read as above. */
enum err json_patch_report(const struct report *current, const char *patch, size_t len,
			   const struct kind *kind, struct report *out, struct problems *problems,
			   struct err_info *info) MUST_CHECK;

/* The same documents again: members in the order of domain.md's tables, numbers exact
 * (4.20 is written 4.2), what is missing left out. The members only,
 * without braces, so that a view can put its own before them. */
void json_write_region(const struct region_document *r, struct buf *out);
void json_write_school(const struct school *s, struct buf *out);
void json_write_report(const struct report *r, struct buf *out);

#endif
