/* SPDX-License-Identifier: Apache-2.0 */
/* The alerts of a county that was just judged: every rule in force reads every item that it is
 * about, and the step of domain/alert.h says what happens. Pure but for its room. */
#ifndef MONITOR_ALERTING_H
#define MONITOR_ALERTING_H

#include "store/recompute.h"

/* Writes what is to happen to out, alerts without a rule or an item any more among it (only those
 * of this period: another period's standard may have them). Returns how many; *ret_due_us: when the
 * county is to be looked at again though no data have come, 0 never. */
size_t alerting_step(const struct recompute_input *in, const struct county_judgement *judged,
		     struct transition out[TRANSITIONS_MAX], int64_t *ret_due_us);

#endif
