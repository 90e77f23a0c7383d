/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of alerts as documents:
 *
 *	{ "region": "34", "title": "…", "kind": "near", "enabled": true,
 *	  "items": ["R*.cv", "G7"], "margin": 0.05, "clear": 0.01,
 *	  "hold": { "confirmations": 2, "days": 10, "working": true },
 *	  "clear_hold": { "terms": 1 }, "repeat_days": 30,
 *	  "severity": [{ "severity": "warning" },
 *	               { "severity": "critical", "beyond": 0.1 },
 *	               { "severity": "critical", "schools": 10 }],
 *	  "escalation": [{ "to": "city", "working_days": 5, "while": "unacknowledged" },
 *	                 { "to": "notice", "working_days": 60, "while": "unresolved" }] }
 *
 * region and kind are needed, "due" of stale (json/rule_due_json.h), "minutes" of late, margin of
 * near and jump. What is left out: enabled true, items all, margin and clear 0, confirmations 1,
 * days and terms 0, repeat_days 0, severity "warning", escalation none, and of jump "of": "items".
 *
 * "severity": "critical" is one level. See domain/rule.h. Readers are those of documents.h. */
#ifndef JSON_RULE_JSON_H
#define JSON_RULE_JSON_H

#include "base/buf.h"
#include "base/problems.h"
#include "domain/rule.h"

#define RULE_BYTES (16u << 10) /* of a document */

/* out->id and version are not touched. */
enum err json_read_rule(const char *body, size_t len, struct alert_rule *out,
			struct problems *problems, struct err_info *info) MUST_CHECK;

/* A stored document. ERR_MALFORMED. (For struct store_readers.) */
enum err json_parse_rule(const char *text, size_t len, struct alert_rule *out,
			 struct err_info *info) MUST_CHECK;

/* The members, without braces, each of them said. */
void json_write_rule(const struct alert_rule *rule, struct buf *out);

#endif
