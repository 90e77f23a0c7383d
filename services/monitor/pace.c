/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/pace.h"

bool pace_takes(struct pace *p, bool fresh_waits, int64_t now_us)
{
	if (fresh_waits && now_us < p->next_us)
		return false;
	p->next_us = now_us + PACE_US;
	return true;
}
