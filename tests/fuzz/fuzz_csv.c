/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of an import: CSV, UTF-8 or GB18030. */
#include "fuzz/fuzz.h"
#include "fuzz/rows.h"

const char fuzz_target[] = "csv";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_rows(IMPORT_CSV, (const char *)data, size);
	return 0;
}
