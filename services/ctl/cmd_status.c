/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/status_items.h"
#include "ctl/summary.h"
#include "ctl/words.h"
#include "domain/judge.h"

#define COLUMNS 7

static void number_cell(struct table *t, const json_t *number, int decimals)
{
	char text[48] = "-";

	if (json_is_number(number))
		snprintf(text, sizeof(text), "%.*f", decimals, json_number_value(number));
	table_cell(t, text, COLOUR_NONE);
}

static void indicator_row(struct table *t, const struct indicator *what, const json_t *stage,
			  const json_t *judged)
{
	const json_t *display = json_object_get(judged, "display");
	char text[TABLE_CELL];

	table_cell(t, what->code, COLOUR_NONE);
	table_cell(t, what->zh, COLOUR_NONE);
	table_cell(t, json_text_of(display, "mean"), COLOUR_NONE);
	table_cell(t, json_text_of(display, "cv"), COLOUR_NONE);
	number_cell(t, json_object_get(judged, "cv_limit"), 2);
	snprintf(text, sizeof(text), "%" PRId64 "/%" PRId64, json_count_of(judged, "records_met"),
		 json_count_of(stage, "records"));
	table_cell(t, text, COLOUR_NONE);
	word_cell(t, json_text_of(judged, "cv_status"));
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

	table_init(&t, COLUMNS);
	printf("\n%s  ", word_of(name).text);
	word_print(json_text_of(stage, "status"));
	printf("\n学校记录 / records %" PRId64 ", 达标 / met %" PRId64 ", 学生 / pupils %" PRId64,
	       json_count_of(stage, "records"), json_count_of(stage, "records_met"),
	       json_count_of(stage, "students"));
	if (json_is_number(composite))
		printf(", 综合 / composite %.3f", json_number_value(composite));
	printf("\n");
	if (json_count_of(stage, "records") == 0)
		return;
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

static void print_status(const json_t *status, const json_t *titles)
{
	const json_t *stages = json_object_get(status, "resources");

	printf("县 / county %s  学年 / period %s  标准 / standard %s\n",
	       json_text_of(status, "county"), json_text_of(status, "period"),
	       json_text_of(status, "standard"));
	printf("结论 / verdict: ");
	word_print(json_text_of(status, "verdict"));
	printf("  (版本 / version %" PRId64 ", %s)\n", json_count_of(status, "version"),
	       json_text_of(status, "computed_at"));
	for (int i = 0; i < JUDGED_STAGES; i++) {
		const json_t *stage = json_object_get(stages, stage_names[i]);

		if (json_object_size(stage))
			print_stage(stage_names[i], stage);
	}
	status_items_print(json_object_get(status, "items"), titles);
	print_list("未达标 / failing", json_object_get(status, "failing"));
	print_list("未上报 / missing", json_object_get(status, "missing"));
}

/* What the county is judged by has the items' titles; without it they go without. */
static json_t *get_standard(struct client *c, const json_t *status)
{
	const char *id = json_text_of(status, "standard");
	json_t *answer = NULL;
	char path[96];

	snprintf(path, sizeof(path), "/v1/standards/%s?version=%" PRId64, id,
		 json_count_of(status, "standard_version"));
	if (client_call(c, "GET", path, NULL, 0) != CTL_OK)
		return NULL;
	return client_json(c, &answer) == CTL_OK ? answer : NULL;
}

static void show_county(struct client *c, const json_t *status)
{
	json_auto_t *standard = get_standard(c, status);

	print_status(status, json_object_get(json_object_get(standard, "resolved"), "items"));
}

static int show(struct client *c, bool county, bool as_json)
{
	json_auto_t *answer = NULL;
	const int code = client_json(c, &answer);

	if (code != CTL_OK)
		return code;
	if (as_json)
		printf("%s\n", c->answer.body);
	else if (county)
		show_county(c, answer);
	else
		summary_print(answer);
	return fflush(stdout) == 0 ? CTL_OK : CTL_FAILED;
}

int cmd_status(const struct config *config, const struct args *args)
{
	const char *code = args->words[0];
	const char *period = args_value(args, "period");
	const bool county = str_is_digits(code, COUNTY_CODE - 1);
	auto_client struct client c = { .http = NULL };
	char path[96];
	int done;

	if (!(county || str_is_digits(code, 2) || str_is_digits(code, 4)) ||
	    (period && !str_is_digits(period, PERIOD_CODE - 1))) {
		fprintf(stderr, "REGION: 二、四或六位数字 / two, four or six digits; "
				"--period: 四位 / four digits\n");
		return CTL_USAGE;
	}
	snprintf(path, sizeof(path), "/v1/%s/%s/%s%s%s", county ? "counties" : "regions", code,
		 county ? "status" : "summary", period ? "?period=" : "", period ? period : "");
	done = client_open(config, &c);
	if (done == CTL_OK)
		done = client_call(&c, "GET", path, NULL, 0);
	return done == CTL_OK ? show(&c, county, args_flag(args, "json")) : done;
}
