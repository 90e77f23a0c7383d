/* SPDX-License-Identifier: Apache-2.0 */
/* A part of a workbook, read by a table that says which elements mean something where. All others
 * are passed over with what is in them. Internal to this layer: see workbook.h. */
#ifndef JSON_WORKBOOK_XML_H
#define JSON_WORKBOOK_XML_H

#include "json/workbook_package.h"

#define XML_TOP 0 /* outside of the root element */

/* <name> within an element that is `in` is `to`. */
struct xml_rule {
	int in;
	const char *name;
	int to;
};

/* A handler that fails ends the reading with it. */
struct xml_reader {
	const char *what;              /* for a person: which part it is */
	const char *const *namespaces; /* of the elements; NULL ends them */
	const struct xml_rule *rules;
	size_t n;
	/* attrs as of xml_attr() */
	enum err (*start)(void *context, int element, const char **attrs, struct err_info *info);
	enum err (*end)(void *context, int element, struct err_info *info); /* or NULL */
	/* In pieces. */
	enum err (*text)(void *context, int element, const char *text, size_t len,
			 struct err_info *info); /* or NULL */
};

/* ERR_MALFORMED for XML that is none, a DOCTYPE, a root element that no rule names (not_workbook).
 */
enum err xml_read(struct package *p, int64_t part, const struct xml_reader *reader, void *context,
		  struct err_info *info) MUST_CHECK;

/* The value of an attribute, NULL without it: "r"; of a namespace, "namespace name". */
const char *xml_attr(const char **attrs, const char *name);

extern const char *const xml_spreadsheet[];   /* namespaces of workbooks and sheets */
extern const char *const xml_relationships[]; /* of .rels */

#endif
