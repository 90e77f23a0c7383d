/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of status_get and status_as_of as a status. */
#ifndef STORE_RESULTS_ROWS_H
#define STORE_RESULTS_ROWS_H

#include "store/query.h"
#include "store/results.h"

/* ERR_NOT_FOUND without a row. *out is the caller's then, see store_status_release(). */
enum err status_read(const PGresult *result, struct county_status *out,
		     struct err_info *info) MUST_CHECK;

#endif
