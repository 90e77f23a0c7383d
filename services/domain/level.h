/* SPDX-License-Identifier: Apache-2.0 */
/* How far up an alert has gone that stays: whom it is put before, in the order of who is told
 * later. A higher one has been to the lower ones, or passed them by. */
#ifndef DOMAIN_LEVEL_H
#define DOMAIN_LEVEL_H

enum alert_level {
	LEVEL_NONE, /* it was only told */
	LEVEL_COUNTY,
	LEVEL_CITY,
	LEVEL_PROVINCE,
	LEVEL_NOTICE,    /* the list of those that are named (通报) */
	LEVEL_INTERVIEW, /* … and summoned (约谈) */
	ALERT_LEVELS
};
extern const char *const alert_level_names[ALERT_LEVELS]; /* "" of none */
extern const char *const alert_level_zh[ALERT_LEVELS];

/* LEVEL_NONE of what is no name. */
enum alert_level alert_level_named(const char *name);

#endif
