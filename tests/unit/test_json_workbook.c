/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks as programs write them: what is in them is read to the letter, and what is damaged is
 * told. */
#include <stdio.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/buf.h"
#include "lib/check.h"
#include "lib/workbook_check.h"

/* --- what a program writes -------------------------------------------------------------------- */

static char *read_file(const char *path, size_t *ret_len)
{
	auto_fclose FILE *f = fopen(path, "rb");
	char *bytes = calloc(1, 1 << 20);

	assert_non_null(f);
	assert_non_null(bytes);
	*ret_len = fread(bytes, 1, 1 << 20, f);
	return bytes;
}

static void write_first(lxw_workbook *book, lxw_worksheet *sheet)
{
	lxw_format *bold = workbook_add_format(book);
	lxw_format *date = workbook_add_format(book);
	lxw_format *time = workbook_add_format(book);
	lxw_format *plain_number = workbook_add_format(book);
	/* The library wants to be able to change them, and does not. */
	char first[] = "富", second[] = "文本";
	lxw_rich_string_tuple plain = { .format = NULL, .string = first };
	lxw_rich_string_tuple rich = { .format = bold, .string = second };
	lxw_rich_string_tuple *runs[] = { &plain, &rich, NULL };

	format_set_bold(bold);
	worksheet_write_string(sheet, 0, 0, "学校 <&> \"", NULL);
	worksheet_write_rich_string(sheet, 0, 2, runs, NULL);
	worksheet_write_number(sheet, 1, 0, 2134000017, NULL);
	worksheet_write_number(sheet, 1, 1, 0.1 + 0.2, NULL);
	worksheet_write_number(sheet, 1, 2, 6300.5, NULL);
	worksheet_write_boolean(sheet, 1, 3, 1, NULL);
	worksheet_write_formula_num(sheet, 1, 4, "=1/3", NULL, 1.0 / 3);
	worksheet_write_formula_str(sheet, 1, 5, "=\"a\"", NULL, "a");
	format_set_num_format(date, "yyyy\"年\"m\"月\"d\"日\"");
	format_set_num_format_index(time, 20); /* h:mm */
	format_set_num_format(plain_number, "#,##0.00\"元\"");
	worksheet_write_number(sheet, 1, 6, 45901, date);
	worksheet_write_number(sheet, 1, 7, 0.25, time);
	worksheet_write_number(sheet, 1, 8, 12.5, plain_number);
	worksheet_write_blank(sheet, 3, 0, bold);
	worksheet_write_string(sheet, 4, 255, " 末 ", NULL);
	worksheet_merge_range(sheet, 5, 0, 6, 2, "合并", NULL);
}

static void a_workbook_of_the_library(void **state)
{
	char path[] = "/tmp/junheng-test-XXXXXX";
	const int fd = mkstemp(path);
	lxw_workbook *book = workbook_new(path);
	lxw_worksheet *hidden;
	struct sheet_range *auto_free ranges = NULL;
	auto_workbook struct workbook *wb = NULL;
	auto_free char *bytes = NULL;
	auto_buf struct buf out;
	struct err_info info;
	size_t len, n = 0;

	(void)state;
	assert_true(fd >= 0);
	write_first(book, workbook_add_worksheet(book, "附表 1"));
	hidden = workbook_add_worksheet(book, "字典");
	worksheet_hide(hidden);
	worksheet_write_string(hidden, 0, 0, "学校 <&> \"", NULL);
	workbook_add_chartsheet(book, "图");
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
	bytes = read_file(path, &len);
	close(fd);
	unlink(path);

	buf_init(&out, 1 << 20);
	assert_int_equal(workbook_open(bytes, len, &wb, &info), ERR_OK);
	assert_int_equal(workbook_sheets(wb), 2);
	assert_string_equal(workbook_sheet_name(wb, 0), "附表 1");
	assert_false(workbook_sheet_hidden(wb, 0));
	assert_string_equal(workbook_sheet_name(wb, 1), "字典");
	assert_true(workbook_sheet_hidden(wb, 1));
	assert_int_equal(workbook_read(wb, 1, note_row, &out, &info), ERR_OK);
	/* Twice: what was read once can be read again. */
	for (int i = 0; i < 2; i++) {
		out.len = 0;
		assert_int_equal(workbook_read(wb, 0, note_row, &out, &info), ERR_OK);
	}
	out.data[strcspn(out.data, "\n")] = '/';
	assert_non_null(strstr(
		out.data, "1:t 学校 <&> \"|.|t 富文本/2:n 2134000017|n 0.3|"
			  "n 6300.5|b TRUE|n 0.333333333333333|t a|d 45901|d 0.25|n 12.5\n5:.|"));
	assert_non_null(strstr(out.data, "|t  末 \n6:t 合并\n"));
	assert_int_equal(workbook_merges(wb, 0, &ranges, &n, &info), ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(ranges[0].row, 6);
	assert_int_equal(ranges[0].last_row, 7);
	assert_int_equal(ranges[0].column, 0);
	assert_int_equal(ranges[0].last_column, 2);
}

/* --- cells --------------------------------------------------------------------------------------
 */

static void cells_of_every_type(void **state)
{
	(void)state;
	assert_rows(ZIP_SHEET,
		    SHEET "<sheetData><row r='3'><c r='B3' t='s'><v> 0 </v></c>"
			  "<c r='C3' t='inlineStr'><is><r><t>a</t></r><rPh><t>x</t></rPh><t>b</t>"
			  "</is></c><c r='D3' t='str'><f>1</f><v>c</v></c>"
			  "<c r='E3' t='b'><v>0</v></c><c r='F3' t='e'><v>#REF!</v></c>"
			  "<c r='G3' t='d'><v>2025-09-01</v></c><c r='H3' s='1'><f>2</f>"
			  "<v>\n1.2E+3\n</v></c><c r='J3' t='n'><v>-0</v></c>"
			  "<c r='K3' t='str'><v/></c><c r='L3'><f>A1</f></c>"
			  "<c r='M3' t='str'><f>A1</f><v></v></c></row></sheetData></worksheet>",
		    "3:.|t text|t ab|t c|b FALSE|e #REF!|t 2025-09-01|n 1200|.|n 0|.|e =\n");
}

/* r may be left out of rows and cells: then they follow one another. */
static void places_left_out(void **state)
{
	(void)state;
	assert_rows(ZIP_SHEET,
		    SHEET "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row r='5'>"
			  "<c r='C5'><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>"
			  "</sheetData></worksheet>",
		    "1:n 1|n 2\n5:.|.|n 3|n 4\n6:n 5\n");
}

static void other_namespaces(void **state)
{
	static const struct {
		const char *sheet;
		const char *wanted;
	} cases[] = {
		/* with a prefix */
		{ "<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/"
		  "main'><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData>"
		  "</x:worksheet>",
		  "1:n 1\n" },
		/* strict */
		{ "<worksheet xmlns='http://purl.oclc.org/ooxml/spreadsheetml/main'><sheetData>"
		  "<row><c><v>2</v></c></row></sheetData></worksheet>",
		  "1:n 2\n" },
		/* an extension's elements are not ours, whatever they are called */
		{ SHEET "<sheetData><row><c><v>3</v></c></row></sheetData><extLst><ext><sheetData "
			"xmlns='urn:x'><row><c><v>9</v></c></row></sheetData></ext></extLst>"
			"<e:sheetData xmlns:e='urn:x'><e:row/></e:sheetData></worksheet>",
		  "1:n 3\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_rows(ZIP_SHEET, cases[i].sheet, cases[i].wanted);
}

static void shared_texts(void **state)
{
	(void)state;
	assert_rows(ZIP_STRINGS,
		    SST "<si><r><t xml:space='preserve'> a</t></r><r><t>b </t></r>"
			"<rPh sb='0' eb='1'><t>x</t></rPh></si></sst>",
		    "1:t  ab \n");
	assert_rows(ZIP_STRINGS,
		    SST "<si><t>a_x000D_b_x5B89_c_x005F_x000D__x0000__xD800__x12</t>"
			"</si></sst>",
		    "1:t a\rb安c_x000D__x0000__xD800__x12\n");
	assert_rows(ZIP_STRINGS, SST "<si><t><![CDATA[<a>]]>&amp;&#x5B89;</t></si></sst>",
		    "1:t <a>&安\n");
	assert_rows(ZIP_STRINGS, SST "<si><t/></si></sst>", "");
}

static void numbers(void **state)
{
	static const struct {
		const char *stored;
		const char *told; /* NULL: it is no number */
	} cases[] = {
		{ "6300.4999999999999", "6300.5" },
		{ "0.29999999999999999", "0.3" },
		{ "0.30000000000000004", "0.3" },
		{ "1.2E+3", "1200" },
		{ "1.2e-3", "0.0012" },
		{ "1E0", "1" },
		{ "2134000017", "2134000017" },
		{ "123456789012345", "123456789012345" },
		{ "1234567890123456789", "1234567890123460000" },
		{ "999999999999999.9", "1000000000000000" },
		{ "0.99999999999999999", "1" },
		{ "+5.50", "5.5" },
		{ "-.5", "-0.5" },
		{ "5.", "5" },
		{ "007", "7" },
		{ "-0.000", "0" },
		{ "0E99999999999999999999", "0" },
		{ "1E30", "1000000000000000000000000000000" },
		{ "1E31", "1e+31" },
		{ "1.25E-40", "1.25e-40" },
		{ "-1.7976931348623157E+308", "-1.79769313486232e+308" },
		{ "1E99999999999999999999", "1e+999999" },
		{ "", "" },
		{ ".", NULL },
		{ "E5", NULL },
		{ "1E", NULL },
		{ "1E+", NULL },
		{ "1 2", NULL },
		{ "0x10", NULL },
		{ "NaN", NULL },
		{ "INF", NULL },
		{ "1,5", NULL },
		{ "1.2.3", NULL },
		{ "--1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char sheet[512], wanted[64] = "";

		(void)snprintf(sheet, sizeof(sheet),
			       SHEET "<sheetData><row><c><v>%s</v></c></row></sheetData>"
				     "</worksheet>",
			       cases[i].stored);
		if (!cases[i].told) {
			assert_refused(ZIP_SHEET, sheet, ERR_MALFORMED, "damaged", "(A1)");
			continue;
		}
		if (cases[i].told[0])
			(void)snprintf(wanted, sizeof(wanted), "1:n %s\n", cases[i].told);
		assert_rows(ZIP_SHEET, sheet, wanted);
	}
}

static void names_of_cells(void **state)
{
	static const struct {
		int64_t row;
		size_t column;
		const char *name;
	} cases[] = { { 1, 0, "A1" },        { 12, 5, "F12" },
		      { 3, 25, "Z3" },       { 4, 26, "AA4" },
		      { 100, 255, "IV100" }, { 9, 701, "ZZ9" },
		      { 9, 702, "AAA9" },    { 1048576, 16383, "XFD1048576" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char name[SHEET_CELL_NAME];

		sheet_cell_name(cases[i].row, cases[i].column, name, sizeof(name));
		assert_string_equal(name, cases[i].name);
	}
}

/* --- what is damaged ----------------------------------------------------------------------------
 */

static void places_that_go_backwards(void **state)
{
	static const char *const rows[] = {
		"<row r='2'/><row r='2'/>",
		"<row r='2'/><row r='1'/>",
		"<row r='0'/>",
		"<row r='-1'/>",
		"<row r='1048577'/>",
		"<row r='99999999999999999999'/>",
		"<row r='x'/>",
		"<row r='1'><c r='B1'/><c r='A1'/></row>",
		"<row r='1'><c r='B1'/><c r='B1'/></row>",
		"<row r='1'><c r='A2'/></row>",
		"<row r='1'><c r='XFE1'/></row>",
		"<row r='1'><c r='AAAAAAAAAAAAAAAAAAAAAAAAA1'/></row>",
		"<row r='1'><c r='A'/></row>",
		"<row r='1'><c r='1'/></row>",
		"<row r='1'><c r='A01'/></row>",
		"<row r='1'><c r='A1x'/></row>",
		"<row r='1'><c r='A99999999999999999999999'/></row>",
		"<row r='1'><c r='XFD1'/><c/></row>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char sheet[512];

		(void)snprintf(sheet, sizeof(sheet), SHEET "<sheetData>%s</sheetData></worksheet>",
			       rows[i]);
		assert_refused(ZIP_SHEET, sheet, ERR_MALFORMED, "damaged", "behind");
	}
}

static void values_that_are_none(void **state)
{
	static const char *const cells[] = {
		"<c t='s'><v>1</v></c>",   "<c t='s'><v>-1</v></c>", "<c t='s'><v>x</v></c>",
		"<c t='b'><v>yes</v></c>", "<c t='?'><v>1</v></c>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		char sheet[512];

		(void)snprintf(sheet, sizeof(sheet),
			       SHEET "<sheetData><row r='7'><c r='B7'/>%s</row></sheetData>"
				     "</worksheet>",
			       cells[i]);
		assert_refused(ZIP_SHEET, sheet, ERR_MALFORMED, "damaged", "(C7)");
	}
}

static void xml_that_is_none(void **state)
{
	(void)state;
	assert_refused(ZIP_SHEET, "", ERR_MALFORMED, "damaged", "sheet");
	assert_refused(ZIP_SHEET, SHEET "<sheetData><row>", ERR_MALFORMED, "damaged", "sheet");
	assert_refused(ZIP_SHEET, SHEET "</a>", ERR_MALFORMED, "damaged", "mismatched");
	assert_refused(ZIP_SHEET, SHEET "<a:b/></worksheet>", ERR_MALFORMED, "damaged", "prefix");
	assert_refused(ZIP_SHEET, SHEET "&x;</worksheet>", ERR_MALFORMED, "damaged", "entity");
	assert_refused(ZIP_SHEET, SHEET "\xff</worksheet>", ERR_MALFORMED, "damaged", "token");
	assert_refused(ZIP_SHEET, "<?xml version='1.0' encoding='x-mine'?>" SHEET "</worksheet>",
		       ERR_MALFORMED, "damaged", "encoding");
	assert_refused(ZIP_STRINGS, "<sst/>", ERR_MALFORMED, "not_workbook", "sharedStrings");
	assert_refused(ZIP_WORKBOOK, "<document xmlns='urn:x'/>", ERR_MALFORMED, "not_workbook",
		       "workbook");
}

/* Not even one that declares nothing: entities, external ones above all, need it. */
static void doctypes(void **state)
{
	static const char *const texts[] = {
		"<!DOCTYPE worksheet>" SHEET "</worksheet>",
		"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" SHEET "</worksheet>",
		"<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;&b;&b;'>]>" SHEET "&c;</worksheet>",
		"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" SHEET
		"<sheetData><row><c t='str'><v>&x;</v></c></row></sheetData></worksheet>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_refused(ZIP_SHEET, texts[i], ERR_MALFORMED, "doctype", "DOCTYPE");
	assert_refused(ZIP_STRINGS, "<!DOCTYPE a>" SST "</sst>", ERR_MALFORMED, "doctype",
		       "DOCTYPE");
	assert_refused(ZIP_ROOT_RELS, "<!DOCTYPE a>" RELS "</Relationships>", ERR_MALFORMED,
		       "doctype", "DOCTYPE");
}

static void sheets_that_are_wrong(void **state)
{
	static const struct {
		const char *sheets;
		const char *reason;
	} cases[] = {
		{ "", "no_sheet" },
		{ "<sheet name='a' r:id='rId9'/>", "no_sheet" },
		{ "<sheet r:id='rId1'/>", "damaged" },
		{ "<sheet name=' ' r:id='rId1'/>", "damaged" },
		{ "<sheet name='a&#10;b' r:id='rId1'/>", "damaged" },
		{ "<sheet name='a'/>", "damaged" },
		{ "<sheet name='a' r:id='rId1'/><sheet name='a' r:id='rId1'/>", "damaged" },
	};
	char text[1024], name[WORKBOOK_NAME + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		(void)snprintf(text, sizeof(text), BOOK "<sheets>%s</sheets></workbook>",
			       cases[i].sheets);
		assert_refused(ZIP_WORKBOOK, text, ERR_MALFORMED, cases[i].reason, "sheet");
	}
	memset(name, 'n', sizeof(name));
	name[WORKBOOK_NAME] = '\0';
	(void)snprintf(text, sizeof(text),
		       BOOK "<sheets><sheet name='%s' r:id='rId1'/></sheets>"
			    "</workbook>",
		       name);
	assert_refused(ZIP_WORKBOOK, text, ERR_MALFORMED, "damaged", "sheet");
}

static void relationships_that_are_wrong(void **state)
{
	static const struct {
		int part;
		const char *relations;
		const char *words;
	} cases[] = {
		{ ZIP_ROOT_RELS, "", "no workbook part" },
		{ ZIP_ROOT_RELS, "<Relationship Type='" TYPE "officeDocument' Target='a.xml'/>",
		  "part is missing" },
		{ ZIP_ROOT_RELS, "<Relationship Type='" TYPE "officeDocument' Target='../../x'/>",
		  "no workbook part" },
		{ ZIP_ROOT_RELS,
		  "<Relationship Type='urn:x/officeDocument' Target='xl/workbook.xml'/>",
		  "no workbook part" },
		{ ZIP_ROOT_RELS,
		  "<Relationship Type='" TYPE "officeDocument' TargetMode='External' "
		  "Target='xl/workbook.xml'/>",
		  "no workbook part" },
		{ ZIP_RELS, "<Relationship Id='rId1' Type='" TYPE "worksheet' Target='gone.xml'/>",
		  "a part is missing" },
		{ ZIP_RELS,
		  "<Relationship Id='rId1' Type='" TYPE "worksheet' Target='../../../a'/>",
		  "no sheet" },
		{ ZIP_RELS,
		  "<Relationship Id='rId1' Type='" TYPE "chartsheet' "
		  "Target='worksheets/sheet1.xml'/>",
		  "no sheet" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text), RELS "%s</Relationships>", cases[i].relations);
		assert_refused(cases[i].part, text, ERR_MALFORMED,
			       strstr(cases[i].words, "no sheet") ? "no_sheet" : "damaged",
			       cases[i].words);
	}
}

/* Names are found as relationships say, not by what they usually are. */
static void parts_of_other_names(void **state)
{
	struct zip_part parts[ZIP_PARTS];
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	buf_init(&out, 1 << 10);
	zip_plain_parts(parts);
	zip_set(&parts[ZIP_ROOT_RELS], RELS "<Relationship Id='a' Type='" TYPE "officeDocument' "
					    "Target='/BOOK.xml'/></Relationships>");
	parts[ZIP_WORKBOOK].name = "book.xml";
	parts[ZIP_RELS].name = "_rels/book.xml.rels";
	zip_set(&parts[ZIP_RELS], RELS "<Relationship Id='rId1' Type='" TYPE "worksheet' "
				       "Target='./a/../b/one'/><Relationship Id='x' Type='" TYPE
				       "sharedStrings' Target='texts'/></Relationships>");
	parts[ZIP_SHEET].name = "b/one";
	parts[ZIP_STRINGS].name = "texts";
	assert_int_equal(read_parts(parts, ZIP_PARTS, &out, &info), ERR_OK);
	assert_string_equal(out.data, "1:t text\n");
}

/* What fn answers is what the caller gets, and nothing is read behind it. */
static enum err refuse(const struct sheet_row *row, void *context, struct err_info *info)
{
	(void)row;
	*(int *)context += 1;
	return err_at(info, ERR_CONFLICT, "", "mine", "不要 / no");
}

static void a_reader_that_stops(void **state)
{
	struct zip_part parts[ZIP_PARTS];
	auto_workbook struct workbook *wb = NULL;
	auto_free char *bytes = NULL;
	struct err_info info;
	size_t len = 0;
	int calls = 0;

	(void)state;
	zip_plain_parts(parts);
	zip_set(&parts[ZIP_SHEET], SHEET "<sheetData><row><c><v>1</v></c></row><row><c><v>1</v></c>"
					 "</row></sheetData></worksheet>");
	bytes = zip_make(parts, ZIP_PARTS, &len);
	assert_non_null(bytes);
	assert_int_equal(workbook_open(bytes, len, &wb, &info), ERR_OK);
	assert_says(workbook_read(wb, 0, refuse, &calls, &info), &info, ERR_CONFLICT, "mine", "no");
	assert_int_equal(calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workbook_of_the_library),
		cmocka_unit_test(cells_of_every_type),
		cmocka_unit_test(places_left_out),
		cmocka_unit_test(other_namespaces),
		cmocka_unit_test(shared_texts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(names_of_cells),
		cmocka_unit_test(places_that_go_backwards),
		cmocka_unit_test(values_that_are_none),
		cmocka_unit_test(xml_that_is_none),
		cmocka_unit_test(doctypes),
		cmocka_unit_test(sheets_that_are_wrong),
		cmocka_unit_test(relationships_that_are_wrong),
		cmocka_unit_test(parts_of_other_names),
		cmocka_unit_test(a_reader_that_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
