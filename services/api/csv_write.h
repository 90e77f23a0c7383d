/* SPDX-License-Identifier: Apache-2.0 */
/* CSV that people open in a spreadsheet: quoted where needed, and never a formula. */
#ifndef API_CSV_WRITE_H
#define API_CSV_WRITE_H

#include "base/buf.h"

/* One cell, without a separator. A text that a spreadsheet would calculate gets a ' before it. */
void csv_cell(struct buf *out, const char *text);

#endif
