/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/summary.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "ctl/table.h"

#define ITEMS_SHOWN 10

/* Where a county can stand; the keys are the contract's. */
static const struct state {
	const char *key;
	const char *head;
	enum colour colour;
} states[] = {
	{ "total", "县/counties", COLOUR_NONE },
	{ "met", "达标/met", COLOUR_GREEN },
	{ "not_met", "未达标/not met", COLOUR_RED },
	{ "incomplete", "不全/incomplete", COLOUR_YELLOW },
	{ "not_computed", "未评定/pending", COLOUR_YELLOW },
	{ "no_reports", "未填报/no reports", COLOUR_YELLOW },
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "-";
}

static int64_t count_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void count_cell(struct table *t, int64_t n, enum colour colour)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	table_cell(t, text, n ? colour : COLOUR_NONE);
}

static void heads(struct table *t, const char *const *head, size_t n, size_t first_right)
{
	for (size_t i = 0; i < n; i++) {
		t->right[i] = i >= first_right;
		table_cell(t, head[i], COLOUR_NONE);
	}
}

static void print_head(const json_t *s)
{
	const json_t *stages = json_object_get(s, "stages");
	const json_t *computed = json_object_get(s, "computed_at");
	const json_t *primary = json_object_get(stages, "primary");
	const json_t *junior = json_object_get(stages, "junior");

	printf("地区 / region %s %s  学年 / period %s\n", text_of(s, "code"), text_of(s, "name"),
	       text_of(s, "period"));
	printf("评定时间 / computed %s … %s, 待重算的县 / counties behind %" PRId64 "\n",
	       text_of(computed, "first"), text_of(computed, "last"), count_of(s, "behind"));
	printf("小学 / primary: 记录 / records %" PRId64 ", 达标 / met %" PRId64
	       ", 学生 / pupils %" PRId64 "\n",
	       count_of(primary, "records"), count_of(primary, "records_met"),
	       count_of(primary, "students"));
	printf("初中 / junior: 记录 / records %" PRId64 ", 达标 / met %" PRId64
	       ", 学生 / pupils %" PRId64 "\n",
	       count_of(junior, "records"), count_of(junior, "records_met"),
	       count_of(junior, "students"));
	printf("未填报的学校 / schools that have not reported: %" PRId64 "\n",
	       count_of(s, "missing_schools"));
}

static void place_row(struct table *t, const char *code, const char *name, const json_t *place,
		      const char *worst)
{
	const json_t *counties = json_object_get(place, "counties");

	table_cell(t, code, COLOUR_NONE);
	table_cell(t, name, COLOUR_NONE);
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		count_cell(t, count_of(counties, states[i].key), states[i].colour);
	table_cell(t, worst, COLOUR_NONE);
}

/* The prefectures of a province, then all of it. */
static void print_places(const json_t *s)
{
	const json_t *items = json_object_get(s, "items");
	const json_t *worst = json_array_get(items, 0);
	const json_t *prefecture;
	auto_table struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(states) + 3);
	table_cell(&t, "", COLOUR_NONE);
	table_cell(&t, "地区 / region", COLOUR_NONE);
	for (i = 0; i < ARRAY_LEN(states); i++) {
		t.right[i + 2] = true;
		table_cell(&t, states[i].head, COLOUR_NONE);
	}
	table_cell(&t, "最多未达标项/fails most", COLOUR_NONE);
	json_array_foreach(json_object_get(s, "prefectures"), i, prefecture)
	{
		place_row(&t, text_of(prefecture, "code"), text_of(prefecture, "name"), prefecture,
			  text_of(json_object_get(prefecture, "most_failing"), "item"));
	}
	place_row(&t, text_of(s, "code"), text_of(s, "name"), s,
		  count_of(worst, "not_met") ? text_of(worst, "item") : "-");
	printf("\n");
	table_print(&t, stdout);
}

static void print_items(const json_t *s)
{
	static const char *const head[] = { "项目 / item", "未达标/not met", "缺数据/no data",
					    "无法计算/undefined" };
	const json_t *items = json_object_get(s, "items");
	const json_t *item;
	auto_table struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(head));
	if (!json_array_size(items))
		return;
	heads(&t, head, ARRAY_LEN(head), 1);
	json_array_foreach(items, i, item)
	{
		if (i == ITEMS_SHOWN)
			break;
		table_cell(&t, text_of(item, "item"), COLOUR_NONE);
		count_cell(&t, count_of(item, "not_met"), COLOUR_RED);
		count_cell(&t, count_of(item, "no_data"), COLOUR_YELLOW);
		count_cell(&t, count_of(item, "undefined"), COLOUR_YELLOW);
	}
	printf("\n");
	table_print(&t, stdout);
	if (json_array_size(items) > ITEMS_SHOWN)
		printf("… 共 / of %zu (--json)\n", json_array_size(items));
}

static void print_targets(const json_t *s)
{
	static const char *const head[] = { "目标 / target", "年/year",           "比例/share",
					    "需要/needed",   "已认定/recognised", "尚缺/short",
					    "在轨/on track", "仍缺/short then" };
	const json_t *targets = json_object_get(s, "against_targets");
	const json_t *target;
	auto_table struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(head));
	if (!json_array_size(targets))
		return;
	heads(&t, head, ARRAY_LEN(head), 2);
	json_array_foreach(targets, i, target)
	{
		const bool ensure = str_equal(text_of(target, "kind"), "ensure");
		char share[32];

		snprintf(share, sizeof(share), "%.6g %%",
			 100 * json_number_value(json_object_get(target, "share")));
		table_cell(&t, ensure ? "确保 / ensure" : "力争 / strive", COLOUR_NONE);
		table_cell(&t, text_of(target, "year"), COLOUR_NONE);
		table_cell(&t, share, COLOUR_NONE);
		count_cell(&t, count_of(target, "needed"), COLOUR_NONE);
		count_cell(&t, count_of(target, "recognised"), COLOUR_NONE);
		count_cell(&t, count_of(target, "short"), COLOUR_RED);
		count_cell(&t, count_of(target, "on_track"), COLOUR_GREEN);
		count_cell(&t, count_of(target, "short_with_on_track"), COLOUR_RED);
	}
	printf("\n");
	table_print(&t, stdout);
}

static void print_codes(const char *title, const json_t *codes)
{
	const json_t *code;
	size_t i;

	printf("  %s:", title);
	json_array_foreach(codes, i, code)
	{
		const char *text = json_string_value(code);

		printf(" %s", text ? text : "?");
	}
	printf(json_array_size(codes) ? "\n" : " -\n");
}

static void print_previous(const json_t *s)
{
	const json_t *previous = json_object_get(s, "previous");

	if (!json_is_object(previous))
		return;
	printf("\n与 %s 学年相比 / against %s (%" PRId64 " 个县 / counties)\n",
	       text_of(previous, "period"), text_of(previous, "period"),
	       count_of(previous, "compared"));
	print_codes("新达标 / newly met", json_object_get(previous, "newly_met"));
	print_codes("新出现未达标 / newly failing", json_object_get(previous, "newly_failing"));
}

void summary_print(const json_t *summary)
{
	print_head(summary);
	print_places(summary);
	print_items(summary);
	print_targets(summary);
	print_previous(summary);
}
