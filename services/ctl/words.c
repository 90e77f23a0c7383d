/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/words.h"

#include "base/str.h"

static const struct word words[] = {
	{ "met", "达标 / met", COLOUR_GREEN },
	{ "not_met", "未达标 / not met", COLOUR_RED },
	{ "no_data", "缺数据 / no data", COLOUR_YELLOW },
	{ "undefined", "无法计算 / undefined", COLOUR_YELLOW },
	{ "not_applicable", "不适用 / not applicable", COLOUR_NONE },
	{ "incomplete", "数据不全 / incomplete", COLOUR_YELLOW },
	{ "primary", "小学 / primary", COLOUR_NONE },
	{ "junior", "初中 / junior", COLOUR_NONE },
};

struct word word_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_equal(words[i].key, key))
			return words[i];
	}
	return (struct word){ key, key, COLOUR_NONE };
}

void word_print(const char *key)
{
	const struct word w = word_of(key);
	const enum colour colour = has_colours(stdout) ? w.colour : COLOUR_NONE;

	printf("%s%s%s", colour_begin(colour), w.text, colour_end(colour));
}

void word_cell(struct table *t, const char *key)
{
	const struct word w = word_of(key);

	table_cell(t, w.text, w.colour);
}
