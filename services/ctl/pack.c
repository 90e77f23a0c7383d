/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/pack.h"

#include <stdint.h>
#include <zlib.h>

#define GZIP_ONLY (15 + 16) /* of deflateInit2 */
#define MEM_LEVEL 8

size_t pack(const char *data, size_t len, char *out, size_t size)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)data,
		       .avail_in = (unsigned)len,
		       .next_out = (unsigned char *)out,
		       .avail_out = (unsigned)size };
	size_t n;
	int status;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_ONLY, MEM_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	status = deflate(&z, Z_FINISH);
	n = size - z.avail_out;
	deflateEnd(&z);
	return status == Z_STREAM_END && n < len && n >= len / PACK_RATIO_MAX ? n : 0;
}
