/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about the past. Of this layer only. */
#ifndef STORE_AS_OF_H
#define STORE_AS_OF_H

#include "base/err.h"

/* What has not happened yet cannot be asked for. ERR_PARAMETER. */
static inline enum err as_of_future(struct err_info *info)
{
	return err_set(info, ERR_PARAMETER,
		       "as_of 不能晚于现在;日期指该日(UTC)结束时 / as_of must not be in the "
		       "future; a date means the end of that day, UTC");
}

#endif
