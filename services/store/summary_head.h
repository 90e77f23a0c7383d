/* SPDX-License-Identifier: Apache-2.0 */
/* What a summary and the list of its counties begin with. Of this layer only. */
#ifndef STORE_SUMMARY_HEAD_H
#define STORE_SUMMARY_HEAD_H

#include "store/pool.h"
#include "store/summary.h"

struct summary_head {
	struct region region;
	char period[PERIOD_CODE];
	char previous[PERIOD_CODE]; /* "" when there is none */
};

/* Begins a snapshot, which the caller commits. */
enum err summary_head_read(struct conn *c, const char *code, const char *period,
			   struct summary_head *out, struct err_info *info) MUST_CHECK;

#endif
