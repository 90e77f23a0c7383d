/* SPDX-License-Identifier: Apache-2.0 */
#include "api/unpack.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#define PIECE     (16u << 10)
#define GZIP_ONLY (15 + 16) /* of inflateInit2 */

static enum err not_gzip(struct err_info *info)
{
	return err_set(info, ERR_MALFORMED, "不是完整的 gzip / not a whole gzip file");
}

/* One call of inflate. *ret_end: the input ended with a whole file. */
static enum err step(z_stream *z, size_t packed, size_t *total, unpack_fn *fn, void *context,
		     bool *ret_end, struct err_info *info)
{
	char piece[PIECE];
	size_t n;
	int status;

	z->next_out = (unsigned char *)piece;
	z->avail_out = sizeof(piece);
	status = inflate(z, Z_NO_FLUSH);
	if (status != Z_OK && status != Z_STREAM_END)
		return not_gzip(info);
	n = sizeof(piece) - z->avail_out;
	*total += n;
	if (*total > packed * UNPACK_RATIO_MAX + PIECE)
		return err_set(info, ERR_TOO_BIG,
			       "解压后超过 %d 倍 / unpacked it is more than %d times as large",
			       UNPACK_RATIO_MAX, UNPACK_RATIO_MAX);
	*ret_end = status == Z_STREAM_END && z->avail_in == 0;
	if (status == Z_STREAM_END && z->avail_in && inflateReset(z) != Z_OK)
		return not_gzip(info);
	return n ? fn(piece, n, context, info) : ERR_OK;
}

enum err unpack(bool gzip, const char *data, size_t len, unpack_fn *fn, void *context,
		struct err_info *info)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)data, .avail_in = (unsigned)len };
	size_t total = 0;
	bool end = false;
	enum err e = ERR_OK;

	if (!gzip)
		return len ? fn(data, len, context, info) : ERR_OK;
	if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
		return err_set(info, ERR_NOMEM, "zlib");
	while (e == ERR_OK && !end)
		e = step(&z, len, &total, fn, context, &end, info);
	inflateEnd(&z);
	return e;
}
