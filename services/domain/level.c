/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/level.h"

#include <string.h>

const char *const alert_level_names[ALERT_LEVELS] = { "",         "county", "city",
						      "province", "notice", "interview" };
const char *const alert_level_zh[ALERT_LEVELS] = { "", "县级", "市级", "省级", "通报", "约谈" };

enum alert_level alert_level_named(const char *name)
{
	for (int i = LEVEL_NONE + 1; i < ALERT_LEVELS; i++) {
		if (strcmp(alert_level_names[i], name) == 0)
			return (enum alert_level)i;
	}
	return LEVEL_NONE;
}
