/* SPDX-License-Identifier: Apache-2.0 */
/* A change no school makes: pupils and teachers of a stage, and the site's areas and equipment,
 * from one school year to the next. What is missing in either year, or a stage that only one of
 * them has, is no change; from nothing to something is RULE_SHARE_MAX. */
#ifndef DOMAIN_JUMP_H
#define DOMAIN_JUMP_H

#include "domain/judge.h"

/* Whether a figure differs by more than a share of what it was (RULE_ONE: all of it). Exact. */
bool jump_is_there(const struct report *before, const struct report *now, int64_t share);

/* How many schools jump so; list: which, as places in now, room for now->n of them, or NULL.
 * ret_compared: how many have reports of both years. */
size_t jump_find(const struct county_facts *before, const struct county_facts *now, int64_t share,
		 size_t *list, size_t *ret_compared);

#endif
