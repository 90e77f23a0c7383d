/* SPDX-License-Identifier: Apache-2.0 */
/* What a stored plan says in words: its tasks and safeguards, for who writes them out again. Its
 * milestones are json_parse_plan()'s. */
#ifndef JSON_PLAN_TEXTS_H
#define JSON_PLAN_TEXTS_H

#include "base/err.h"
#include "json/plan_json.h"

#define PLAN_TASK_ITEMS_BYTES (PLAN_TASK_ITEMS_MAX * ITEM_NAME)

/* Texts are borrowed from the document that was read, "" where it says nothing. */
struct plan_task_texts {
	const char *year;
	const char *text;
	const char *department;
	const char *responsible;
	char items[PLAN_TASK_ITEMS_BYTES]; /* "G1 G7" */
};

struct plan_texts {
	void *document; /* owned */
	struct plan_task_texts *tasks;
	size_t tasks_n; /* ≤ PLAN_TASKS_MAX */
	const char *safeguards[PLAN_SAFEGUARDS_MAX];
	size_t safeguards_n;
};

/* ERR_DB when it is not JSON. *out is to be released. */
enum err plan_texts_read(const char *document, struct plan_texts *out,
			 struct err_info *info) MUST_CHECK;
void plan_texts_release(struct plan_texts *t);

#endif
