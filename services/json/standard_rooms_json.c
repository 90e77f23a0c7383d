/* SPDX-License-Identifier: Apache-2.0 */
/* The rule about music and art rooms: whole numbers and areas, all of them needed. */
#include "base/auto.h"
#include "base/str.h"
#include "json/standard_reader.h"

#define CLASSES_MAX 1000
#define YEAR_MAX    2099
#define PUPILS_MAX  1000000

struct number_member {
	const char *name;
	bool area; /* else a whole number above 0, at most max */
	int64_t max;
	void *out; /* int64_t of an area, else int */
};

static void read_numbers(struct reader *r, json_t *object, const struct number_member *members,
			 size_t n, bool strict)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const struct number_member *m = members;
		size_t mark;
		int64_t count = 0;

		while (m < members + n && !str_equal(m->name, key))
			m++;
		if (m == members + n) {
			if (strict)
				reader_unknown(r, key);
			continue;
		}
		mark = reader_enter(r, key);
		if (m->area)
			(void)reader_amount(r, value, m->out);
		else if (reader_count(r, value, m->max, &count))
			*(int *)m->out = (int)count;
		reader_leave(r, mark);
	}
	for (size_t i = 0; i < n; i++) {
		if (!json_object_get(object, members[i].name))
			reader_missing(r, members[i].name);
	}
}

void standard_read_rooms(struct reader *r, json_t *node, struct rooms_rule *out)
{
	const struct number_member top[] = {
		{ "classes", false, CLASSES_MAX, &out->classes },
		{ "music", true, 0, &out->area[ROOMS_music_rooms] },
		{ "art", true, 0, &out->area[ROOMS_art_rooms] },
	};
	const struct number_member older[] = {
		{ "founded", false, YEAR_MAX, &out->older_founded },
		{ "music", true, 0, &out->older_area[ROOMS_music_rooms] },
		{ "art", true, 0, &out->older_area[ROOMS_art_rooms] },
	};
	const struct number_member small[] = {
		{ "students_below", false, PUPILS_MAX, &out->small_students },
		{ "largest_class_below", false, CLASSES_MAX, &out->small_largest_class },
		{ "primary", true, 0, &out->small_area[STAGE_PRIMARY] },
		{ "junior", true, 0, &out->small_area[STAGE_JUNIOR] },
	};
	const struct {
		const char *name;
		const struct number_member *members;
		size_t n;
	} parts[] = {
		{ "older", older, ARRAY_LEN(older) },
		{ "small_rural", small, ARRAY_LEN(small) },
	};

	read_numbers(r, node, top, ARRAY_LEN(top), false);
	if (json_integer_value(json_object_get(node, "classes")) == 0 &&
	    json_is_integer(json_object_get(node, "classes"))) {
		const size_t mark = reader_enter(r, "classes");

		reader_problem(r, "not_allowed", "须大于 0 / must be above 0");
		reader_leave(r, mark);
	}
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		json_t *part = json_object_get(node, parts[i].name);
		const size_t mark = reader_enter(r, parts[i].name);

		if (!part)
			reader_problem(r, "required", "必填 / is required");
		else if (reader_is_object(r, part))
			read_numbers(r, part, parts[i].members, parts[i].n, true);
		reader_leave(r, mark);
	}
}
