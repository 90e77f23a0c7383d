/* SPDX-License-Identifier: Apache-2.0 */
#include "json/evidence.h"

#include <jansson.h>

#include "json/reader.h"
#include "json/write.h"

void json_write_evidence(const char *document, const char *item, struct buf *out)
{
	auto_json json_t *root = document ? json_loads(document, 0, NULL) : NULL;
	const json_t *items = json_object_get(root, "items");
	const char *text =
		json_string_value(json_object_get(json_object_get(items, item), "evidence"));

	if (text)
		json_text(out, text);
	else
		buf_str(out, "null");
}
