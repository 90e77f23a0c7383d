/* SPDX-License-Identifier: Apache-2.0 */
#include "json/workbook_xml.h"

#include <expat.h>
#include <string.h>

#include "base/str.h"

#define PASSED_OVER (-1)

const char *const xml_spreadsheet[] = {
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
	"http://purl.oclc.org/ooxml/spreadsheetml/main",
	NULL,
};

const char *const xml_relationships[] = {
	"http://schemas.openxmlformats.org/package/2006/relationships",
	NULL,
};

struct reading {
	const struct xml_reader *reader;
	void *context;
	struct err_info *info;
	XML_Parser parser;
	enum err err;
	size_t since;                /* bytes since the parser told anything */
	int depth;                   /* of elements */
	int element[WORKBOOK_DEPTH]; /* what each of them is */
};

static void stop(struct reading *r, enum err e)
{
	if (e == ERR_OK || r->err != ERR_OK)
		return;
	r->err = e;
	IGNORE(XML_StopParser(r->parser, XML_FALSE) != XML_STATUS_OK, "it has stopped already");
}

/* The name behind its namespace, or NULL when that is none of ours. */
static const char *local_name(const struct reading *r, const char *name)
{
	for (const char *const *ns = r->reader->namespaces; *ns; ns++) {
		const size_t len = strlen(*ns);

		if (strncmp(name, *ns, len) == 0 && name[len] == ' ')
			return name + len + 1;
	}
	return NULL;
}

static int element_of(const struct reading *r, const char *name)
{
	const int in = r->depth ? r->element[r->depth - 1] : XML_TOP;
	const char *local = in == PASSED_OVER ? NULL : local_name(r, name);

	for (size_t i = 0; local && i < r->reader->n; i++) {
		if (r->reader->rules[i].in == in && str_equal(r->reader->rules[i].name, local))
			return r->reader->rules[i].to;
	}
	return PASSED_OVER;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attrs)
{
	struct reading *r = context;
	const int element = element_of(r, name);

	r->since = 0;
	if (r->err != ERR_OK)
		return;
	if (r->depth == WORKBOOK_DEPTH) {
		stop(r, err_at(r->info, ERR_TOO_BIG, "", "too_large",
			       "%s:嵌套超过 %d 层 / nested deeper than %d", r->reader->what,
			       WORKBOOK_DEPTH, WORKBOOK_DEPTH));
		return;
	}
	if (r->depth == 0 && element == PASSED_OVER) {
		stop(r, err_at(r->info, ERR_MALFORMED, "", "not_workbook",
			       "不是 .xlsx 工作簿 / this is not an .xlsx workbook (%s)",
			       r->reader->what));
		return;
	}
	r->element[r->depth++] = element;
	if (element != PASSED_OVER)
		stop(r, r->reader->start(r->context, element, attrs, r->info));
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
	struct reading *r = context;

	(void)name;
	r->since = 0;
	if (r->err != ERR_OK)
		return;
	r->depth--;
	if (r->element[r->depth] != PASSED_OVER && r->reader->end)
		stop(r, r->reader->end(r->context, r->element[r->depth], r->info));
}

static void XMLCALL on_text(void *context, const XML_Char *text, int len)
{
	struct reading *r = context;

	r->since = 0;
	if (r->err != ERR_OK || !r->depth || !r->reader->text)
		return;
	if (r->element[r->depth - 1] != PASSED_OVER)
		stop(r, r->reader->text(r->context, r->element[r->depth - 1], text, (size_t)len,
					r->info));
}

/* Comments and the like: they show that the parser gets on. */
static void XMLCALL on_other(void *context, const XML_Char *text, int len)
{
	struct reading *r = context;

	(void)text;
	(void)len;
	r->since = 0;
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system,
			       const XML_Char *public, int internal)
{
	struct reading *r = context;

	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(r, err_at(r->info, ERR_MALFORMED, "", "doctype",
		       "%s:不接受 DOCTYPE / a DOCTYPE is not accepted", r->reader->what));
}

static enum err bad_xml(struct reading *r)
{
	const enum XML_Error error = XML_GetErrorCode(r->parser);
	const unsigned long line = XML_GetCurrentLineNumber(r->parser);

	if (r->err != ERR_OK)
		return r->err;
	if (error == XML_ERROR_NO_MEMORY)
		return ERR_NOMEM;
	return err_at(r->info, ERR_MALFORMED, "", "damaged",
		      "工作簿已损坏:%s 第 %lu 行 / the workbook is damaged, line %lu: %s",
		      r->reader->what, line, line, XML_ErrorString(error));
}

/* The parser keeps a token until it is whole: one without an end is not waited for. */
static enum err feed(const char *data, size_t len, bool last, void *context, struct err_info *info)
{
	struct reading *r = context;

	r->since += len;
	if (XML_Parse(r->parser, data, (int)len, last) != XML_STATUS_OK)
		return bad_xml(r);
	if (r->since > WORKBOOK_TOKEN)
		return err_at(info, ERR_TOO_BIG, "", "too_large",
			      "%s:一个标记超过 %u KiB / a tag of more than %u KiB", r->reader->what,
			      WORKBOOK_TOKEN >> 10, WORKBOOK_TOKEN >> 10);
	return ERR_OK;
}

enum err xml_read(struct package *p, int64_t part, const struct xml_reader *reader, void *context,
		  struct err_info *info)
{
	struct reading r = { .reader = reader, .context = context, .info = info };
	enum err e;

	r.parser = XML_ParserCreateNS(NULL, ' ');
	if (!r.parser)
		return ERR_NOMEM;
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetDefaultHandler(r.parser, on_other);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	e = package_read(p, part, feed, &r, info);
	XML_ParserFree(r.parser);
	return e;
}

const char *xml_attr(const char **attrs, const char *name)
{
	for (; *attrs; attrs += 2) {
		if (str_equal(attrs[0], name))
			return attrs[1];
	}
	return NULL;
}
