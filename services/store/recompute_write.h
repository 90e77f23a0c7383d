/* SPDX-License-Identifier: Apache-2.0 */
/* The statements that a judgement is written by, added to a batch. */
#ifndef STORE_RECOMPUTE_WRITE_H
#define STORE_RECOMPUTE_WRITE_H

#include "store/query.h"
#include "store/recompute.h"

/* items: the judged items as text. The second statement tells whether the county has changed
 * meanwhile. ERR_NOMEM. */
enum err write_figures(struct batch *b, const struct recompute_input *in,
		       const struct county_judgement *judgement, const char *items,
		       struct err_info *info) MUST_CHECK;

/* The alerts and their events, whose rows the statement gives: *ret_told of them. Nothing is
 * added when n is 0. ERR_NOMEM. */
enum err write_alerts(struct batch *b, const struct recompute_input *in,
		      const struct transition *transitions, size_t n, int *ret_told,
		      struct err_info *info) MUST_CHECK;

#endif
