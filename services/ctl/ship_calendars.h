/* SPDX-License-Identifier: Apache-2.0 */
/* The calendars that come with the program (sql/calendars): the State Council's notices. */
#ifndef CTL_SHIP_CALENDARS_H
#define CTL_SHIP_CALENDARS_H

#include "store/store.h"

/* Puts those of years that the database never had, and says which. What was changed or removed
 * since stays so. */
enum err ship_calendars(struct store *store, struct err_info *info) MUST_CHECK;

#endif
