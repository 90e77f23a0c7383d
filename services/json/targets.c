/* SPDX-License-Identifier: Apache-2.0 */
#include "json/targets.h"

#include <jansson.h>
#include <stdio.h>

#include "base/auto.h"
#include "json/reader.h"

#define FIRST_YEAR 2000
#define YEARS      100

size_t json_read_targets(const char *text, struct target out[TARGETS_COMPARED])
{
	auto_json json_t *root = json_loads(text, JSON_DECODE_INT_AS_REAL, NULL);
	size_t n = 0;

	for (int kind = 0; kind < TARGET_KINDS; kind++) {
		const json_t *shares = json_object_get(root, target_kind_names[kind]);

		/* Asking for each year, in order, is simpler than sorting what is there. */
		for (int y = FIRST_YEAR; y < FIRST_YEAR + YEARS; y++) {
			struct target *t = &out[n]; /* n < TARGETS_COMPARED: each place once */
			const json_t *share;

			if (snprintf(t->year, sizeof(t->year), "%04u", (unsigned)y % 10000) < 0)
				continue;
			share = json_object_get(shares, t->year);
			if (!json_is_number(share) ||
			    !share_from_double(json_number_value(share), &t->share))
				continue;
			t->kind = (enum target_kind)kind;
			n++;
		}
	}
	return n;
}

int json_targets_year(const char *text)
{
	struct target targets[TARGETS_COMPARED];

	return text ? target_last_year(targets, json_read_targets(text, targets)) : 0;
}
