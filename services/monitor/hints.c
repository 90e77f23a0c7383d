/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/hints.h"

#include <string.h>

#include "monitor/county_id.h"

#define MASK (HINTS_SLOTS - 1u)

static size_t home_slot(uint64_t id)
{
	/* Fibonacci hashing: codes differ in their last digits, the top bits mix best. */
	return (size_t)((id * 0x9e3779b97f4a7c15u) >> 51) & MASK;
}

/* The slot that holds id, or the free one where it would go: there is always a free one. */
static size_t find_slot(const struct hints *h, uint64_t id)
{
	size_t i = home_slot(id);

	while (h->slots[i] && h->slots[i] != id)
		i = (i + 1) & MASK;
	return i;
}

/* Frees a slot and moves up what probing could no longer reach behind it. */
static void free_slot(struct hints *h, size_t hole)
{
	size_t i = hole;

	h->slots[hole] = 0;
	for (;;) {
		size_t home;

		i = (i + 1) & MASK;
		if (!h->slots[i])
			return;
		home = home_slot(h->slots[i]);
		if (((i - home) & MASK) < ((i - hole) & MASK))
			continue;
		h->slots[hole] = h->slots[i];
		h->slots[i] = 0;
		hole = i;
	}
}

void hints_init(struct hints *h)
{
	memset(h, 0, sizeof(*h));
}

bool hints_add(struct hints *h, const struct county_key *key)
{
	const uint64_t id = county_id(key);
	const size_t slot = find_slot(h, id);

	if (h->slots[slot])
		return true;
	if (h->n == HINTS_WAITING_MAX) {
		h->dropped++;
		return false;
	}
	h->slots[slot] = id;
	h->queue[(h->head + h->n) % HINTS_WAITING_MAX] = id;
	h->n++;
	return true;
}

bool hints_take(struct hints *h, struct county_key *out)
{
	uint64_t id;

	if (h->n == 0)
		return false;
	id = h->queue[h->head];
	h->head = (h->head + 1) % HINTS_WAITING_MAX;
	h->n--;
	free_slot(h, find_slot(h, id));
	county_key_of(id, out);
	return true;
}
