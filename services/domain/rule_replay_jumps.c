/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "domain/rule_replay.h"

/* How far a period has come. */
struct place {
	size_t version;
	size_t edge;
	int64_t compared;
	int64_t jumping;
};

/* Up to when a computation knew reports: it was made then, unless more of its period was accepted
 * while it was made. */
static int64_t known_at(const struct replay_version *versions, size_t n,
			const struct replay_look *l, size_t *io)
{
	while (*io < n && (strcmp(versions[*io].period, l->period) != 0 ||
			   versions[*io].version <= l->version))
		++*io;
	return *io < n && versions[*io].at_us <= l->at_us ? versions[*io].at_us - 1 : l->at_us;
}

void rule_replay_jumps(const struct replay_version *versions, size_t versions_n,
		       const struct replay_edge *edges, size_t edges_n, struct replay_look *looks,
		       size_t looks_n)
{
	struct place places[REPLAY_PERIODS_MAX] = { { .version = 0 } };

	for (size_t i = 0; i < looks_n; i++) {
		struct replay_look *l = &looks[i];
		const int year = replay_year(l->period);
		struct place *p;
		int64_t at_us;

		if (year < 0)
			continue;
		p = &places[year];
		at_us = known_at(versions, versions_n, l, &p->version);
		for (; p->edge < edges_n && edges[p->edge].at_us <= at_us; p->edge++) {
			if (strcmp(edges[p->edge].period, l->period) != 0)
				continue;
			p->compared += edges[p->edge].compared;
			p->jumping += edges[p->edge].jumping;
		}
		l->compared = p->compared;
		l->jumping = p->jumping;
	}
}
