/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/ship_calendars.h"

#include <stdio.h>

#include "base/str.h"
#include "store/calendars.h"
#include "json/calendar_json.h"

/* sql/calendars, linked in. The linker chooses these names. */
extern const char _binary_2024_json_start[], _binary_2024_json_end[];
extern const char _binary_2025_json_start[], _binary_2025_json_end[];
extern const char _binary_2026_json_start[], _binary_2026_json_end[];

static const struct shipped {
	int year;
	const char *start;
	const char *end;
} shipped[] = {
	{ 2024, _binary_2024_json_start, _binary_2024_json_end },
	{ 2025, _binary_2025_json_start, _binary_2025_json_end },
	{ 2026, _binary_2026_json_start, _binary_2026_json_end },
};

static enum err put(struct store *store, const struct shipped *s, struct err_info *info)
{
	const struct actor nobody = { .key = 0, .region = "" };
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	struct write_result done;
	char region[COUNTY_CODE];
	auto_buf struct buf text;
	enum err e;

	buf_init(&text, CALENDAR_BYTES);
	if (!problems)
		return ERR_NOMEM;
	e = json_read_calendar(s->start, (size_t)(s->end - s->start), s->year, "", region, &text,
			       problems, info);
	if (e == ERR_INVALID)
		return err_set(info, ERR_INVALID, "calendar %d %s: %s", s->year,
			       problems->items[0].pointer, problems->items[0].detail);
	if (e == ERR_OK)
		e = store_calendar_put(store, &nobody, s->year, "", text.data, 0, &done, info);
	/* Whoever migrates at the same moment was faster: then it is there. */
	if (e == ERR_PRECONDITION)
		return ERR_OK;
	if (e == ERR_OK)
		printf("calendar %d\n", s->year);
	return e;
}

enum err ship_calendars(struct store *store, struct err_info *info)
{
	for (size_t i = 0; i < ARRAY_LEN(shipped); i++) {
		int64_t last = 0;
		enum err e = store_calendar_last(store, shipped[i].year, "", &last, info);

		if (e == ERR_OK && !last)
			e = put(store, &shipped[i], info);
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}
