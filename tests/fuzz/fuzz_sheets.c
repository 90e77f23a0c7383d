/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an office workbook, in a zip that is right whatever they are: the sheet, the shared
 * texts, the workbook, its relationships and those of the root, in this order, with a line "%%%"
 * between. What is left out is as in any workbook; behind a "=" in front is what a sheet has in it.
 */
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

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

/* Puts the element around what is behind the "=". The caller frees the part's bytes. */
static char *wrap_sheet(struct zip_part *sheet)
{
	static const char head[] = "<worksheet xmlns='" MAIN "'>", tail[] = "</worksheet>";
	char *text;

	if (!sheet->len || sheet->data[0] != '=')
		return NULL;
	text = malloc(sizeof(head) + sheet->len + sizeof(tail));
	FUZZ_CHECK(text);
	memcpy(text, head, sizeof(head) - 1);
	memcpy(text + sizeof(head) - 1, sheet->data + 1, sheet->len - 1);
	memcpy(text + sizeof(head) - 1 + sheet->len - 1, tail, sizeof(tail));
	zip_set(sheet, text);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int order[] = { ZIP_SHEET, ZIP_STRINGS, ZIP_WORKBOOK, ZIP_RELS,
				     ZIP_ROOT_RELS };
	struct zip_part parts[ZIP_PARTS];
	const char *text = (const char *)data;
	auto_free char *wrapped = NULL;
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
	wrapped = wrap_sheet(&parts[ZIP_SHEET]);
	bytes = zip_make(parts, ZIP_PARTS, &len);
	FUZZ_CHECK(bytes);
	fuzz_workbook(bytes, len);
	return 0;
}
