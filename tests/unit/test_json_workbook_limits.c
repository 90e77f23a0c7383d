/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks larger than they may be: every limit is one. */
#include <stdio.h>

#include "base/buf.h"
#include "lib/check.h"
#include "lib/workbook_check.h"

static enum err count_rows(const struct sheet_row *row, void *context, struct err_info *info)
{
	(void)row;
	(void)info;
	*(int *)context += 1;
	return ERR_OK;
}

/* --- limits --------------------------------------------------------------------------------------
 */

static void assert_too_big(int part, const struct buf *text, const char *words)
{
	assert_int_equal(text->err, ERR_OK);
	assert_refused(part, text->data, ERR_TOO_BIG, "too_large", words);
}

static void bytes_of_the_file(void **state)
{
	auto_free char *bytes = calloc(1, WORKBOOK_BYTES + 1);
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	assert_non_null(bytes);
	buf_init(&out, 1 << 10);
	assert_says(read_bytes(bytes, WORKBOOK_BYTES + 1, &out, &info), &info, ERR_TOO_BIG,
		    "too_large", "16 MiB");
	/* One less is looked at. */
	assert_says(read_bytes(bytes, WORKBOOK_BYTES, &out, &info), &info, ERR_MALFORMED,
		    "not_workbook", "");
}

static void fill_parts(struct zip_part *parts, char (*names)[16], size_t n)
{
	zip_plain_parts(parts);
	for (size_t i = ZIP_PARTS; i < n; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "part%zu", i);
		parts[i] = (struct zip_part){ .name = names[i], .data = "", .stored = true };
	}
}

static void parts_of_the_file(void **state)
{
	struct zip_part *auto_free parts = calloc(WORKBOOK_PARTS + 1, sizeof(*parts));
	char(*auto_free names)[16] = calloc(WORKBOOK_PARTS + 1, sizeof(*names));
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	assert_non_null(parts);
	assert_non_null(names);
	buf_init(&out, 1 << 10);
	fill_parts(parts, names, WORKBOOK_PARTS + 1);
	assert_int_equal(read_parts(parts, WORKBOOK_PARTS, &out, &info), ERR_OK);
	assert_says(read_parts(parts, WORKBOOK_PARTS + 1, &out, &info), &info, ERR_TOO_BIG,
		    "too_large", "1000 files");
}

/* A quarter of a MiB that is 130. */
static void a_bomb(void **state)
{
	char blanks[4097];
	auto_buf struct buf text;

	(void)state;
	memset(blanks, ' ', sizeof(blanks) - 1);
	blanks[sizeof(blanks) - 1] = '\0';
	repeat(&text, SHEET, blanks, 130u << 8, "</worksheet>");
	assert_too_big(ZIP_SHEET, &text, "128 MiB when it is unpacked");
	buf_release(&text);
	repeat(&text, SST, blanks, 130u << 8, "</sst>");
	assert_too_big(ZIP_STRINGS, &text, "128 MiB when it is unpacked");
}

/* Many that are within the limit, but not together; one again and again is. */
static void what_is_unpacked_of_all_parts(void **state)
{
	struct zip_part parts[ZIP_PARTS];
	char blanks[4097];
	auto_buf struct buf text;
	auto_workbook struct workbook *wb = NULL;
	auto_free char *bytes = NULL;
	struct err_info info;
	size_t len = 0;
	int rows = 0;

	(void)state;
	memset(blanks, ' ', sizeof(blanks) - 1);
	blanks[sizeof(blanks) - 1] = '\0';
	repeat(&text, SHEET, blanks, 70u << 8, "</worksheet>");
	zip_plain_parts(parts);
	zip_set(&parts[ZIP_WORKBOOK],
		BOOK "<sheets><sheet name='a' r:id='rId1'/><sheet name='b' r:id='rId2'/></sheets>"
		     "</workbook>");
	zip_set(&parts[ZIP_RELS],
		RELS "<Relationship Id='rId1' Type='" TYPE "worksheet' Target='worksheets/"
		     "sheet1.xml'/><Relationship Id='rId2' Type='" TYPE "worksheet' "
		     "Target='sharedStrings.xml'/></Relationships>");
	zip_set(&parts[ZIP_SHEET], text.data);
	zip_set(&parts[ZIP_STRINGS], text.data);
	bytes = zip_make(parts, ZIP_PARTS, &len);
	assert_non_null(bytes);
	assert_int_equal(workbook_open(bytes, len, &wb, &info), ERR_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(workbook_read(wb, 0, count_rows, &rows, &info), ERR_OK);
	assert_says(workbook_read(wb, 1, count_rows, &rows, &info), &info, ERR_TOO_BIG, "too_large",
		    "128 MiB when it is unpacked");
}

static void texts_that_are_shared(void **state)
{
	auto_buf struct buf text;
	auto_buf struct buf one;

	(void)state;
	repeat(&text, SST, "<si/>", WORKBOOK_STRINGS_N, "</sst>");
	assert_rows(ZIP_STRINGS, text.data, "");
	buf_release(&text);
	repeat(&text, SST, "<si/>", WORKBOOK_STRINGS_N + 1, "</sst>");
	assert_too_big(ZIP_STRINGS, &text, "of texts");
	buf_release(&text);
	repeat(&one, "<si><t>", "01234567", WORKBOOK_TEXT / 8, "</t></si>");
	repeat(&text, SST, one.data, WORKBOOK_STRINGS / WORKBOOK_TEXT, "</sst>");
	assert_too_big(ZIP_STRINGS, &text, "12 MiB of texts");
}

/* One text that is too long does not lose the others. */
static void texts_of_a_cell(void **state)
{
	auto_buf struct buf fits;
	auto_buf struct buf text;
	auto_buf struct buf wanted;
	auto_buf struct buf sheet;

	(void)state;
	repeat(&fits, "", "01234567", WORKBOOK_TEXT / 8, "");
	repeat(&text, SST "<si><t>", fits.data, 1, "</t></si></sst>");
	repeat(&wanted, "1:t ", fits.data, 1, "\n");
	assert_rows(ZIP_STRINGS, text.data, wanted.data);
	buf_release(&text);
	repeat(&text, SST "<si><t>x", fits.data, 1, "</t></si></sst>");
	assert_rows(ZIP_STRINGS, text.data, "1:L\n");
	repeat(&sheet, SHEET "<sheetData><row><c t='str'><v>x", fits.data, 1,
	       "</v></c><c><v>1</v></c></row></sheetData></worksheet>");
	assert_rows(ZIP_SHEET, sheet.data, "1:L|n 1\n");
	buf_release(&sheet);
	repeat(&sheet, SHEET "<sheetData><row><c><v>1", fits.data, 1,
	       "</v></c></row></sheetData></worksheet>");
	assert_refused(ZIP_SHEET, sheet.data, ERR_MALFORMED, "damaged", "too long");
}

static void sheets_of_a_workbook(void **state)
{
	struct zip_part parts[ZIP_PARTS];
	struct err_info info;

	(void)state;
	for (int n = WORKBOOK_SHEETS; n <= WORKBOOK_SHEETS + 1; n++) {
		auto_workbook struct workbook *wb = NULL;
		auto_free char *bytes = NULL;
		auto_buf struct buf text;
		size_t len = 0;

		buf_init(&text, 1 << 20);
		buf_str(&text, BOOK "<sheets>");
		for (int i = 0; i < n; i++)
			buf_printf(&text, "<sheet name='%d' r:id='rId1'/>", i);
		buf_str(&text, "</sheets></workbook>");
		zip_plain_parts(parts);
		zip_set(&parts[ZIP_WORKBOOK], text.data);
		bytes = zip_make(parts, ZIP_PARTS, &len);
		assert_non_null(bytes);
		if (n == WORKBOOK_SHEETS) {
			assert_int_equal(workbook_open(bytes, len, &wb, &info), ERR_OK);
			assert_int_equal(workbook_sheets(wb), n);
		} else {
			assert_says(workbook_open(bytes, len, &wb, &info), &info, ERR_TOO_BIG,
				    "too_large", "32 sheets");
		}
	}
}

/* Empty cells may be anywhere: whole columns that are formatted have them. */
static void rows_and_columns(void **state)
{
	static const struct {
		const char *row;
		bool fits;
	} cases[] = {
		{ "<row r='100000'><c r='IV100000'><v>1</v></c></row>", true },
		{ "<row r='1048576'><c r='XFD1048576' s='1'/></row>", true },
		{ "<row r='100001'><c r='A100001'><v>1</v></c></row>", false },
		{ "<row r='1'><c r='IW1'><v>1</v></c></row>", false },
		{ "<row r='1'><c r='XFD1' t='inlineStr'><is><t>a</t></is></c></row>", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_buf struct buf out;
		struct err_info info;
		char sheet[512];
		enum err e;

		buf_init(&out, 1 << 20);
		(void)snprintf(sheet, sizeof(sheet), SHEET "<sheetData>%s</sheetData></worksheet>",
			       cases[i].row);
		e = read_with(ZIP_SHEET, sheet, &out, &info);
		if (cases[i].fits)
			assert_int_equal(e, ERR_OK);
		else
			assert_says(e, &info, ERR_TOO_BIG, "too_large", "100000 rows and 256");
	}
}

static void nesting(void **state)
{
	auto_buf struct buf text;

	(void)state;
	repeat(&text, SHEET, "<a>", WORKBOOK_DEPTH - 1, "");
	for (int i = 1; i < WORKBOOK_DEPTH; i++)
		buf_str(&text, "</a>");
	buf_str(&text, "</worksheet>");
	assert_rows(ZIP_SHEET, text.data, "");
	buf_release(&text);
	repeat(&text, SHEET, "<a>", WORKBOOK_DEPTH, "");
	assert_too_big(ZIP_SHEET, &text, "nested deeper than 32");
}

/* The parser keeps a tag or a comment until it has all of it. */
static void long_tags(void **state)
{
	static const char *const heads[] = { SHEET "<a b='", SHEET "<!--", SHEET "<?pi " };
	auto_buf struct buf text;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		repeat(&text, heads[i], "01234567", 100u << 10, "");
		assert_too_big(ZIP_SHEET, &text, "64 KiB");
		buf_release(&text);
	}
	repeat(&text, SHEET "<a b='", "01234567", 6u << 10, "'/></worksheet>");
	assert_rows(ZIP_SHEET, text.data, "");
}

static void assert_merges(const char *sheet, size_t n, enum err wanted, size_t wanted_n)
{
	struct zip_part parts[ZIP_PARTS];
	struct sheet_range *auto_free ranges = NULL;
	auto_workbook struct workbook *wb = NULL;
	auto_free char *bytes = NULL;
	auto_buf struct buf text;
	struct err_info info;
	size_t len = 0, found = 0;

	repeat(&text, SHEET "<mergeCells>", sheet, n, "</mergeCells></worksheet>");
	zip_plain_parts(parts);
	zip_set(&parts[ZIP_SHEET], text.data);
	bytes = zip_make(parts, ZIP_PARTS, &len);
	assert_non_null(bytes);
	assert_int_equal(workbook_open(bytes, len, &wb, &info), ERR_OK);
	assert_int_equal(workbook_merges(wb, 0, &ranges, &found, &info), wanted);
	assert_int_equal(found, wanted_n);
}

static void merged_ranges(void **state)
{
	static const char *const wrong[] = {
		"<mergeCell/>",
		"<mergeCell ref=''/>",
		"<mergeCell ref='A1:'/>",
		"<mergeCell ref=':A1'/>",
		"<mergeCell ref='B1:A1'/>",
		"<mergeCell ref='A2:A1'/>",
		"<mergeCell ref='A1:B2:C3'/>",
		"<mergeCell ref='A1:XFE1'/>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_merges(wrong[i], 1, ERR_MALFORMED, 0);
	assert_merges("", 0, ERR_OK, 0);
	assert_merges("<mergeCell ref='A1'/>", 1, ERR_OK, 1);
	assert_merges("<mergeCell ref='A1:B2'/>", WORKBOOK_MERGES, ERR_OK, WORKBOOK_MERGES);
	assert_merges("<mergeCell ref='A1:B2'/>", WORKBOOK_MERGES + 1, ERR_TOO_BIG, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_the_file),
		cmocka_unit_test(parts_of_the_file),
		cmocka_unit_test(a_bomb),
		cmocka_unit_test(what_is_unpacked_of_all_parts),
		cmocka_unit_test(texts_that_are_shared),
		cmocka_unit_test(texts_of_a_cell),
		cmocka_unit_test(sheets_of_a_workbook),
		cmocka_unit_test(rows_and_columns),
		cmocka_unit_test(nesting),
		cmocka_unit_test(long_tags),
		cmocka_unit_test(merged_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
