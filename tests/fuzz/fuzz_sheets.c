/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an office workbook, in a zip that is right whatever they are: the sheet, the shared
 * texts, the workbook, its relationships and those of the root, in this order, with a line "%%%"
 * between. What is left out is as in any workbook. */
#include <string.h>

#include "base/auto.h"
#include "fuzz/fuzz.h"
#include "fuzz/sheets.h"
#include "lib/zip_make.h"

#define BETWEEN "\n%%%\n"

const char fuzz_target[] = "sheets";

static const char *find(const char *text, size_t len, const char *what)
{
	const size_t n = strlen(what);

	for (size_t i = 0; i + n <= len; i++) {
		if (memcmp(text + i, what, n) == 0)
			return text + i;
	}
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int order[] = { ZIP_SHEET, ZIP_STRINGS, ZIP_WORKBOOK, ZIP_RELS,
				     ZIP_ROOT_RELS };
	struct zip_part parts[ZIP_PARTS];
	const char *text = (const char *)data;
	auto_free char *bytes = NULL;
	size_t len = 0;

	zip_plain_parts(parts);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		const char *end = find(text, size, BETWEEN);
		const size_t n = end ? (size_t)(end - text) : size;

		if (n)
			parts[order[i]] = (struct zip_part){ .name = parts[order[i]].name,
							     .data = text,
							     .len = n };
		parts[order[i]].stored = true;
		text += n + (end ? strlen(BETWEEN) : 0);
		size -= n + (end ? strlen(BETWEEN) : 0);
	}
	bytes = zip_make(parts, ZIP_PARTS, &len);
	FUZZ_CHECK(bytes);
	fuzz_workbook(bytes, len);
	return 0;
}
