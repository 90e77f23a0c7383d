/* SPDX-License-Identifier: Apache-2.0 */
#include "api/xlsx_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK 16384

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

void xlsx_set_border(lxw_format *f, uint8_t align)
{
	format_set_border(f, LXW_BORDER_THIN);
	format_set_align(f, align);
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
}
