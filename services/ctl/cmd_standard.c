/* SPDX-License-Identifier: Apache-2.0 */
/* Standards through the API: which there are, one as a file to change, and what a change would
 * do before it is made. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/words.h"
#include "domain/school.h"
#include "domain/standard.h"

#define FILE_MAX (128u << 10) /* the service takes no larger document */

/* Digits, letters and hyphens: it goes into a path as it is. The service knows what an id is. */
static bool is_id(const char *text)
{
	const size_t len = strlen(text);

	if (len > 0 && len < STANDARD_ID &&
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len)
		return true;
	fprintf(stderr, "ID: 小写字母、数字和连字符 / lower case letters, digits and hyphens\n");
	return false;
}

/* A whole file, or stdin for "-". */
static int read_file(const char *name, struct buf *out)
{
	const bool from_stdin = str_equal(name, "-");
	auto_fclose FILE *opened = from_stdin ? NULL : fopen(name, "re");
	FILE *file = from_stdin ? stdin : opened;
	char part[4096];
	size_t n;

	if (!file) {
		fprintf(stderr, "junhengctl: %s: %s\n", name, strerror(errno));
		return CTL_FAILED;
	}
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		buf_add(out, part, n);
	if (!ferror(file) && !buf_failed(out))
		return CTL_OK;
	fprintf(stderr,
		"junhengctl: %s: 无法读取,或超过 128 KiB / cannot be read, or is longer "
		"than 128 KiB\n",
		name);
	return CTL_FAILED;
}

/* The members that a table shows; missing ones are "-". */
static void cells(struct table *t, const json_t *object, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *member = json_object_get(object, names[i]);
		char number[24];

		snprintf(number, sizeof(number), "%" PRId64, json_count_of(object, names[i]));
		table_cell(t, json_is_integer(member) ? number : json_text_of(object, names[i]),
			   COLOUR_NONE);
	}
}

static void print_list(const json_t *answer)
{
	static const char *const names[] = { "id",         "version",  "base", "region",
					     "valid_from", "valid_to", "title" };
	static const char *const heads[] = { "标准/id",     "版本/version", "基础/base",
					     "地区/region", "自/from",      "至/to",
					     "名称 / title" };
	const json_t *standard;
	auto_table struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(names));
	for (i = 0; i < ARRAY_LEN(heads); i++)
		table_cell(&t, heads[i], COLOUR_NONE);
	json_array_foreach(json_object_get(answer, "items"), i, standard)
	{
		cells(&t, standard, names, ARRAY_LEN(names));
	}
	table_print(&t, stdout);
}

int cmd_standard_list(const struct config *config, const struct args *args)
{
	auto_client struct client c = { .http = NULL };
	json_auto_t *answer = NULL;
	int done = client_open(config, &c);

	if (done == CTL_OK)
		done = client_call(&c, "GET", "/v1/standards?limit=1000", NULL, 0);
	if (done == CTL_OK)
		done = client_json(&c, &answer);
	if (done != CTL_OK)
		return done;
	if (args_flag(args, "json"))
		printf("%s\n", c.answer.body);
	else
		print_list(answer);
	return CTL_OK;
}

/* The document as it was sent, or whole, to be saved and changed. */
int cmd_standard_get(const struct config *config, const struct args *args)
{
	const char *member = args_flag(args, "resolved") ? "resolved" : "document";
	auto_client struct client c = { .http = NULL };
	json_auto_t *answer = NULL;
	int64_t version = 0;
	char path[96];
	int done;

	if (!is_id(args->words[0]) ||
	    !args_number(args, "version", 0, 1, INT64_MAX, &version, stderr))
		return CTL_USAGE;
	snprintf(path, sizeof(path), "/v1/standards/%s", args->words[0]);
	if (version)
		snprintf(path, sizeof(path), "/v1/standards/%s?version=%" PRId64, args->words[0],
			 version);
	done = client_open(config, &c);
	if (done == CTL_OK)
		done = client_call(&c, "GET", path, NULL, 0);
	if (done == CTL_OK)
		done = client_json(&c, &answer);
	if (done != CTL_OK)
		return done;
	/* 15 digits give each number back as it was written. */
	json_dumpf(json_object_get(answer, member), stdout,
		   JSON_INDENT(2) | JSON_REAL_PRECISION(15));
	printf("\n");
	return CTL_OK;
}

int cmd_standard_put(const struct config *config, const struct args *args)
{
	auto_client struct client c = { .http = NULL };
	auto_buf struct buf document;
	char path[64];
	int done;

	buf_init(&document, FILE_MAX);
	if (!is_id(args->words[0]))
		return CTL_USAGE;
	snprintf(path, sizeof(path), "/v1/standards/%s", args->words[0]);
	done = read_file(args->words[1], &document);
	if (done == CTL_OK)
		done = client_open(config, &c);
	if (done == CTL_OK)
		done = client_call(&c, "PUT", path, document.data, document.len);
	if (done == CTL_OK)
		printf("%s\n", c.answer.body);
	return done;
}

/* --- try --------------------------------------------------------------------------------- */

static void print_verdicts(const json_t *verdicts)
{
	static const char *const keys[] = { "met", "not_met", "incomplete" };
	const json_t *before = json_object_get(verdicts, "before");
	const json_t *after = json_object_get(verdicts, "after");

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		printf("%s", i ? ", " : "");
		word_print(keys[i]);
		printf(" %" PRId64 " → %" PRId64, json_count_of(before, keys[i]),
		       json_count_of(after, keys[i]));
	}
	printf("\n");
}

/* "G11 met → not_met, SD1 not_met": what only one standard has, has no other side. */
static void changes_cell(struct table *t, const json_t *changes)
{
	const json_t *change;
	auto_buf struct buf text;
	size_t i;

	buf_init(&text, TABLE_CELL);
	json_array_foreach(changes, i, change)
	{
		const char *from = json_string_value(json_object_get(change, "from"));
		const char *to = json_string_value(json_object_get(change, "to"));

		buf_printf(&text, "%s%s %s%s%s", i ? ", " : "", json_text_of(change, "item"),
			   from ? from : "", from ? " → " : "", to ? to : "-");
	}
	table_cell(t, buf_failed(&text) ? "…" : text.data, COLOUR_NONE);
}

static void print_trial(const json_t *answer)
{
	const json_t *county;
	auto_table struct table t;
	size_t i;

	printf("县 / counties %" PRId64 ", 有变化 / changed %" PRId64
	       ", 结论有变化 / verdicts changed %" PRId64 "\n",
	       json_count_of(answer, "counties"), json_count_of(answer, "changed"),
	       json_count_of(answer, "verdicts_changed"));
	print_verdicts(json_object_get(answer, "verdicts"));
	table_init(&t, 5);
	json_array_foreach(json_object_get(answer, "items"), i, county)
	{
		table_cell(&t, json_text_of(county, "county"), COLOUR_NONE);
		table_cell(&t, json_text_of(county, "name"), COLOUR_NONE);
		word_cell(&t, json_text_of(county, "from"));
		word_cell(&t, json_text_of(county, "to"));
		changes_cell(&t, json_object_get(county, "changes"));
	}
	table_print(&t, stdout);
	if (json_count_of(answer, "more"))
		printf("… 另有 / and %" PRId64 "\n", json_count_of(answer, "more"));
}

/* The draft goes into the request as it is, so it must be one JSON object. */
static int write_request(const struct args *args, const struct buf *draft, struct buf *out)
{
	json_error_t error;
	json_auto_t *whole = json_loadb(draft->data, draft->len, JSON_REJECT_DUPLICATES, &error);

	if (!json_is_object(whole)) {
		fprintf(stderr, "junhengctl: %s: 不是 JSON 对象 / is no JSON object: %s\n",
			args->words[1], error.text);
		return CTL_FAILED;
	}
	buf_printf(out,
		   "{\"region\":\"%s\",\"period\":\"%s\",\"standard\":", args_value(args, "region"),
		   args_value(args, "period"));
	buf_add(out, draft->data, draft->len);
	buf_str(out, "}");
	return CTL_OK;
}

int cmd_standard_try(const struct config *config, const struct args *args)
{
	const char *region = args_value(args, "region");
	const char *period = args_value(args, "period");
	auto_client struct client c = { .http = NULL };
	json_auto_t *answer = NULL;
	auto_buf struct buf draft, request;
	char path[64];
	int done;

	buf_init(&draft, FILE_MAX);
	buf_init(&request, FILE_MAX + 256);
	if (!region || !period || strspn(region, "0123456789") != strlen(region) ||
	    strlen(region) >= COUNTY_CODE || !str_is_digits(period, PERIOD_CODE - 1)) {
		fprintf(stderr,
			"--region: 地区代码 / a region code; --period: 四位 / four digits\n");
		return CTL_USAGE;
	}
	if (!is_id(args->words[0]))
		return CTL_USAGE;
	snprintf(path, sizeof(path), "/v1/standards/%s/try", args->words[0]);
	done = read_file(args->words[1], &draft);
	if (done == CTL_OK)
		done = write_request(args, &draft, &request);
	if (done == CTL_OK)
		done = client_open(config, &c);
	if (done == CTL_OK)
		done = client_call(&c, "POST", path, request.data, request.len);
	if (done == CTL_OK)
		done = client_json(&c, &answer);
	if (done != CTL_OK)
		return done;
	if (args_flag(args, "json"))
		printf("%s\n", c.answer.body);
	else
		print_trial(answer);
	return CTL_OK;
}
