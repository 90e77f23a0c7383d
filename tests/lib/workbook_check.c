/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/workbook_check.h"

#include "lib/check.h"

static const char kinds[] = { [SHEET_EMPTY] = '.', [SHEET_TEXT] = 't', [SHEET_NUMBER] = 'n',
			      [SHEET_BOOL] = 'b',  [SHEET_DATE] = 'd', [SHEET_PERCENT] = 'p',
			      [SHEET_ERROR] = 'e', [SHEET_LONG] = 'L', [SHEET_SCALED] = 'c' };

enum err note_row(const struct sheet_row *row, void *context, struct err_info *info)
{
	struct buf *out = context;

	(void)info;
	assert_true(row->n > 0);
	assert_int_not_equal(row->cell[row->n - 1].kind, SHEET_EMPTY);
	buf_printf(out, "%lld:", (long long)row->row);
	for (size_t i = 0; i < row->n; i++) {
		const struct sheet_cell *c = &row->cell[i];

		assert_int_equal(strlen(c->text), c->len);
		buf_printf(out, "%s%c%s%s", i ? "|" : "", kinds[c->kind], c->len ? " " : "",
			   c->text);
	}
	buf_str(out, "\n");
	return buf_failed(out) ? out->err : ERR_OK;
}

enum err read_bytes(const char *bytes, size_t len, struct buf *out, struct err_info *info)
{
	auto_workbook struct workbook *wb = NULL;
	enum err e;

	*info = (struct err_info){ 0 };
	e = workbook_open(bytes, len, &wb, info);
	return e == ERR_OK ? workbook_read(wb, 0, note_row, out, info) : e;
}

enum err read_parts(const struct zip_part *parts, size_t n, struct buf *out, struct err_info *info)
{
	size_t len = 0;
	auto_free char *bytes = zip_make(parts, n, &len);

	assert_non_null(bytes);
	return read_bytes(bytes, len, out, info);
}

enum err read_with(int part, const char *text, struct buf *out, struct err_info *info)
{
	struct zip_part parts[ZIP_PARTS];

	zip_plain_parts(parts);
	zip_set(&parts[part], text);
	return read_parts(parts, ZIP_PARTS, out, info);
}

void assert_rows(int part, const char *text, const char *wanted)
{
	auto_buf struct buf out;
	struct err_info info;
	enum err e;

	buf_init(&out, 1 << 20);
	e = read_with(part, text, &out, &info);
	if (e != ERR_OK)
		fail_msg("%s: %s", text, info.text);
	assert_string_equal(out.data, wanted);
}

void assert_says(enum err e, const struct err_info *info, enum err wanted, const char *reason,
		 const char *words)
{
	assert_int_equal(e, wanted);
	assert_int_equal(info->code, wanted);
	assert_string_equal(info->reason, reason);
	assert_non_null(strstr(info->text, " / "));
	if (!strstr(info->text, words))
		fail_msg("\"%s\" does not say \"%s\"", info->text, words);
}

void assert_refused(int part, const char *text, enum err wanted, const char *reason,
		    const char *words)
{
	auto_buf struct buf out;
	struct err_info info;
	enum err e;

	buf_init(&out, 1 << 20);
	e = read_with(part, text, &out, &info);
	assert_says(e, &info, wanted, reason, words);
}

void repeat(struct buf *out, const char *head, const char *text, size_t n, const char *tail)
{
	buf_init(out, 256u << 20);
	buf_str(out, head);
	for (size_t i = 0; i < n; i++)
		buf_str(out, text);
	buf_str(out, tail);
}
