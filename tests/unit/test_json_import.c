/* SPDX-License-Identifier: Apache-2.0 */
/* Files of many rows: taken apart the same wherever they are cut, and read as strictly as
 * documents. */
#include "base/buf.h"
#include "base/str.h"
#include "lib/check.h"
#include "json/import_rows.h"

/* Every record as "row:cell|cell", a line each. */
static enum err note(const struct file_record *record, void *context, struct err_info *info)
{
	struct buf *out = context;

	(void)info;
	buf_printf(out, "%lld%s:", (long long)record->row, record->too_long ? "!" : "");
	for (size_t i = 0; i < record->n && !record->too_long; i++)
		buf_printf(out, "%s%s", i ? "|" : "", record->cell[i]);
	buf_str(out, "\n");
	return ERR_OK;
}

static enum err take_apart(enum import_format format, const char *data, size_t len, size_t piece,
			   struct buf *out, struct err_info *info)
{
	auto_records struct records *records = NULL;
	enum err e;

	assert_int_equal(records_new(format, note, out, &records), ERR_OK);
	for (size_t at = 0; at < len; at += piece) {
		e = records_feed(records, data + at, len - at < piece ? len - at : piece, info);
		if (e != ERR_OK)
			return e;
	}
	return records_end(records, info);
}

/* Cut after each byte, every third, and not at all. */
static void assert_records(enum import_format format, const char *data, size_t len,
			   const char *wanted)
{
	const size_t pieces[] = { 1, 3, 7, len ? len : 1 };

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		auto_buf struct buf out;

		buf_init(&out, 1 << 20);
		assert_int_equal(take_apart(format, data, len, pieces[i], &out, NULL), ERR_OK);
		assert_string_equal(out.data, wanted);
	}
}

static void csv_records(void **state)
{
	(void)state;
	assert_records(IMPORT_CSV, "a,b\r\n1,2\r\n", 10, "1:a|b\n2:1|2\n");
	assert_records(IMPORT_CSV, "a,b\n\n1,\"2\n,\"\"3\"", 15, "1:a|b\n3:1|2\n,\"3\n");
	/* each as a spreadsheet numbers it, whatever ends a line */
	assert_records(IMPORT_CSV, "\r\na\r\n\r\n\r\nb\r\n,\r\n", 15, "2:a\n5:b\n6:|\n");
	assert_records(IMPORT_CSV, "\na\n\n \nb", 7, "2:a\n5:b\n");
	assert_records(IMPORT_CSV, "a\r\r\"\"\rb\r", 8, "1:a\n3:\n4:b\n");
	assert_records(IMPORT_CSV,
		       "\xef\xbb\xbf"
		       "a\n\xe5\xae\x89\n",
		       9, "1:a\n2:安\n");
	assert_records(IMPORT_CSV, "", 0, "");
}

/* 安徽 in GB18030, and a character of four bytes (U+20087). */
static void csv_in_gb18030(void **state)
{
	static const char text[] = "a,\xb0\xb2\xbb\xd5\r\n\x95\x32\x90\x31,1\r\n";

	(void)state;
	assert_records(IMPORT_CSV, text, sizeof(text) - 1, "1:a|安徽\n2:\xf0\xa0\x82\x87|1\n");
}

/* Not a value without its last byte, wherever the file breaks off. */
static void a_character_that_breaks_off(void **state)
{
	(void)state;
	assert_records(IMPORT_CSV, "\xb0\xb2,12\x81", 6, "1:安|12\xef\xbf\xbd\n");
	assert_records(IMPORT_CSV, "\xb0\xb2,12\x95\x32\x90", 8, "1:安|12\xef\xbf\xbd\n");
}

/* Said, not read as a header that nobody knows. */
static void what_is_no_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *word;
	} files[] = {
		{ "\xff\xfes\0c\0", 6, "UTF-16" }, { "\xfe\xff\0s\0c", 6, "UTF-16" },
		{ "\x1f\x8b\x08", 3, "gzip" },     { "PK\3\4", 4, "workbook" },
		{ "\xd0\xcf\x11\xe0", 4, ".xls" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		auto_records struct records *records = NULL;
		struct err_info info = { .text = "" };

		assert_int_equal(
			records_new(i % 2 ? IMPORT_NDJSON : IMPORT_CSV, note, NULL, &records),
			ERR_OK);
		assert_int_equal(records_feed(records, files[i].bytes, files[i].len, &info),
				 ERR_OK);
		assert_int_equal(records_end(records, &info), ERR_MALFORMED);
		assert_non_null(strstr(info.text, files[i].word));
	}
}

/* Each in its own words: where there is no quote, none is looked for. */
static void rows_that_never_end(void **state)
{
	struct err_info info = { .text = "" };
	auto_buf struct buf out;
	static char text[RECORD_RUNAWAY + 9000];

	(void)state;
	buf_init(&out, 1 << 20);
	assert_int_equal(take_apart(IMPORT_CSV, "a\n\"x", 4, 4, &out, &info), ERR_MALFORMED);
	assert_non_null(strstr(info.text, "a quote behind row 1 is never closed"));
	memset(text, 'x', sizeof(text));
	text[1] = '\n';
	for (int quoted = 0; quoted < 2; quoted++) {
		text[2] = quoted ? '"' : 'x';
		info.text[0] = '\0';
		assert_int_equal(take_apart(IMPORT_CSV, text, sizeof(text), 4096, &out, &info),
				 ERR_MALFORMED);
		assert_non_null(strstr(info.text, "第 1 行之后 1048576 字节内没有行尾"));
		assert_non_null(strstr(info.text, "a quote or a line break is missing"));
	}
	info.text[0] = '\0';
	assert_int_equal(take_apart(IMPORT_NDJSON, text, sizeof(text), 4096, &out, &info),
			 ERR_MALFORMED);
	assert_non_null(strstr(info.text, "no row ends within 1048576 bytes"));
}

static void lines_and_long_lines(void **state)
{
	auto_buf struct buf out;
	static char text[RECORD_BYTES + 20];

	(void)state;
	assert_records(IMPORT_NDJSON, "{}\n{\"a\":1}\r\n\nx", 15, "1:{}\n2:{\"a\":1}\r\n3:\n4:x\n");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 3] = '\n';
	buf_init(&out, 1 << 20);
	assert_int_equal(take_apart(IMPORT_NDJSON, text, sizeof(text), 5000, &out, NULL), ERR_OK);
	assert_string_equal(out.data, "1!:\n2:xx\n");
}

/* --- rows --------------------------------------------------------------------------------- */

struct reading {
	struct import_rows *rows;
	struct problems problems;
	struct buf told;
	struct report report; /* the last one */
};

static const struct standard *no_standard(const char *county, const char *period, void *context)
{
	(void)county;
	(void)period;
	(void)context;
	return NULL;
}

static enum err tell(const struct file_record *record, void *context, struct err_info *info)
{
	struct reading *r = context;
	struct import_row *row = NULL;
	const enum err e = import_rows_read(r->rows, record, &row, &r->problems, info);

	for (size_t i = 0; i < r->problems.n; i++)
		buf_printf(&r->told, "%lld %s %s\n", (long long)record->row,
			   r->problems.items[i].pointer, r->problems.items[i].code);
	if (row)
		buf_printf(&r->told, "%lld %d %s %s %s\n", (long long)record->row, (int)row->type,
			   row->code, row->county, row->period);
	if (row && row->type == IMPORT_REPORT)
		r->report = row->report;
	return e == ERR_INVALID ? ERR_OK : e;
}

static void assert_told(enum import_format format, const char *text, const char *wanted,
			struct report *ret_report)
{
	auto_records struct records *records = NULL;
	struct reading r = { .rows = NULL };
	struct err_info info;
	enum err e;

	buf_init(&r.told, 1 << 20);
	assert_int_equal(import_rows_new(format, "2026", no_standard, NULL, &r.rows), ERR_OK);
	assert_int_equal(records_new(format, tell, &r, &records), ERR_OK);
	e = records_feed(records, text, strlen(text), &info);
	if (e == ERR_OK)
		e = records_end(records, &info);
	assert_true(e == ERR_OK || e == ERR_MALFORMED);
	assert_string_equal(r.told.data, wanted);
	if (ret_report)
		*ret_report = r.report;
	buf_release(&r.told);
	import_rows_free(r.rows);
}

static void rows_of_ndjson(void **state)
{
	struct report report;

	(void)state;
	assert_told(IMPORT_NDJSON,
		    "{\"type\":\"region\",\"code\":\"34\",\"name\":\"x\"}\n \n"
		    "{\"type\":\"report\",\"period\":\"2025\",\"school\":\"2134000001\","
		    "\"stages\":{\"primary\":{\"students\":5}},\"site\":{\"teaching_area\":4.20}}",
		    "1 0 34  \n3 2 2134000001  2025\n", &report);
	assert_int_equal(report.stages[STAGE_PRIMARY].figure[STAGE_students], 5);
	assert_int_equal(report.site[SITE_teaching_area], 420);
	assert_told(
		IMPORT_NDJSON,
		"{\"type\":\"report\",\"type\":\"x\"}\n[]\n{\"type\":\"report\",\"period\":2025}\n"
		"{\"type\":\"county_report\",\"period\":\"2025\",\"county\":\"340207\"}\n"
		"{\"type\":\"region\",\"code\":\"34\",\"name\":\"x\",\"recognised\":\"2025\"}\n",
		"1 /type duplicate_key\n1 /type not_allowed\n2  malformed\n3 /period wrong_type\n"
		"3 /school required\n3 /stages required\n4  no_standard\n5 /recognised "
		"not_allowed\n",
		NULL);
}

static void rows_of_csv(void **state)
{
	struct report report;

	(void)state;
	assert_told(IMPORT_CSV,
		    "school,period,junior.students,site.teaching_area,site.art_rooms,declared.b,"
		    "declared.a\n"
		    "2134000001,2025,5,4.200,1.5;2,3,0.5\n",
		    "2 2 2134000001  2025\n", &report);
	assert_int_equal(report.stages[STAGE_JUNIOR].figure[STAGE_students], 5);
	assert_false(report.stages[STAGE_PRIMARY].present);
	assert_int_equal(report.site[SITE_teaching_area], 420);
	assert_int_equal(report.rooms[ROOMS_art_rooms].n, 2);
	assert_int_equal(report.rooms[ROOMS_art_rooms].area[0], 150);
	assert_int_equal(report.rooms[ROOMS_music_rooms].n, -1);
	assert_int_equal(report.declared_n, 2);
	assert_string_equal(report.declared[0].name, "a");
	assert_int_equal(report.declared[0].value, 50);
	assert_told(IMPORT_CSV,
		    "school,period,primary.students,site.art_rooms\n2134000001,2025,5,;\n",
		    "2 2 2134000001  2025\n", &report);
	assert_int_equal(report.rooms[ROOMS_art_rooms].n, 0);
}

static void cells_that_are_wrong(void **state)
{
	(void)state;
	assert_told(IMPORT_CSV,
		    "school,period,primary.students,primary.classes,primary.largest_class,site."
		    "teaching_area\n"
		    "2134000001,1999,12.5,,,1.001\n"
		    "2134000001,2027,1e3,-1,99999999,-1\n"
		    "2134000001,2025,10,,11,9000000000000.01\n"
		    "2134000001,2025,10,,11,\n",
		    "2 primary.students not_integer\n2 site.teaching_area too_many_decimals\n"
		    "2 period impossible_period\n3 primary.students not_integer\n"
		    "3 primary.classes negative\n3 primary.largest_class too_big\n"
		    "3 site.teaching_area negative\n3 period impossible_period\n"
		    "4 site.teaching_area too_big\n5 primary.largest_class exceeds_whole\n",
		    NULL);
	assert_told(IMPORT_CSV, "school,school,gym,senior.classes\nx\n",
		    "1 school duplicate_column\n1 gym unknown_column\n1 senior.classes "
		    "unknown_column\n1 period required\n",
		    NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_records),
		cmocka_unit_test(csv_in_gb18030),
		cmocka_unit_test(a_character_that_breaks_off),
		cmocka_unit_test(what_is_no_text),
		cmocka_unit_test(rows_that_never_end),
		cmocka_unit_test(lines_and_long_lines),
		cmocka_unit_test(rows_of_ndjson),
		cmocka_unit_test(rows_of_csv),
		cmocka_unit_test(cells_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
