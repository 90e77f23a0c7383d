/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/standard_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "lib/check.h"
#include "json/documents.h"

char *standard_file_read(const char *name)
{
	char path[96];
	char *text = calloc(1, STANDARD_BYTES);
	auto_fclose FILE *f = NULL;

	assert_non_null(text);
	assert_true(snprintf(path, sizeof(path), "sql/standards/%s.json", name) > 0);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, STANDARD_BYTES - 1, f) > 0);
	return text;
}

void standard_file_load(const char *name, struct standard *out)
{
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	auto_free char *document = standard_file_read(name);
	auto_free char *base_text = NULL;
	auto_buf struct buf resolved;
	char base[STANDARD_ID];

	assert_non_null(problems);
	assert_int_equal(json_standard_base(document, strlen(document), base, problems, NULL),
			 ERR_OK);
	if (base[0])
		base_text = standard_file_read(base);
	buf_init(&resolved, STANDARD_BYTES);
	if (json_resolve_standard(document, strlen(document), base_text, &resolved, out, problems,
				  NULL) != ERR_OK)
		fail_msg("%s: %s %s", name, problems->items[0].pointer, problems->items[0].code);
	str_copy(out->id, sizeof(out->id), name);
}
