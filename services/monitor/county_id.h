/* SPDX-License-Identifier: Apache-2.0 */
/* A county and period as one number, "340207" and "2025" being 13402072025: the leading 1
 * keeps zeros in front, and no county is 0. */
#ifndef MONITOR_COUNTY_ID_H
#define MONITOR_COUNTY_ID_H

#include <stdint.h>

#include "store/recompute.h"

/* Codes are digits: those that are not give some number, but no crash. */
uint64_t county_id(const struct county_key *key);
void county_key_of(uint64_t id, struct county_key *out);

#endif
