/* SPDX-License-Identifier: Apache-2.0 */
/* The alerts of a county that was just judged: every rule in force reads every item that it is
 * about, and the step of domain/alert.h says what happens. Pure but for its room. */
#ifndef MONITOR_ALERTING_H
#define MONITOR_ALERTING_H

#include "store/late.h"
#include "store/recompute.h"

/* entries: by the standard's items, as the ledger has them once this computation is written. Writes
 * what is to happen to out, alerts without a rule or an item any more among it (only those of this
 * period: another period's standard may have them). Returns how many; *ret_due_us: when the county
 * is to be looked at again though no data have come, 0 never. */
size_t alerting_step(const struct recompute_input *in, const struct county_judgement *judged,
		     const struct entry_standing entries[ITEMS_MAX],
		     struct transition out[TRANSITIONS_MAX], int64_t *ret_due_us);

/* The alert of a county that cannot be judged (late_step), by the first rule of kind late that it
 * trips. What the rule says of a hold before it fires, of reminders and of escalation has no
 * effect: nobody computes what comes due. */
bool alerting_late(const struct late_county *county, struct transition *out);

#endif
