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

bool delays_failed(struct delays *d, const struct county_key *key, int64_t now_us)
{
	const uint64_t id = county_id(key);
	size_t i = find(d, id);
	struct delay *item;

	if (i == d->n) {
		if (d->n == DELAYS_MAX)
			i = soonest(d);
		else
			d->n++;
		d->items[i] = (struct delay){ .id = id, .due_us = now_us };
		return true;
	}
	item = &d->items[i];
	item->wait_us = item->wait_us ? item->wait_us * 2 : DELAY_FIRST_US;
	if (item->wait_us > DELAY_LONGEST_US)
		item->wait_us = DELAY_LONGEST_US;
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
