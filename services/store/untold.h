/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts that were held back (a snooze, a silence, an alert that explains them, flapping) and still
 * fire when nothing holds them back any more: they are told then, as reminders; of those that were
 * acknowledged, what is worse or further up than was known by then. */
#ifndef STORE_UNTOLD_H
#define STORE_UNTOLD_H

#include "store/store.h"

#define UNTOLD_MAX 200 /* in one go; more are told at the next */

/* Tells of them. *ret_n: how many; their events are in the outbox. */
enum err store_untold_tell(struct store *store, int64_t *ret_n, struct err_info *info) MUST_CHECK;

#endif
