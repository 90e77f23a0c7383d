/* SPDX-License-Identifier: Apache-2.0 */
/* junhengctl: the command line. The table below is all there is of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/config.h"
#include "base/str.h"
#include "base/version.h"
#include "ctl/args.h"
#include "ctl/commands.h"
#include "ctl/exits.h"

struct command {
	const char *name; /* one or two words */
	const char *words;
	size_t words_min;
	size_t words_max;
	command_run *run;
	const char *zh;
	const char *en;
	struct option options[ARGS_OPTIONS];
};

/* clang-format off */
static const struct command commands[] = {
	{ "migrate", "", 0, 0, cmd_migrate,
	  "建立或升级数据库结构", "brings the database to this program's schema", { { NULL, NULL, NULL, false } } },
	{ "key create", "", 0, 0, cmd_key_create,
	  "新建 API 密钥,令牌只显示一次", "makes an API key; its token is shown once", {
		{ "role",    "ROLE",   "角色 / reporter, supervisor or admin", true },
		{ "region",  "REGION", "地区代码 / region or school code it is limited to, or all", true },
		{ "label",   "TEXT",   "用途说明 / what it is for", false },
		{ "expires", "DATE",   "到期 / when it ends: 2026-12-31, or RFC 3339; never by default", false },
		{ "quiet",   NULL,     "只输出令牌 / print the token and nothing else", false } } },
	{ "key list", "", 0, 0, cmd_key_list,
	  "列出 API 密钥", "lists the API keys", {
		{ "json", NULL, "输出 JSON / print JSON", false } } },
	{ "key revoke", "ID", 1, 1, cmd_key_revoke,
	  "撤销 API 密钥", "revokes an API key", { { NULL, NULL, NULL, false } } },
	{ "sample", "DIR", 1, 1, cmd_sample,
	  "由 DIR 中的表生成示例省份 (NDJSON)", "writes the made-up sample province as NDJSON, from the tables in DIR", { { NULL, NULL, NULL, false } } },
	{ "import", "FILE|DIR|-", 1, 1, cmd_import,
	  "导入 .ndjson、.csv、.xlsx;目录则按文件名逐个导入,*.errors.csv 除外", "imports .ndjson, .csv and .xlsx; the files of a folder one after the other, except *.errors.csv", {
		{ "mode",      "MODE", "atomic(默认): 有一行不合格则该文件都不写;partial: 写入合格的行 / atomic, the default: a file as a whole or not at all; partial: the rows that are right", false },
		{ "dry-run",   NULL,   "只检查,不写入 / check only, write nothing", false },
		{ "period",    "YEAR", "工作簿中未写学年的行的学年,不用于其他文件 / school year of a workbook's rows that name none; of no other file's", false },
		{ "errors",    "FILE", "出错的行写入此文件;导入目录时为目录 / where the rows that are wrong go; of a folder's files, a folder", false },
		{ "state",     "FILE", "进度记在此文件,中断后再次运行即继续 / keep in FILE how far it is: run again after an interruption, it goes on", false },
		{ "retry-for", "S",    "服务不可用时重试的秒数,默认 60 / seconds to try again while the service is away, 60 by default", false },
		{ "gzip",      NULL,   "压缩后上传 / send it packed", false },
		{ "quiet",     NULL,   "不显示进度 / show no progress", false } } },
	{ "watch", "", 0, 0, cmd_watch,
	  "实时显示预警", "shows alerts as they happen", {
		{ "after",  "SEQ",    "从此序号之后开始 / start behind this event; from now on by default", false },
		{ "county", "COUNTY", "只看一个县 / of one county only", false },
		{ "json",   NULL,     "每行一个 JSON / print the events as JSON lines", false } } },
	{ "recompute", "COUNTY", 0, 1, cmd_recompute,
	  "重新评定,并等待完成", "has a county judged again, and waits until it is", {
		{ "all",     NULL, "所有县 / every county", false },
		{ "no-wait", NULL, "不等待 / do not wait", false },
		{ "timeout", "S",  "最多等待的秒数 / seconds to wait at most; no limit by default", false } } },
	{ "standard list", "", 0, 0, cmd_standard_list,
	  "列出标准", "lists the standards", {
		{ "json", NULL, "输出 JSON / print JSON", false } } },
	{ "standard get", "ID", 1, 1, cmd_standard_get,
	  "输出一个标准的文件", "prints a standard's document", {
		{ "resolved", NULL, "与其基础合成后的全文 / the whole that it makes over its base", false },
		{ "version",  "N",  "以往的版本 / an earlier version", false } } },
	{ "standard put", "ID FILE|-", 2, 2, cmd_standard_put,
	  "建立或修改标准,所评估的县随即重算", "creates or changes a standard; what it judges is judged again", { { NULL, NULL, NULL, false } } },
	{ "standard try", "ID FILE|-", 2, 2, cmd_standard_try,
	  "试算标准:哪些县的结论会变,不写入", "shows which counties a standard would change; writes nothing", {
		{ "region", "REGION", "地区 / whose counties", true },
		{ "period", "YEAR",   "学年 / the school year that begins then", true },
		{ "json",   NULL,     "输出 JSON / print JSON", false } } },
	{ "status", "REGION", 1, 1, cmd_status,
	  "显示一个县的评定结果,或一个省、市各县的汇总", "shows how a county is judged, or how the counties of a province or prefecture stand", {
		{ "period", "YEAR", "学年 / the school year that begins then; the latest by default", false },
		{ "json",   NULL,   "输出 JSON / print JSON", false } } },
};
/* clang-format on */

static void usage_line(const struct command *c, FILE *out)
{
	fprintf(out, "junhengctl %s", c->name);
	for (const struct option *o = c->options; o->name; o++)
		fprintf(out, o->needed ? " --%s%s%s" : " [--%s%s%s]", o->name, o->value ? " " : "",
			o->value ? o->value : "");
	fprintf(out, c->words_min == c->words_max ? "%s%s\n" : "%s[%s]\n", *c->words ? " " : "",
		c->words);
}

static int help_command(const struct command *c)
{
	printf("用法 / usage: ");
	usage_line(c, stdout);
	printf("\n%s\n%s\n", c->zh, c->en);
	if (c->options[0].name)
		printf("\n选项 / options:\n");
	for (const struct option *o = c->options; o->name; o++)
		printf("  --%s %-*s %s\n", o->name, (int)(18 - strlen(o->name)),
		       o->value ? o->value : "", o->text);
	return CTL_OK;
}

static int help_all(void)
{
	printf("用法 / usage: junhengctl COMMAND [OPTIONS]\n"
	       "\n命令 / commands (junhengctl COMMAND --help):\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %s %-*s %s\n%25s %s\n", commands[i].name,
		       (int)(22 - strlen(commands[i].name)), commands[i].words, commands[i].zh, "",
		       commands[i].en);
	printf("\n退出码 / exit codes:\n"
	       "  0 成功 / done   1 失败 / failed   2 用法有误 / wrong usage\n"
	       "  3 连不上数据库或 API / cannot reach the database or the API\n"
	       "  4 被拒绝 / refused: key, rights, or the data sent\n"
	       "  5 部分导入,有行被拒绝 / imported in part, some rows were refused\n"
	       "\n设置(环境变量)/ settings (environment variables):\n");
	config_help(CONFIG_CTL, stdout);
	printf("  未设密钥时读取 / without a key: $JUNHENG_VAR/admin.key (var/admin.key)\n");
	return CTL_OK;
}

static int wrong_usage(const struct command *c)
{
	fprintf(stderr, "用法 / usage: ");
	if (c)
		usage_line(c, stderr);
	else
		fprintf(stderr, "junhengctl COMMAND …; junhengctl --help\n");
	return CTL_USAGE;
}

/* How many of the first arguments name the command: 0 when they do not. */
static int match(const struct command *c, int argc, char **argv)
{
	const size_t first = strcspn(c->name, " ");
	const char *second = c->name[first] ? c->name + first + 1 : NULL;

	if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], c->name, first) != 0)
		return 0;
	if (!second)
		return 1;
	return argc > 1 && str_equal(argv[1], second) ? 2 : 0;
}

static bool asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc && !str_equal(argv[i], "--"); i++) {
		if (str_equal(argv[i], "--help"))
			return true;
	}
	return false;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct config config;
	struct args args;

	if (asks_help(argc, argv))
		return help_command(c);
	if (!args_parse(argc, argv, c->options, c->words_max, &args, stderr))
		return wrong_usage(c);
	if (args.n < c->words_min) {
		fprintf(stderr, "缺少参数 / argument missing: %s\n", c->words);
		return wrong_usage(c);
	}
	if (config_read(&config, CONFIG_CTL, stderr) != ERR_OK)
		return CTL_USAGE;
	return c->run(&config, &args);
}

/* `junhengctl key` and `junhengctl key --help`: the commands of a group. */
static int group(int argc, char **argv)
{
	const bool help = asks_help(argc, argv);
	const size_t len = strlen(argv[0]);
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strncmp(commands[i].name, argv[0], len) != 0 || commands[i].name[len] != ' ')
			continue;
		found = true;
		usage_line(&commands[i], help ? stdout : stderr);
	}
	if (found && help)
		return CTL_OK;
	fprintf(stderr, "没有此命令 / no such command: '%s%s%s'\n", argv[0],
		found && argc > 1 ? " " : "", found && argc > 1 ? argv[1] : "");
	return wrong_usage(NULL);
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2)
		return wrong_usage(NULL);
	if (str_equal(argv[1], "--version")) {
		printf("junhengctl %s\n", JUNHENG_VERSION);
		return CTL_OK;
	}
	if (str_equal(argv[1], "--help") || str_equal(argv[1], "help"))
		return help_all();
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const int used = match(&commands[i], argc - 1, argv + 1);

		if (used)
			return run(&commands[i], argc - 1 - used, argv + 1 + used);
	}
	return group(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	const int status = dispatch(argc, argv);

	/* What a full disk swallowed was not done. */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "无法写出结果 / cannot write the result\n");
	return status == CTL_OK ? CTL_FAILED : status;
}
