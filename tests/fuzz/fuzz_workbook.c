/* SPDX-License-Identifier: Apache-2.0 */
/* Office workbooks as they come: the zip, and what is in it as far as its checksums hold. */
#include "fuzz/fuzz.h"
#include "fuzz/sheets.h"

const char fuzz_target[] = "workbook";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_workbook((const char *)data, size);
	return 0;
}
