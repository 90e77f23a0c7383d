/* SPDX-License-Identifier: Apache-2.0 */
/* Reading bulletins from rows. Of this layer only. */
#ifndef STORE_PUBLICATIONS_ROWS_H
#define STORE_PUBLICATIONS_ROWS_H

#include <libpq-fe.h>

#include "store/publications.h"

/* Rows of QUERY_PUBLICATION_CORRECTIONS or _PENDING. On success the result is the list's. */
enum err corrections_read(PGresult **result, struct corrections *out,
			  struct err_info *info) MUST_CHECK;

#endif
