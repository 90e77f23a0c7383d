/* SPDX-License-Identifier: Apache-2.0 */
/* What people say of an entry of the rectification ledger:
 *
 *	{ "department": "县教育局", "responsible": "张某", "deadline": "2026-06-30",
 *	  "evidence": ["采购合同 https://…", "照片 3 张"], "notes": "…" }
 *
 * and, of a transition: { "note": "…" } to confirm, { "reason": "…" } to return. Readers are those
 * of documents.h: all mistakes at once, by pointer. */
#ifndef JSON_LEDGER_JSON_H
#define JSON_LEDGER_JSON_H

#include "base/buf.h"
#include "base/problems.h"
#include "domain/ledger.h"

#define LEDGER_EVIDENCE_MAX   20
#define LEDGER_EVIDENCE_CHARS 500
#define LEDGER_PEOPLE_BYTES   (64u << 10)

/* Borrowed; "" what is not said; evidence: a list as JSON. */
struct ledger_people {
	const char *department;
	const char *responsible;
	const char *deadline;
	const char *evidence;
	const char *notes;
};

/* JSON Merge Patch (RFC 7396): *ret_text gets the patched document with all five members, null what
 * is not said. ERR_DB when what is stored is no list. */
enum err json_patch_ledger(const struct ledger_people *current, const char *patch, size_t len,
			   struct buf *ret_text, struct problems *problems,
			   struct err_info *info) MUST_CHECK;

/* name: of the one member, "note" or "reason". Without needed, the body may be empty, and the
 * member left out: out is "". */
enum err json_read_ledger_note(const char *body, size_t len, const char *name, bool needed,
			       char out[LEDGER_NOTE], struct problems *problems,
			       struct err_info *info) MUST_CHECK;

#endif
