/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/alert.h"

#include <string.h>

/* What the facts say of a condition. */
enum known { KNOWN_MET, KNOWN_NOT_MET, KNOWN_NOTHING };

/* The place of the judged period beside that of the open alert. */
enum place { PLACE_SAME, PLACE_LATER, PLACE_EARLIER };

static enum known known_of(enum status status)
{
	if (status == STATUS_MET)
		return KNOWN_MET;
	return status == STATUS_NOT_MET ? KNOWN_NOT_MET : KNOWN_NOTHING;
}

static enum place place_of(const char *period, const char *open_period)
{
	const int order = strcmp(period, open_period);

	if (order == 0)
		return PLACE_SAME;
	return order > 0 ? PLACE_LATER : PLACE_EARLIER;
}

enum alert_action alert_step(const struct alert_facts *f)
{
	static const enum alert_action steps[][3] = {
		/*                    met            not_met      nothing known */
		[PLACE_SAME] = { ALERT_RESOLVE, ALERT_KEEP, ALERT_WITHDRAW },
		[PLACE_LATER] = { ALERT_RESOLVE, ALERT_CARRY, ALERT_NONE },
		[PLACE_EARLIER] = { ALERT_NONE, ALERT_NONE, ALERT_NONE },
	};
	const enum known known = known_of(f->status);

	if (f->open)
		return steps[place_of(f->period, f->open_period)][known];
	return known == KNOWN_NOT_MET && !f->later_known ? ALERT_FIRE : ALERT_NONE;
}
