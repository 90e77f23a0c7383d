/* SPDX-License-Identifier: Apache-2.0 */
/* What people send about alerts:
 *
 *	{ "action": "acknowledge", "comment": "…" }
 *	{ "action": "assign", "assignee": "张某" }           "" or null: nobody
 *	{ "action": "snooze", "until": "2026-12-01T00:00:00Z" }   null: until it is over
 *	{ "action": "comment", "comment": "…" }
 *
 *	{ "region": "3402", "items": ["R*.cv"], "rules": ["near"], "reason": "…",
 *	  "until": "2026-12-01T00:00:00Z" }                   a silence
 *
 * Readers are those of documents.h. now_us: by the clock that ends what has an end, the
 * database's. */
#ifndef JSON_ALERT_JSON_H
#define JSON_ALERT_JSON_H

#include "base/problems.h"
#include "domain/alert_action.h"
#include "domain/rule.h"

enum err json_read_deed(const char *body, size_t len, int64_t now_us, struct alert_deed *out,
			struct problems *problems, struct err_info *info) MUST_CHECK;

#define SILENCE_DAYS_MAX 400 /* it is over by then, or has no end */

struct silence_document {
	char region[COUNTY_CODE];
	char items[RULE_ITEMS_MAX][ITEM_NAME];
	size_t items_n;
	char rules[RULES_OF_REGION_MAX][RULE_ID];
	size_t rules_n;
	char reason[4 * EVENT_COMMENT_CHARS + 1];
	char until[TIME_TEXT]; /* "": until it is ended */
};
enum err json_read_silence(const char *body, size_t len, int64_t now_us,
			   struct silence_document *out, struct problems *problems,
			   struct err_info *info) MUST_CHECK;

#endif
