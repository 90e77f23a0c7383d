/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/delays.h"

#include "monitor/county_id.h"

void delays_init(struct delays *d)
{
	d->n = 0;
}

static size_t find(const struct delays *d, uint64_t id)
{
	size_t i = 0;

	while (i < d->n && d->items[i].id != id)
		i++;
	return i;
}

static size_t soonest(const struct delays *d)
{
	size_t best = 0;

	for (size_t i = 1; i < d->n; i++) {
		if (d->items[i].due_us < d->items[best].due_us)
			best = i;
	}
	return best;
}

/* The place of a county, a new one with no wait yet where it had none. */
static struct delay *place(struct delays *d, uint64_t id, int64_t now_us, bool *ret_new)
{
	size_t i = find(d, id);

	*ret_new = i == d->n;
	if (!*ret_new)
		return &d->items[i];
	if (d->n == DELAYS_MAX)
		i = soonest(d);
	else
		d->n++;
	d->items[i] = (struct delay){ .id = id, .due_us = now_us };
	return &d->items[i];
}

static int64_t next_wait(int64_t wait_us, int64_t took_us)
{
	wait_us = wait_us ? wait_us * 2 : DELAY_FIRST_US;
	if (wait_us < took_us * 4)
		wait_us = took_us * 4;
	return wait_us < DELAY_LONGEST_US ? wait_us : DELAY_LONGEST_US;
}

bool delays_failed(struct delays *d, const struct county_key *key, int64_t began_us, int64_t now_us)
{
	const int64_t took_us = now_us - began_us;
	bool is_new = false;
	const bool full = d->n == DELAYS_MAX;
	struct delay *item = place(d, county_id(key), now_us, &is_new);

	/* With so many failing it is not the county: nothing is tried twice in a row. */
	if (is_new && !full && took_us < DELAY_FIRST_US)
		return true;
	item->wait_us = next_wait(item->wait_us, took_us);
	item->due_us = now_us + item->wait_us;
	return false;
}

void delays_succeeded(struct delays *d, const struct county_key *key)
{
	const size_t i = find(d, county_id(key));

	if (i < d->n)
		d->items[i] = d->items[--d->n];
}

bool delays_holds(const struct delays *d, const struct county_key *key, int64_t now_us)
{
	const size_t i = find(d, county_id(key));

	return i < d->n && now_us < d->items[i].due_us;
}
