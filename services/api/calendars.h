/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_CALENDARS_H
#define API_CALENDARS_H

#include "api/call.h"
#include "domain/calendar.h"
#include "store/calendars.h"

/* The country's documents and the province's, one over the other. *out is of zeros, or begun. */
enum err calendars_lay(struct call *c, const struct calendar_list *list,
		       struct calendar *out) MUST_CHECK;

#endif
