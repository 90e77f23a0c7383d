/* SPDX-License-Identifier: Apache-2.0 */
#include "json/merge_patch.h"

#define PENDING_MAX 256 /* objects at once: a report has five */

/* Objects that are still to be merged: a stack instead of recursion. */
struct work {
	struct {
		json_t *target; /* borrowed from the result */
		json_t *patch;
	} pairs[PENDING_MAX];
	size_t n;
};

static enum err push(struct work *w, json_t *target, json_t *patch)
{
	if (w->n == sizeof(w->pairs) / sizeof(w->pairs[0]))
		return ERR_TOO_BIG;
	w->pairs[w->n].target = target;
	w->pairs[w->n].patch = patch;
	w->n++;
	return ERR_OK;
}

static enum err merge_member(struct work *w, json_t *target, const char *key, json_t *value)
{
	json_t *sub;

	if (json_is_null(value)) {
		if (json_object_get(target, key))
			json_object_del(target, key);
		return ERR_OK;
	}
	if (!json_is_object(value))
		return json_object_set(target, key, value) ? ERR_NOMEM : ERR_OK;
	sub = json_object_get(target, key);
	if (!json_is_object(sub)) {
		if (json_object_set_new(target, key, json_object()))
			return ERR_NOMEM;
		sub = json_object_get(target, key);
	}
	return push(w, sub, value);
}

static enum err merge_all(struct work *w)
{
	while (w->n) {
		json_t *target = w->pairs[--w->n].target;
		json_t *patch = w->pairs[w->n].patch;
		const char *key;
		json_t *value;
		enum err e;

		json_object_foreach(patch, key, value)
		{
			if ((e = merge_member(w, target, key, value)) != ERR_OK)
				return e;
		}
	}
	return ERR_OK;
}

enum err merge_patch(json_t *target, json_t *patch, json_t **ret_result)
{
	struct work w;
	json_t *result;
	enum err e;

	if (!json_is_object(patch)) {
		*ret_result = json_incref(patch);
		return ERR_OK;
	}
	result = json_is_object(target) ? json_incref(target) : json_object();
	if (!result)
		return ERR_NOMEM;
	w.n = 0;
	e = push(&w, result, patch);
	if (e == ERR_OK)
		e = merge_all(&w);
	if (e != ERR_OK) {
		json_decref(result);
		return e;
	}
	*ret_result = result;
	return ERR_OK;
}
