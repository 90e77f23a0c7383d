/* SPDX-License-Identifier: Apache-2.0 */
#include "api/csv_write.h"

#include <string.h>

void csv_cell(struct buf *out, const char *text)
{
	const bool formula = *text && strchr("=+-@\t\r", *text);
	const bool quoted = formula || strpbrk(text, "\",\r\n") != NULL;

	if (!quoted) {
		buf_str(out, text);
		return;
	}
	buf_str(out, formula ? "\"'" : "\"");
	while (*text) {
		const size_t n = strcspn(text, "\"");

		buf_add(out, text, n);
		text += n;
		if (*text) {
			buf_str(out, "\"\"");
			text++;
		}
	}
	buf_str(out, "\"");
}
