/* SPDX-License-Identifier: Apache-2.0 */
#include "json/alert_parts.h"

#include <string.h>

#include "base/str.h"

void reader_region(struct reader *r, const json_t *value, char out[COUNTY_CODE])
{
	const char *text = json_string_value(value);
	const size_t n = text ? strlen(text) : 0;

	if (!reader_is_string(r, value))
		return;
	if ((n != 0 && n != 2 && n != 4 && n != 6) || !str_is_digits(text, n))
		reader_problem(r, "not_allowed",
			       "须为 2、4、6 位地区代码,全国为 \"\" / a region's code of 2, 4 or 6 "
			       "digits, \"\" for the nation");
	else
		str_copy(out, COUNTY_CODE, text);
}

static bool is_pattern(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789._-*")] == '\0';
}

void reader_patterns(struct reader *r, const json_t *value, char out[RULE_ITEMS_MAX][ITEM_NAME],
		     size_t *ret_n)
{
	size_t i;
	json_t *item;

	if (!reader_is_array(r, value))
		return;
	if (json_array_size(value) > RULE_ITEMS_MAX) {
		reader_problem(r, "too_many", "最多 %d 项 / at most %d", RULE_ITEMS_MAX,
			       RULE_ITEMS_MAX);
		return;
	}
	json_array_foreach(value, i, item)
	{
		const size_t mark = reader_enter_index(r, i);
		const char *text = json_string_value(item);

		if (reader_is_string(r, item)) {
			if (!*text || strlen(text) >= ITEM_NAME || !is_pattern(text))
				reader_problem(r, "not_allowed",
					       "须为指标名,可用 * / an item's name, with * for any "
					       "characters");
			else
				str_copy(out[(*ret_n)++], ITEM_NAME, text);
		}
		reader_leave(r, mark);
	}
}
