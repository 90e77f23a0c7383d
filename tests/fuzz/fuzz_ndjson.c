/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of an import: NDJSON. */
#include "fuzz/fuzz.h"
#include "fuzz/rows.h"

const char fuzz_target[] = "ndjson";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_rows(IMPORT_NDJSON, (const char *)data, size);
	return 0;
}
