/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/zip_make.h"

#include <string.h>
#include <zip.h>

#include "base/auto.h"

#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define MAIN   "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELS   "http://schemas.openxmlformats.org/package/2006/relationships"

static bool add_part(zip_t *zip, const struct zip_part *part)
{
	zip_source_t *source = zip_source_buffer(zip, part->data, part->len, 0);
	const zip_int64_t at =
		source ? zip_file_add(zip, part->name, source, ZIP_FL_ENC_UTF_8) : -1;

	if (at < 0) {
		zip_source_free(source);
		return false;
	}
	return zip_set_file_compression(zip, (zip_uint64_t)at,
					part->stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 1) == 0;
}

/* What was written into the source. */
static char *take_bytes(zip_source_t *source, size_t *ret_len)
{
	char *bytes = NULL;
	zip_stat_t stat;

	if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0)
		return NULL;
	bytes = malloc(stat.size ? stat.size : 1);
	if (bytes && zip_source_read(source, bytes, stat.size) != (zip_int64_t)stat.size) {
		free(bytes);
		bytes = NULL;
	}
	zip_source_close(source);
	*ret_len = stat.size;
	return bytes;
}

char *zip_make(const struct zip_part *parts, size_t n, size_t *ret_len)
{
	zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_TRUNCATE, NULL) : NULL;
	char *bytes = NULL;
	bool ok = zip != NULL;

	if (!zip) {
		zip_source_free(source);
		return NULL;
	}
	zip_source_keep(source);
	for (size_t i = 0; i < n && ok; i++)
		ok = add_part(zip, &parts[i]);
	if (!ok || zip_close(zip) != 0)
		zip_discard(zip);
	else
		bytes = take_bytes(source, ret_len);
	zip_source_free(source);
	return bytes;
}

void zip_set(struct zip_part *part, const char *text)
{
	part->data = text;
	part->len = strlen(text);
}

void zip_plain_parts(struct zip_part out[ZIP_PARTS])
{
	static const char *const plain[ZIP_PARTS][2] = {
		[ZIP_ROOT_RELS] = { "_rels/.rels",
				    "<Relationships xmlns='" RELS "'><Relationship Id='rId1' "
				    "Type='" OFFICE "/officeDocument' Target='xl/workbook.xml'/>"
				    "</Relationships>" },
		[ZIP_WORKBOOK] = { "xl/workbook.xml",
				   "<workbook xmlns='" MAIN "' xmlns:r='" OFFICE "'><sheets>"
				   "<sheet name='Sheet1' sheetId='1' r:id='rId1'/></sheets>"
				   "</workbook>" },
		[ZIP_RELS] = { "xl/_rels/workbook.xml.rels",
			       "<Relationships xmlns='" RELS "'><Relationship Id='rId1' "
			       "Type='" OFFICE "/worksheet' Target='worksheets/sheet1.xml'/>"
			       "<Relationship Id='rId2' Type='" OFFICE "/sharedStrings' "
			       "Target='/xl/sharedStrings.xml'/></Relationships>" },
		[ZIP_SHEET] = { "xl/worksheets/sheet1.xml",
				"<worksheet xmlns='" MAIN "'><sheetData><row r='1'>"
				"<c r='A1' t='s'><v>0</v></c></row></sheetData></worksheet>" },
		[ZIP_STRINGS] = { "xl/sharedStrings.xml",
				  "<sst xmlns='" MAIN "'><si><t>text</t></si></sst>" },
	};

	for (size_t i = 0; i < ZIP_PARTS; i++) {
		out[i] = (struct zip_part){ .name = plain[i][0] };
		zip_set(&out[i], plain[i][1]);
	}
}
