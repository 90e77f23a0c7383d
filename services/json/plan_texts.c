/* SPDX-License-Identifier: Apache-2.0 */
#include "json/plan_texts.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const char *text_of(const json_t *value)
{
	const char *text = json_string_value(value);

	return text ? text : "";
}

static void join_items(const json_t *list, char out[PLAN_TASK_ITEMS_BYTES])
{
	const json_t *name;
	size_t i;

	json_array_foreach(list, i, name)
	{
		const size_t n = strlen(out);

		if (n && n + 1 < PLAN_TASK_ITEMS_BYTES)
			str_copy(out + n, PLAN_TASK_ITEMS_BYTES - n, " ");
		str_copy(out + strlen(out), PLAN_TASK_ITEMS_BYTES - strlen(out), text_of(name));
	}
}

static void read_task(const json_t *task, struct plan_task_texts *out)
{
	out->year = text_of(json_object_get(task, "year"));
	out->text = text_of(json_object_get(task, "text"));
	out->department = text_of(json_object_get(task, "department"));
	out->responsible = text_of(json_object_get(task, "responsible"));
	join_items(json_object_get(task, "items"), out->items);
}

enum err plan_texts_read(const char *document, struct plan_texts *out, struct err_info *info)
{
	json_t *root = json_loads(document, 0, NULL);
	const json_t *tasks = json_object_get(root, "tasks");
	const json_t *safeguards = json_object_get(root, "safeguards");
	const size_t n = json_array_size(tasks);
	struct plan_texts t = { .document = root };

	if (!root)
		return err_set(info, ERR_DB, "a stored plan is no JSON");
	t.tasks = calloc(n + 1, sizeof(*t.tasks));
	if (!t.tasks) {
		plan_texts_release(&t);
		return err_set(info, ERR_NOMEM, "no memory for a plan's tasks");
	}
	for (; t.tasks_n < n && t.tasks_n < PLAN_TASKS_MAX; t.tasks_n++)
		read_task(json_array_get(tasks, t.tasks_n), &t.tasks[t.tasks_n]);
	while (t.safeguards_n < json_array_size(safeguards) &&
	       t.safeguards_n < PLAN_SAFEGUARDS_MAX) {
		t.safeguards[t.safeguards_n] = text_of(json_array_get(safeguards, t.safeguards_n));
		t.safeguards_n++;
	}
	*out = t;
	return ERR_OK;
}

void plan_texts_release(struct plan_texts *t)
{
	json_decref(t->document);
	free(t->tasks);
	*t = (struct plan_texts){ .document = NULL };
}
