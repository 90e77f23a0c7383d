/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in the workbooks that we write: what is read out of them is what went in. */
#include <string.h>

#include "api/xlsx_file.h"
#include "lib/check.h"
#include "lib/workbook_check.h"

#define CELL_CHARS 32767

static lxw_error write_texts(const char *path, const void *context)
{
	const char *const *texts = context;
	lxw_workbook *book = workbook_new(path);
	lxw_worksheet *sheet = workbook_add_worksheet(book, "文本");
	lxw_error e = LXW_NO_ERROR;
	lxw_row_t row = 0;

	for (; texts[row] && e == LXW_NO_ERROR; row++) {
		e = xlsx_text(sheet, row, 0, texts[row], NULL);
		if (e == LXW_NO_ERROR)
			e = xlsx_text_over(sheet, row, 1, row, 2, texts[row], NULL);
	}
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
	return e;
}

static void assert_comes_back(const char *const *texts, const char *wanted)
{
	auto_buf struct buf bytes;
	auto_buf struct buf out;
	struct err_info info = { .text = "" };

	buf_init(&bytes, 1 << 20);
	buf_init(&out, 1 << 20);
	assert_int_equal(xlsx_write(write_texts, texts, &bytes, &info), ERR_OK);
	assert_int_equal(read_bytes(bytes.data, bytes.len, &out, &info), ERR_OK);
	assert_string_equal(out.data, wanted);
}

static void texts_that_look_like_escapes(void **state)
{
	static const char *const texts[] = {
		"_x000D_",         "a_x005F_b",    "_x0041_x0042_x0043_", "_x005F_x000D_",
		"__xD800__x0000_", "_x12_x12345_", "_x00e9_安",           "_X000D_",
		"=1_x0041_",       NULL,
	};
	auto_buf struct buf wanted;

	(void)state;
	buf_init(&wanted, 4096);
	for (int i = 0; texts[i]; i++)
		buf_printf(&wanted, "%d:t %s|t %s\n", i + 1, texts[i], texts[i]);
	assert_comes_back(texts, wanted.data);
}

/* The library would refuse the whole workbook. What is too long for our reader is told as L. */
static void what_no_cell_holds_is_cut(void **state)
{
	static const char *const pieces[] = { "a", "安", "_x000D_", "_x0041" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		auto_buf struct buf text;
		const char *texts[] = { NULL, NULL };

		repeat(&text, "", pieces[i], CELL_CHARS + 1, "");
		texts[0] = text.data;
		assert_comes_back(texts, "1:L|L\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_that_look_like_escapes),
		cmocka_unit_test(what_no_cell_holds_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
