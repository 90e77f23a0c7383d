/* SPDX-License-Identifier: Apache-2.0 */
#include "api/xlsx_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK      16384
#define CELL_CHARS 32767 /* the library refuses a longer text, escapes counted in */
#define CHAR_BYTES 4
#define ESCAPE     "_x005F_" /* "_", where it would begin an escape */

static enum err read_file(int fd, struct buf *out, struct err_info *info)
{
	char block[BLOCK];
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) > 0)
		buf_add(out, block, (size_t)n);
	return n < 0 ? err_set(info, ERR_IO, "工作簿读取失败 / the workbook cannot be read")
		     : ERR_OK;
}

enum err xlsx_write(xlsx_writer *writer, const void *context, struct buf *out,
		    struct err_info *info)
{
	char path[] = P_tmpdir "/junheng-xlsx-XXXXXX";
	const int fd = mkstemp(path);
	lxw_error failed;
	enum err e;

	if (fd < 0)
		return err_set(info, ERR_IO, "无法写临时文件 / cannot write a temporary file");
	failed = writer(path, context);
	if (failed == LXW_NO_ERROR)
		e = read_file(fd, out, info);
	else
		e = err_set(info, failed == LXW_ERROR_MEMORY_MALLOC_FAILED ? ERR_NOMEM : ERR_IO,
			    "工作簿写入失败 / the workbook was not written: %s",
			    lxw_strerror(failed));
	close(fd);
	unlink(path);
	return e;
}

/* --- texts ---------------------------------------------------------------------------------- */

/* "_xHHHH_": the library writes it as it is. */
static bool begins_escape(const char *s)
{
	return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") == 4 &&
	       s[6] == '_';
}

static size_t char_bytes(const char *s)
{
	size_t n = 1;

	while (((unsigned char)s[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* The last "_" of an escape may begin the next one: each is escaped by itself. */
static void add_text(struct buf *out, const char *text)
{
	size_t chars = 0;

	while (*text) {
		const bool escape = begins_escape(text);
		const size_t n = escape ? strlen(ESCAPE) : char_bytes(text);

		chars += escape ? strlen(ESCAPE) : 1;
		if (chars > CELL_CHARS)
			return;
		buf_add(out, escape ? ESCAPE : text, n);
		text += escape ? 1 : n;
	}
}

/* NULL without memory. */
static const char *cell_text(const char *text, struct buf *room)
{
	if (!strstr(text, "_x") && strlen(text) <= CELL_CHARS)
		return text;
	add_text(room, text);
	return buf_failed(room) ? NULL : room->data;
}

lxw_error xlsx_text(lxw_worksheet *to, lxw_row_t row, lxw_col_t column, const char *text,
		    lxw_format *format)
{
	auto_buf struct buf room;

	buf_init(&room, CELL_CHARS * CHAR_BYTES);
	text = cell_text(text, &room);
	return text ? worksheet_write_string(to, row, column, text, format)
		    : LXW_ERROR_MEMORY_MALLOC_FAILED;
}

lxw_error xlsx_text_over(lxw_worksheet *to, lxw_row_t first_row, lxw_col_t first_column,
			 lxw_row_t last_row, lxw_col_t last_column, const char *text,
			 lxw_format *format)
{
	auto_buf struct buf room;

	buf_init(&room, CELL_CHARS * CHAR_BYTES);
	text = cell_text(text, &room);
	return text ? worksheet_merge_range(to, first_row, first_column, last_row, last_column,
					    text, format)
		    : LXW_ERROR_MEMORY_MALLOC_FAILED;
}

void xlsx_set_border(lxw_format *f, uint8_t align)
{
	format_set_border(f, LXW_BORDER_THIN);
	format_set_align(f, align);
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
}
