/* SPDX-License-Identifier: Apache-2.0 */
/* When reports are due, of a rule:
 *
 *	"due": "12-31"
 *	"due": { "term": "first", "working_days": 20 } */
#ifndef JSON_RULE_DUE_JSON_H
#define JSON_RULE_DUE_JSON_H

#include "base/buf.h"
#include "domain/rule.h"
#include "json/reader.h"

void json_read_rule_due(struct reader *r, json_t *value, struct rule_due *out);

/* The member "due". */
void json_write_rule_due(const struct rule_due *due, struct buf *out);

#endif
