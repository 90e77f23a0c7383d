/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a `threshold` alert: one condition of one county, at most one of
 * them open for a county and item. A pure step from what is open and what was
 * just judged to what happens.
 *
 *	open alert of period Q, item judged for period P
 *
 *	             met       not_met            no_data, undefined, not_applicable
 *	none open    -         FIRE, unless a     -
 *	                       later period knows
 *	                       the item
 *	P == Q       RESOLVE   KEEP               WITHDRAW (the data that raised it are gone)
 *	P >  Q       RESOLVE   CARRY (period:=P)  -
 *	P <  Q       -         -                  -
 *
 * CARRY and KEEP make no event: the condition was told once and goes on. */
#ifndef DOMAIN_ALERT_H
#define DOMAIN_ALERT_H

#include <stdbool.h>

#include "domain/judge.h"

enum alert_action {
	ALERT_NONE,
	ALERT_FIRE,
	ALERT_KEEP,
	ALERT_CARRY,
	ALERT_RESOLVE,
	ALERT_WITHDRAW
};

struct alert_facts {
	bool open;
	char open_period[PERIOD_CODE]; /* of the open alert */
	char period[PERIOD_CODE];      /* just judged */
	enum status status;            /* of the item in that period */
	bool later_known;              /* a later period says met or not_met */
};

enum alert_action alert_step(const struct alert_facts *f);

#endif
