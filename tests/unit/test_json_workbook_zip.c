/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are no workbook, or one that is cut, changed or made to do harm. */
#include "base/buf.h"
#include "lib/check.h"
#include "lib/workbook_check.h"

/* --- what is no workbook ------------------------------------------------------------------------
 */

static void other_files(void **state)
{
	static const char ole[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and what follows EE\0n";
	static const char secret[] =
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 E\0n\0E\0n\0c\0r\0y\0p\0t\0e\0"
		"d\0P\0a\0c\0k\0a\0g\0e\0";
	const struct {
		const char *bytes;
		size_t len;
		const char *reason;
		const char *words;
	} cases[] = {
		{ "", 0, "not_workbook", "not an .xlsx" },
		{ "school,period\n", 14, "not_workbook", "not an .xlsx" },
		{ "<html>", 6, "not_workbook", "not an .xlsx" },
		{ "PK", 2, "damaged", "cut off" },
		{ "PK\3\4 and no more of it, but a little", 30, "damaged", "cut off" },
		{ "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22, "not_workbook", "_rels" },
		{ ole, sizeof(ole) - 1, "old_format", "save it as .xlsx" },
		{ secret, sizeof(secret) - 1, "encrypted", "without one" },
		{ secret, sizeof(secret) - 2, "old_format", "save it as .xlsx" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_buf struct buf out;
		struct err_info info;
		enum err e;

		buf_init(&out, 1 << 10);
		e = read_bytes(cases[i].bytes, cases[i].len, &out, &info);
		assert_says(e, &info, ERR_MALFORMED, cases[i].reason, cases[i].words);
	}
}

static void other_office_files(void **state)
{
	const struct zip_part ods[] = { { "mimetype", "application/x", 13, true },
					{ "content.xml", "<a/>", 4, false } };
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	buf_init(&out, 1 << 10);
	assert_says(read_parts(ods, 2, &out, &info), &info, ERR_MALFORMED, "old_format",
		    "save it as .xlsx");
	assert_says(read_parts(ods + 1, 1, &out, &info), &info, ERR_MALFORMED, "not_workbook",
		    "_rels/.rels");
	assert_refused(ZIP_ROOT_RELS,
		       RELS "<Relationship Type='" TYPE "officeDocument' "
			    "Target='xl/workbook.bin'/></Relationships>",
		       ERR_MALFORMED, "old_format", ".xlsb");
}

/* --- a zip that lies ----------------------------------------------------------------------------
 */

static char *find(char *bytes, size_t len, const char *what, size_t n)
{
	for (size_t i = 0; i + n <= len; i++) {
		if (memcmp(bytes + i, what, n) == 0)
			return bytes + i;
	}
	return NULL;
}

static char *plain_zip(size_t *ret_len)
{
	struct zip_part parts[ZIP_PARTS];
	char *bytes;

	zip_plain_parts(parts);
	for (int i = 0; i < ZIP_PARTS; i++)
		parts[i].stored = true;
	bytes = zip_make(parts, ZIP_PARTS, ret_len);
	assert_non_null(bytes);
	return bytes;
}

/* Wherever it is cut. */
static void files_cut_off(void **state)
{
	size_t len;
	auto_free char *bytes = plain_zip(&len);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		/* so that a read behind the end is seen */
		auto_free char *cut = malloc(n ? n : 1);
		auto_buf struct buf out;
		struct err_info info;

		assert_non_null(cut);
		memcpy(cut, bytes, n);
		buf_init(&out, 1 << 10);
		assert_int_equal(read_bytes(cut, n, &out, &info), ERR_MALFORMED);
	}
}

/* Each byte another: either it is told, or it was one that says nothing; never a crash. */
static void files_with_a_wrong_byte(void **state)
{
	size_t len, told = 0;
	auto_free char *bytes = plain_zip(&len);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		auto_buf struct buf out;
		struct err_info info;
		enum err e;

		buf_init(&out, 1 << 20);
		bytes[i] = (char)~bytes[i];
		e = read_bytes(bytes, len, &out, &info);
		told += e != ERR_OK;
		if (e == ERR_OK)
			assert_string_equal(out.data, "1:t text\n");
		bytes[i] = (char)~bytes[i];
	}
	assert_true(told > len / 2);
}

static void a_checksum_that_is_wrong(void **state)
{
	size_t len;
	auto_free char *bytes = plain_zip(&len);
	char *text = find(bytes, len, "<t>text", 7);
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	buf_init(&out, 1 << 10);
	assert_non_null(text);
	text[3] = 'T';
	assert_says(read_bytes(bytes, len, &out, &info), &info, ERR_MALFORMED, "damaged", "zip");
}

/* Finds the entry of a part in the directory (APPNOTE.TXT 4.3.12). */
static char *entry_of(char *bytes, size_t len, const char *name)
{
	for (char *at = bytes; (at = find(at, (size_t)(bytes + len - at), "PK\1\2", 4)); at++) {
		if (strncmp(at + 46, name, strlen(name)) == 0)
			return at;
	}
	fail_msg("no entry %s", name);
	return NULL;
}

static void parts_with_a_password(void **state)
{
	size_t len;
	auto_free char *bytes = plain_zip(&len);
	char *entry = entry_of(bytes, len, "xl/workbook.xml");
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	buf_init(&out, 1 << 10);
	entry[8] |= 1;
	assert_says(read_bytes(bytes, len, &out, &info), &info, ERR_MALFORMED, "encrypted",
		    "without one");
}

static void compressions_that_need_memory(void **state)
{
	size_t len;
	auto_free char *bytes = plain_zip(&len);
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	buf_init(&out, 1 << 10);
	entry_of(bytes, len, "xl/workbook.xml")[10] = 14; /* LZMA */
	assert_says(read_bytes(bytes, len, &out, &info), &info, ERR_MALFORMED, "damaged",
		    "not supported");
}

/* Two names of one place, and sizes that are not: what comes out is counted. */
static void entries_that_overlap(void **state)
{
	size_t len;
	auto_free char *bytes = plain_zip(&len);
	char *sheet = entry_of(bytes, len, "xl/worksheets/sheet1.xml");
	const char *book = entry_of(bytes, len, "xl/workbook.xml");
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	buf_init(&out, 1 << 10);
	memcpy(sheet + 42, book + 42, 4); /* where it begins */
	assert_int_equal(read_bytes(bytes, len, &out, &info), ERR_MALFORMED);
}

/* A directory that says it has few entries, and is as long as many: nothing is made of it. */
static void a_directory_that_is_too_long(void **state)
{
	size_t len;
	auto_free char *bytes = plain_zip(&len);
	auto_buf struct buf out;
	struct err_info info;

	(void)state;
	buf_init(&out, 1 << 10);
	bytes[len - 22 + 14] = 0x20; /* 2 MiB */
	assert_says(read_bytes(bytes, len, &out, &info), &info, ERR_TOO_BIG, "too_large", "files");
}

/* Little endian, as all of a zip is. */
static void put_number(char *to, size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++, value >>= 8)
		to[i] = (char)(value & 0xff);
}

static uint64_t get_number(const char *from, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | (unsigned char)from[n];
	return value;
}

#define END      22 /* bytes of the directory's end, as zip_make() writes it */
#define END64    56 /* APPNOTE.TXT 4.3.14 */
#define LOCATOR  20 /* 4.3.15 */
#define GROWS_BY (END64 + LOCATOR)

/* The same file, with an end of 64 bits before the one of 32. */
static char *with_end64(const char *bytes, size_t len, uint64_t entries, uint64_t at)
{
	const char *end = bytes + len - END;
	char *all = calloc(1, len + GROWS_BY);
	char *to;

	assert_non_null(all);
	memcpy(all, bytes, len - END);
	to = all + len - END;
	memcpy(to, "PK\6\6", 4);
	put_number(to + 4, 8, END64 - 12);
	put_number(to + 12, 2, 45);
	put_number(to + 14, 2, 45);
	put_number(to + 24, 8, entries);
	put_number(to + 32, 8, entries);
	put_number(to + 40, 8, get_number(end + 12, 4));
	put_number(to + 48, 8, get_number(end + 16, 4));
	to += END64;
	memcpy(to, "PK\6\7", 4);
	put_number(to + 8, 8, at);
	put_number(to + 16, 4, 1);
	to += LOCATOR;
	memcpy(to, end, END);
	memset(to + 8, 0xff, 12); /* entries, size and place are in the other one */
	return all;
}

/* Some programs write one whatever the size. */
static void a_directory_of_64_bits(void **state)
{
	const struct {
		uint64_t entries;
		size_t moved;
		enum err wanted;
		const char *reason;
	} cases[] = {
		{ ZIP_PARTS, 0, ERR_OK, "" },
		{ WORKBOOK_PARTS + 1, 0, ERR_TOO_BIG, "too_large" },
		{ UINT64_MAX, 0, ERR_TOO_BIG, "too_large" },
		{ ZIP_PARTS, 1, ERR_MALFORMED, "damaged" },
		{ ZIP_PARTS, SIZE_MAX / 2, ERR_MALFORMED, "damaged" },
	};
	size_t len;
	auto_free char *bytes = plain_zip(&len);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_free char *all =
			with_end64(bytes, len, cases[i].entries, len - END + cases[i].moved);
		auto_buf struct buf out;
		struct err_info info;

		buf_init(&out, 1 << 10);
		assert_int_equal(read_bytes(all, len + GROWS_BY, &out, &info), cases[i].wanted);
		assert_string_equal(info.reason, cases[i].reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_files),
		cmocka_unit_test(other_office_files),
		cmocka_unit_test(files_cut_off),
		cmocka_unit_test(files_with_a_wrong_byte),
		cmocka_unit_test(a_checksum_that_is_wrong),
		cmocka_unit_test(parts_with_a_password),
		cmocka_unit_test(compressions_that_need_memory),
		cmocka_unit_test(entries_that_overlap),
		cmocka_unit_test(a_directory_that_is_too_long),
		cmocka_unit_test(a_directory_of_64_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
