/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/http.h"
#include "ctl/summary.h"
#include "ctl/table.h"
#include "domain/judge.h"

#define EXPLAIN_MAX 8192
#define COLUMNS     7

/* Words for what the service answers; the keys are the contract's. */
static const struct word {
	const char *key;
	const char *text;
	enum colour colour;
} words[] = {
	{ "met", "达标 / met", COLOUR_GREEN },
	{ "not_met", "未达标 / not met", COLOUR_RED },
	{ "no_data", "缺数据 / no data", COLOUR_YELLOW },
	{ "undefined", "无法计算 / undefined", COLOUR_YELLOW },
	{ "not_applicable", "不适用 / not applicable", COLOUR_NONE },
	{ "incomplete", "数据不全 / incomplete", COLOUR_YELLOW },
	{ "primary", "小学 / primary", COLOUR_NONE },
	{ "junior", "初中 / junior", COLOUR_NONE },
};

static struct word word_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_equal(words[i].key, key))
			return words[i];
	}
	return (struct word){ key, key, COLOUR_NONE };
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "-";
}

static int64_t count_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void number_cell(struct table *t, const json_t *number, int decimals)
{
	char text[48] = "-";

	if (json_is_number(number))
		snprintf(text, sizeof(text), "%.*f", decimals, json_number_value(number));
	table_cell(t, text, COLOUR_NONE);
}

static void status_cell(struct table *t, const char *status)
{
	const struct word w = word_of(status);

	table_cell(t, w.text, w.colour);
}

static void indicator_row(struct table *t, const struct indicator *what, const json_t *stage,
			  const json_t *judged)
{
	const json_t *display = json_object_get(judged, "display");
	char text[TABLE_CELL];

	table_cell(t, what->code, COLOUR_NONE);
	table_cell(t, what->zh, COLOUR_NONE);
	table_cell(t, text_of(display, "mean"), COLOUR_NONE);
	table_cell(t, text_of(display, "cv"), COLOUR_NONE);
	number_cell(t, json_object_get(judged, "cv_limit"), 2);
	snprintf(text, sizeof(text), "%" PRId64 "/%" PRId64, count_of(judged, "records_met"),
		 count_of(stage, "records"));
	table_cell(t, text, COLOUR_NONE);
	status_cell(t, text_of(judged, "cv_status"));
}

static void print_word(const char *key)
{
	const struct word w = word_of(key);
	const enum colour colour = has_colours(stdout) ? w.colour : COLOUR_NONE;

	printf("%s%s%s", colour_begin(colour), w.text, colour_end(colour));
}

static void print_stage(const char *name, const json_t *stage)
{
	static const char *const heads[COLUMNS] = { "",           "指标 / indicator",
						    "均值/mean",  "差异系数/CV",
						    "限/limit",   "校达标/schools",
						    "结论/status" };
	const json_t *judged = json_object_get(stage, "indicators");
	const json_t *composite = json_object_get(stage, "composite_cv");
	auto_table struct table t;

	printf("\n%s  ", word_of(name).text);
	print_word(text_of(stage, "status"));
	printf("\n学校记录 / records %" PRId64 ", 达标 / met %" PRId64 ", 学生 / pupils %" PRId64,
	       count_of(stage, "records"), count_of(stage, "records_met"),
	       count_of(stage, "students"));
	if (json_is_number(composite))
		printf(", 综合 / composite %.3f", json_number_value(composite));
	printf("\n");
	if (count_of(stage, "records") == 0)
		return;
	table_init(&t, COLUMNS);
	for (size_t i = 2; i < 6; i++)
		t.right[i] = true;
	for (size_t i = 0; i < COLUMNS; i++)
		table_cell(&t, heads[i], COLOUR_NONE);
	for (size_t i = 0; i < INDICATORS; i++)
		indicator_row(&t, &indicators[i], stage,
			      json_object_get(judged, indicators[i].code));
	table_print(&t, stdout);
}

static void print_list(const char *title, const json_t *list)
{
	size_t i;
	const json_t *item;

	if (json_array_size(list) == 0)
		return;
	printf("\n%s: ", title);
	json_array_foreach(list, i, item)
	{
		const char *name = json_string_value(item);

		printf("%s%s", i ? ", " : "", name ? name : "?");
	}
	printf("\n");
}

static void print_status(const json_t *status)
{
	const json_t *stages = json_object_get(status, "resources");

	printf("县 / county %s  学年 / period %s  标准 / standard %s\n", text_of(status, "county"),
	       text_of(status, "period"), text_of(status, "standard"));
	printf("结论 / verdict: ");
	print_word(text_of(status, "verdict"));
	printf("  (版本 / version %" PRId64 ", %s)\n", count_of(status, "version"),
	       text_of(status, "computed_at"));
	for (int i = 0; i < JUDGED_STAGES; i++) {
		const json_t *stage = json_object_get(stages, stage_names[i]);

		if (json_object_size(stage))
			print_stage(stage_names[i], stage);
	}
	print_list("未达标 / failing", json_object_get(status, "failing"));
	print_list("未上报 / missing", json_object_get(status, "missing"));
}

typedef void print_answer(const json_t *answer);

static int show(const struct http_answer *answer, print_answer *print, bool as_json)
{
	json_auto_t *status = json_loadb(answer->body, answer->len, 0, NULL);

	if (!json_is_object(status)) {
		fprintf(stderr, "junhengctl: 答复不是 JSON / the answer is not JSON\n");
		return CTL_FAILED;
	}
	if (as_json)
		printf("%s\n", answer->body);
	else
		print(status);
	return fflush(stdout) == 0 ? CTL_OK : CTL_FAILED;
}

static int ask(const struct config *config, const char *path, print_answer *print, bool as_json)
{
	auto_http struct http *http = NULL;
	struct err_info info = { .text = "" };
	struct http_answer answer;
	auto_buf struct buf why;
	char key[HTTP_KEY];
	enum err e;

	buf_init(&why, EXPLAIN_MAX);
	e = http_global_init(&info);
	if (e == ERR_OK)
		e = http_key(config, key, &info);
	if (e == ERR_OK)
		e = http_new(config->url, key, &http, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	if (!http_call(http, "GET", path, NULL, 0, &answer, &info)) {
		fprintf(stderr, "junhengctl: %s\n", info.text);
		return CTL_UNREACHABLE;
	}
	if (answer.status == 200)
		return show(&answer, print, as_json);
	http_explain(&answer, &why);
	fprintf(stderr, "junhengctl: %s\n", why.data);
	return exit_of_status(answer.status);
}

int cmd_status(const struct config *config, const struct args *args)
{
	const char *code = args->words[0];
	const char *period = args_value(args, "period");
	const bool county = str_is_digits(code, COUNTY_CODE - 1);
	char path[96];

	if (!(county || str_is_digits(code, 2) || str_is_digits(code, 4)) ||
	    (period && !str_is_digits(period, PERIOD_CODE - 1))) {
		fprintf(stderr, "REGION: 二、四或六位数字 / two, four or six digits; "
				"--period: 四位 / four digits\n");
		return CTL_USAGE;
	}
	snprintf(path, sizeof(path), "/v1/%s/%s/%s%s%s", county ? "counties" : "regions", code,
		 county ? "status" : "summary", period ? "?period=" : "", period ? period : "");
	return ask(config, path, county ? print_status : summary_print, args_flag(args, "json"));
}
