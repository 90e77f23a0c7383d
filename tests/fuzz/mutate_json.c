/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are changed at random are seldom JSON. So every other input has values of one line
 * changed instead: for another kind of value, for one of another place, or for none; and every
 * fourth its digits. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz/fuzz.h"

#define NODES_MAX 4000

static const char *const odd_values[] = {
	"null",     "true",        "false",      "-1",
	"0",        "1.5",         "1.005",      "1e15",
	"1e400",    "99999999",    "2147483648", "9007199254740993",
	"\"\"",     "\"x\"",       "\" \"",      "\"2134000001\"",
	"\"2025\"", "\"\\u0000\"", "\"III\"",    "[]",
	"{}",       "[[]]",        "{\"\":1}",   "9000000000000.01",
	"\"安\"",   "[1,2]",       "0.29",       "\"national-2017\"",
	"\"34\"",   "-0.0",
};

/* Where values are: in an object by name, in an array by number. */
struct node {
	json_t *parent;
	const char *key; /* or NULL */
	size_t index;
};

struct nodes {
	size_t n;
	struct node at[NODES_MAX];
};

static void collect(json_t *value, struct nodes *out)
{
	const char *key;
	json_t *child;
	size_t i;

	json_object_foreach(value, key, child)
	{
		if (out->n < NODES_MAX)
			out->at[out->n++] = (struct node){ value, key, 0 };
		collect(child, out);
	}
	json_array_foreach(value, i, child)
	{
		if (out->n < NODES_MAX)
			out->at[out->n++] = (struct node){ value, NULL, i };
		collect(child, out);
	}
}

static json_t *get(const struct node *n)
{
	return n->key ? json_object_get(n->parent, n->key) : json_array_get(n->parent, n->index);
}

static void set_new(const struct node *n, json_t *value)
{
	if (n->key)
		(void)json_object_set_new_nocheck(n->parent, n->key, value);
	else
		(void)json_array_set_new(n->parent, n->index, value);
}

static void change(json_t *root, uint32_t *seed)
{
	static struct nodes nodes;
	const struct node *one, *other;
	const char *odd = odd_values[fuzz_next(seed) % ARRAY_LEN(odd_values)];

	nodes.n = 0;
	collect(root, &nodes);
	if (!nodes.n)
		return;
	one = &nodes.at[fuzz_next(seed) % nodes.n];
	other = &nodes.at[fuzz_next(seed) % nodes.n];
	switch (fuzz_next(seed) % 5) {
	case 0:
		if (one->key)
			(void)json_object_del(one->parent, one->key);
		else
			(void)json_array_remove(one->parent, one->index);
		break;
	case 1:
		set_new(one, json_deep_copy(get(other)));
		break;
	case 2: /* the value of one place under the name of another, too */
		if (one->key && other->key)
			(void)json_object_set_new_nocheck(one->parent, other->key,
							  json_deep_copy(get(one)));
		break;
	case 3:
		if (json_is_array(one->parent))
			(void)json_array_append_new(one->parent, json_deep_copy(get(other)));
		break;
	default:
		set_new(one, json_loads(odd, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
		break;
	}
}

/* A line's object, from its brace to its end. false when there is none. */
static bool pick_object(const char *text, size_t size, uint32_t *seed, size_t *ret_from,
			size_t *ret_to)
{
	const char *from = text + fuzz_next(seed) % size;
	const char *end, *brace;

	while (from > text && from[-1] != '\n')
		from--;
	end = memchr(from, '\n', size - (size_t)(from - text));
	end = end ? end : text + size;
	brace = memchr(from, '{', (size_t)(end - from));
	if (!brace)
		return false;
	*ret_from = (size_t)(brace - text);
	*ret_to = (size_t)(end - text);
	return true;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	char *text = (char *)data;
	auto_free char *changed = NULL;
	size_t from, to, len;
	uint32_t state = seed;
	json_t *root;

	if (fuzz_next(&state) % 4 == 0) {
		fuzz_change_digits(data, size, &state);
		return size;
	}
	if (fuzz_next(&state) % 3 == 0 || !size || !pick_object(text, size, &state, &from, &to))
		return LLVMFuzzerMutate(data, size, max_size);
	root = json_loadb(text + from, to - from, JSON_ALLOW_NUL, NULL);
	if (!root)
		return LLVMFuzzerMutate(data, size, max_size);
	for (uint32_t times = fuzz_next(&state) % 3 + 1; times > 0; times--)
		change(root, &state);
	changed = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	len = changed ? strlen(changed) : 0;
	if (!changed || size - (to - from) + len > max_size)
		return LLVMFuzzerMutate(data, size, max_size);
	memmove(text + from + len, text + to, size - to);
	memcpy(text + from, changed, len);
	return size - (to - from) + len;
}
