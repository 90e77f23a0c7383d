/* SPDX-License-Identifier: Apache-2.0 */
#include "json/workbook.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "json/workbook_parts.h"
#include "json/workbook_xml.h"

/* Namespaces of relationships, and of the types that they have: transitional and strict. */
static const char *const relation_bases[] = {
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
	"http://purl.oclc.org/ooxml/officeDocument/relationships",
};

enum element { ROOT = 1, SHEETS, SHEET, RELATION };

static const struct xml_rule workbook_rules[] = {
	{ XML_TOP, "workbook", ROOT },
	{ ROOT, "sheets", SHEETS },
	{ SHEETS, "sheet", SHEET },
};

static const struct xml_rule relation_rules[] = {
	{ XML_TOP, "Relationships", ROOT },
	{ ROOT, "Relationship", RELATION },
};

static enum err damaged(struct err_info *info, const char *zh, const char *en)
{
	return err_at(info, ERR_MALFORMED, "", "damaged",
		      "工作簿已损坏:%s / the workbook is damaged: %s", zh, en);
}

/* --- relationships -------------------------------------------------------------------------- */

/* The last word of a relationship's type: "worksheet"; "" when it is none of the office's. */
static const char *relation_type(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(relation_bases); i++) {
		const size_t len = strlen(relation_bases[i]);

		if (strncmp(type, relation_bases[i], len) == 0 && type[len] == '/')
			return type + len + 1;
	}
	return "";
}

/* Targets outside of the package are not looked at. */
static bool read_relation(const char **attrs, const char *from, const char **ret_type,
			  char out[PACKAGE_NAME])
{
	const char *type = xml_attr(attrs, "Type");
	const char *target = xml_attr(attrs, "Target");
	const char *mode = xml_attr(attrs, "TargetMode");

	if (!type || !target || (mode && !str_equal(mode, "Internal")))
		return false;
	*ret_type = relation_type(type);
	return package_resolve(from, target, out);
}

/* "xl/_rels/workbook.xml.rels" for "xl/workbook.xml". */
static bool relations_name(const char *part, char out[PACKAGE_NAME])
{
	const char *slash = strrchr(part, '/');
	const int folder = slash ? (int)(slash - part) + 1 : 0;

	return snprintf(out, PACKAGE_NAME, "%.*s_rels/%s.rels", folder, part, part + folder) <
	       PACKAGE_NAME;
}

/* A part and the relationships that it has, whatever they are taken as. */
static enum err read_relations(struct package *p, const char *of,
			       enum err (*start)(void *context, int element, const char **attrs,
						 struct err_info *info),
			       void *context, struct err_info *info)
{
	const struct xml_reader reader = {
		.what = "relationships",
		.namespaces = xml_relationships,
		.rules = relation_rules,
		.n = ARRAY_LEN(relation_rules),
		.start = start,
	};
	char name[PACKAGE_NAME];
	int64_t part = -1;

	if (relations_name(of, name))
		part = package_find(p, name);
	if (part < 0)
		return err_at(info, ERR_MALFORMED, "", "not_workbook",
			      "不是 .xlsx 工作簿 / this is not an .xlsx workbook (no %.100s)",
			      name);
	return xml_read(p, part, &reader, context, info);
}

/* --- which part the workbook is --------------------------------------------------------------- */

static enum err on_root_relation(void *context, int element, const char **attrs,
				 struct err_info *info)
{
	char *main_part = context;
	char target[PACKAGE_NAME];
	const char *type;

	(void)info;
	if (element == RELATION && !main_part[0] && read_relation(attrs, "", &type, target) &&
	    str_equal(type, "officeDocument"))
		str_copy(main_part, PACKAGE_NAME, target);
	return ERR_OK;
}

static enum err find_main_part(struct package *p, char out[PACKAGE_NAME], struct err_info *info)
{
	enum err e;

	/* An OpenDocument file says what it is in a part of this name. */
	if (package_find(p, "mimetype") >= 0 && package_find(p, "_rels/.rels") < 0)
		return err_at(info, ERR_MALFORMED, "", "old_format",
			      "不是 .xlsx 工作簿,请另存为 .xlsx / this is a workbook of another "
			      "format: save it as .xlsx");
	out[0] = '\0';
	e = read_relations(p, "", on_root_relation, out, info);
	if (e != ERR_OK)
		return e;
	if (strlen(out) > 4 && str_equal(out + strlen(out) - 4, ".bin"))
		return err_at(info, ERR_MALFORMED, "", "old_format",
			      "这是二进制工作簿 (.xlsb),请另存为 .xlsx / this is a binary "
			      "workbook (.xlsb): save it as .xlsx");
	return out[0] ? ERR_OK : damaged(info, "没有工作簿部分", "it has no workbook part");
}

/* --- its sheets ------------------------------------------------------------------------------- */

static const char *relation_id(const char **attrs)
{
	char name[PACKAGE_NAME];

	for (size_t i = 0; i < ARRAY_LEN(relation_bases); i++) {
		const char *id;

		(void)snprintf(name, sizeof(name), "%s id", relation_bases[i]);
		id = xml_attr(attrs, name);
		if (id)
			return id;
	}
	return NULL;
}

static bool has_sheet(const struct workbook *wb, const char *name)
{
	for (int i = 0; i < wb->sheets; i++) {
		if (str_equal(wb->sheet[i].name, name))
			return true;
	}
	return false;
}

static enum err on_sheet(void *context, int element, const char **attrs, struct err_info *info)
{
	const char *name = xml_attr(attrs, "name");
	const char *id = relation_id(attrs);
	const char *state = xml_attr(attrs, "state");
	struct workbook *wb = context;
	struct workbook_sheet *sheet;

	if (element != SHEET)
		return ERR_OK;
	if (wb->sheets == WORKBOOK_SHEETS)
		return err_at(info, ERR_TOO_BIG, "", "too_large",
			      "工作表超过 %d 个 / the workbook has more than %d sheets",
			      WORKBOOK_SHEETS, WORKBOOK_SHEETS);
	if (!name || !id || strlen(name) >= WORKBOOK_NAME || strlen(id) >= RELATION_ID ||
	    str_is_blank(name) || !str_is_text(name, strlen(name)) || has_sheet(wb, name))
		return damaged(info, "工作表的名称有误", "the name of a sheet");
	sheet = &wb->sheet[wb->sheets++];
	str_copy(sheet->name, sizeof(sheet->name), name);
	str_copy(sheet->relation, sizeof(sheet->relation), id);
	sheet->hidden = state && !str_equal(state, "visible");
	sheet->part = -1;
	return ERR_OK;
}

/* Where the relationships of the workbook's part are read into. */
struct finding {
	struct workbook *wb;
	char main_part[PACKAGE_NAME];
	int relations;
};

static void set_sheet_part(struct workbook *wb, const char *id, int64_t part)
{
	for (int i = 0; i < wb->sheets; i++) {
		if (wb->sheet[i].part < 0 && str_equal(wb->sheet[i].relation, id))
			wb->sheet[i].part = part;
	}
}

static enum err on_relation(void *context, int element, const char **attrs, struct err_info *info)
{
	struct finding *f = context;
	char target[PACKAGE_NAME];
	const char *type, *id = xml_attr(attrs, "Id");
	int64_t *shared, part;

	if (element == RELATION && ++f->relations > WORKBOOK_PARTS)
		return damaged(info, "关系过多", "it has too many relationships");
	if (element != RELATION || !id || !read_relation(attrs, f->main_part, &type, target))
		return ERR_OK;
	shared = str_equal(type, "sharedStrings") ? &f->wb->strings_part
		 : str_equal(type, "styles")      ? &f->wb->styles_part
						  : NULL;
	if (!shared && !str_equal(type, "worksheet"))
		return ERR_OK;
	part = package_find(f->wb->package, target);
	if (part < 0)
		return damaged(info, "缺少一个部分", "a part is missing");
	if (!shared)
		set_sheet_part(f->wb, id, part);
	else if (*shared < 0)
		*shared = part;
	return ERR_OK;
}

/* What has no part is a chart, or a dialogue. */
static void drop_others(struct workbook *wb)
{
	int n = 0;

	for (int i = 0; i < wb->sheets; i++) {
		if (wb->sheet[i].part >= 0)
			wb->sheet[n++] = wb->sheet[i];
	}
	wb->sheets = n;
}

static enum err read_parts(struct workbook *wb, struct err_info *info)
{
	static const struct xml_reader reader = {
		.what = "workbook",
		.namespaces = xml_spreadsheet,
		.rules = workbook_rules,
		.n = ARRAY_LEN(workbook_rules),
		.start = on_sheet,
	};
	struct finding f = { .wb = wb };
	enum err e = find_main_part(wb->package, f.main_part, info);
	int64_t part;

	if (e != ERR_OK)
		return e;
	part = package_find(wb->package, f.main_part);
	if (part < 0)
		return damaged(info, "缺少工作簿部分", "the workbook part is missing");
	e = xml_read(wb->package, part, &reader, wb, info);
	if (e == ERR_OK)
		e = read_relations(wb->package, f.main_part, on_relation, &f, info);
	if (e != ERR_OK)
		return e;
	drop_others(wb);
	if (wb->sheets == 0)
		return err_at(info, ERR_MALFORMED, "", "no_sheet",
			      "没有工作表 / the workbook has no sheet");
	if (wb->strings_part >= 0)
		e = strings_read(&wb->strings, wb->package, wb->strings_part, info);
	if (e == ERR_OK && wb->styles_part >= 0)
		e = styles_read(&wb->styles, wb->package, wb->styles_part, info);
	return e;
}

/* --- what is public --------------------------------------------------------------------------- */

enum err workbook_open(const char *bytes, size_t len, struct workbook **ret_workbook,
		       struct err_info *info)
{
	auto_workbook struct workbook *wb = calloc(1, sizeof(*wb));
	enum err e;

	if (!wb)
		return ERR_NOMEM;
	wb->strings_part = -1;
	wb->styles_part = -1;
	strings_init(&wb->strings);
	e = package_open(bytes, len, &wb->package, info);
	if (e == ERR_OK)
		e = read_parts(wb, info);
	if (e == ERR_OK)
		*ret_workbook = STEAL(wb);
	return e;
}

void workbook_free(struct workbook *wb)
{
	if (!wb)
		return;
	strings_release(&wb->strings);
	styles_release(&wb->styles);
	package_free(wb->package);
	free(wb);
}

int workbook_sheets(const struct workbook *wb)
{
	return wb->sheets;
}

const char *workbook_sheet_name(const struct workbook *wb, int sheet)
{
	return wb->sheet[sheet].name;
}

bool workbook_sheet_hidden(const struct workbook *wb, int sheet)
{
	return wb->sheet[sheet].hidden;
}
