/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/database.h"
#include "ctl/exits.h"
#include "ctl/table.h"
#include "store/keys.h"

#define ALL "all" /* a region code of "", the whole country, on the command line */

static bool region_is_valid(const char *code)
{
	static const size_t lengths[] = { 2, 4, 6, SCHOOL_CODE - 1 };

	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		if (str_is_digits(code, lengths[i]))
			return true;
	}
	return false;
}

/* From the options to a key; false, and a line on stderr, when one is wrong. */
static bool read_options(const struct args *args, struct api_key *out)
{
	const char *role = args_value(args, "role");
	const char *region = args_value(args, "region");
	const char *label = args_value(args, "label");
	const char *expires = args_value(args, "expires");

	memset(out, 0, sizeof(*out));
	if (!role || !role_parse(role, &out->role)) {
		fprintf(stderr, "--role: reporter, supervisor, admin\n");
		return false;
	}
	if (!region || (!str_equal(region, ALL) && !region_is_valid(region))) {
		fprintf(stderr,
			"--region: all, 或 2、4、6 位地区代码、10 位学校代码 / or a region code "
			"of 2, 4 or 6 digits, or a school code of 10\n");
		return false;
	}
	if (label && (strlen(label) >= sizeof(out->label) || !str_is_text(label, strlen(label)))) {
		fprintf(stderr, "--label: 最多 %zu 字节的文字 / text of at most %zu bytes\n",
			sizeof(out->label) - 1, sizeof(out->label) - 1);
		return false;
	}
	if (expires && strlen(expires) >= sizeof(out->expires_at)) {
		fprintf(stderr, "--expires: 日期 / a date, such as 2026-12-31\n");
		return false;
	}
	str_copy(out->region, sizeof(out->region), str_equal(region, ALL) ? "" : region);
	str_copy(out->label, sizeof(out->label), label ? label : "");
	str_copy(out->expires_at, sizeof(out->expires_at), expires ? expires : "");
	return true;
}

int cmd_key_create(const struct config *config, const struct args *args)
{
	auto_store struct store *store = NULL;
	struct err_info info = { .text = "" };
	char token[KEY_TOKEN];
	struct api_key key;
	int64_t id = 0;
	enum err e;

	if (!read_options(args, &key))
		return CTL_USAGE;
	e = database_open(config, &store, &info);
	if (e == ERR_OK)
		e = store_key_create(store, &key, &id, token, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	if (!args_flag(args, "quiet"))
		fprintf(stderr,
			"密钥 / key %" PRId64 ": %s, 地区 / region %s\n"
			"令牌只显示这一次 / the token is shown this once:\n",
			id, role_names[key.role], *key.region ? key.region : ALL);
	printf("%s\n", token);
	return fflush(stdout) == 0 ? CTL_OK : CTL_FAILED;
}

static json_t *key_json(const struct api_key *k)
{
	json_t *o =
		json_pack("{sI ss ss ss ss}", "id", (json_int_t)k->id, "label", k->label, "role",
			  role_names[k->role], "region", k->region, "created", k->created_at);

	json_object_set_new(o, "expires",
			    *k->expires_at ? json_string(k->expires_at) : json_null());
	json_object_set_new(o, "revoked",
			    *k->revoked_at ? json_string(k->revoked_at) : json_null());
	return o;
}

static int print_json(const struct api_key_list *keys)
{
	json_auto_t *array = json_array();

	for (size_t i = 0; i < keys->n; i++)
		json_array_append_new(array, key_json(&keys->items[i]));
	if (!array || json_dumpf(array, stdout, JSON_INDENT(2)) != 0)
		return CTL_FAILED;
	printf("\n");
	return CTL_OK;
}

/* "2026-11-23T08:00:00…" as "2026-11-23 08:00". */
static void add_time(struct table *t, const char *time)
{
	char text[TIME_TEXT];

	str_copy(text, sizeof(text), time);
	if (strlen(text) > 16) {
		text[10] = ' ';
		text[16] = '\0';
	}
	table_cell(t, *text ? text : "-", COLOUR_NONE);
}

static int print_table(const struct api_key_list *keys)
{
	static const char *const heads[] = { "ID",          "角色/role", "地区/region",
					     "用途/label",  "建立/made", "到期/expires",
					     "撤销/revoked" };
	auto_table struct table t;

	table_init(&t, ARRAY_LEN(heads));
	t.right[0] = true;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		table_cell(&t, heads[i], COLOUR_NONE);
	for (size_t i = 0; i < keys->n; i++) {
		const struct api_key *k = &keys->items[i];
		char id[24];

		snprintf(id, sizeof(id), "%" PRId64, k->id);
		table_cell(&t, id, COLOUR_NONE);
		table_cell(&t, role_names[k->role], COLOUR_NONE);
		table_cell(&t, *k->region ? k->region : ALL, COLOUR_NONE);
		table_cell(&t, *k->label ? k->label : "-", COLOUR_NONE);
		add_time(&t, k->created_at);
		add_time(&t, k->expires_at);
		add_time(&t, k->revoked_at);
	}
	table_print(&t, stdout);
	return t.failed ? CTL_FAILED : CTL_OK;
}

int cmd_key_list(const struct config *config, const struct args *args)
{
	struct api_key_list keys = { NULL, 0 };
	auto_store struct store *store = NULL;
	struct err_info info = { .text = "" };
	enum err e;
	int code;

	e = database_open(config, &store, &info);
	if (e == ERR_OK)
		e = store_key_list(store, &keys, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	code = args_flag(args, "json") ? print_json(&keys) : print_table(&keys);
	api_key_list_release(&keys);
	return code;
}

int cmd_key_revoke(const struct config *config, const struct args *args)
{
	auto_store struct store *store = NULL;
	struct err_info info = { .text = "" };
	int64_t id = 0;
	enum err e;

	if (!str_to_int64(args->words[0], &id) || id < 1) {
		fprintf(stderr, "ID: 密钥编号 / the number of a key, as in key list\n");
		return CTL_USAGE;
	}
	e = database_open(config, &store, &info);
	if (e == ERR_OK)
		e = store_key_revoke(store, id, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	fprintf(stderr, "已撤销密钥 / revoked key %" PRId64 "\n", id);
	return CTL_OK;
}
