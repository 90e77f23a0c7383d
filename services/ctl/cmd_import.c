/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/import_errors.h"
#include "ctl/import_files.h"
#include "ctl/import_run.h"

#define RETRY_S     60
#define RETRY_MAX_S (7 * 86400)
#define WHAT_BYTES  1200

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	stop = number;
}

/* Without SA_RESTART: a read of standard input ends. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN); /* a service that goes away is an answer that is missing */
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is told as a full disk is */
}

/* Ends as the signal would have ended it: whoever called sees that. */
static int end_by_signal(void)
{
	signal(stop, SIG_DFL);
	raise(stop);
	return CTL_FAILED;
}

static bool read_options(const struct args *args, struct import_run *run)
{
	const char *mode = args_value(args, "mode");
	const char *period = args_value(args, "period");

	if (mode && !str_equal(mode, "atomic") && !str_equal(mode, "partial")) {
		fprintf(stderr, "--mode: 须为 atomic 或 partial / must be atomic or partial\n");
		return false;
	}
	if (period && !str_is_digits(period, 4)) {
		fprintf(stderr, "--period: 须为 4 位数字 / must be 4 digits\n");
		return false;
	}
	run->period = period;
	run->atomic = !mode || str_equal(mode, "atomic");
	run->dry_run = args_flag(args, "dry-run");
	run->gzip = args_flag(args, "gzip");
	run->errors = args_value(args, "errors");
	return args_number(args, "retry-for", RETRY_S, 0, RETRY_MAX_S, &run->service.retry_s,
			   stderr);
}

/* A row that was refused does not keep the others back where the mode is partial: nor does a file
 * that is refused as a whole, when nothing is written anyway. */
static bool ends_import(const struct import_run *run, int code)
{
	return code != CTL_OK && code != CTL_PARTLY && !(code == CTL_REFUSED && run->dry_run);
}

/* Once something was refused, the whole is not OK. */
static int joined(int before, int code)
{
	return code == CTL_OK ? before : code;
}

/* An export that failed leaves an empty file, or a pipe that is closed: that is no success. */
static int refuse_empty(const struct import_run *run, const struct import_source *source)
{
	progress_say(run->service.progress,
		     "junhengctl: %s 为空,没有可导入的内容 / is empty: there is nothing to import",
		     source->name);
	return CTL_REFUSED;
}

static int import_file(struct import_run *run, const char *path)
{
	struct import_source auto_import_source source = { .size = 0 };
	struct err_info info = { .text = "" };
	enum import_kind kind;
	bool empty = true;
	int code = CTL_OK;
	enum err e;

	e = import_source_open(&source, path, &stop, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	run->errors_begun = false;
	run->workbooks |= source.workbook;
	while (!ends_import(run, code) && (kind = import_source_next(&source)) != IMPORT_END) {
		empty = false;
		code = joined(code, kind == IMPORT_ROWS ? import_run_rows(run, &source)
							: import_run_line(run, &source));
	}
	if (stop)
		return IMPORT_STOPPED;
	if (!ends_import(run, code) && import_source_failure(&source)) {
		progress_say(run->service.progress, "junhengctl: %s: %s", source.name,
			     import_source_failure(&source));
		return CTL_FAILED;
	}
	return empty ? refuse_empty(run, &source) : code;
}

static int import_all(struct import_run *run, const struct import_files *files)
{
	int code = CTL_OK;

	for (size_t i = 0; i < files->n && !ends_import(run, code); i++)
		code = joined(code, import_file(run, files->paths[i]));
	return code;
}

/* What is left behind, when it is not all done. */
static void tell_rest(const struct import_run *run)
{
	const struct import_state *state = run->state;
	struct progress *p = run->service.progress;
	static const char *const told[] = {
		[IMPORT_CANCELLED] = "已取消 / cancelled",
		[IMPORT_STOPS] = "正在取消 / being cancelled",
		[IMPORT_ENDED] = "在服务上已结束 / has ended on the service",
		[IMPORT_GOES_ON] =
			"未能取消,服务可能仍在执行 / could not be cancelled: the service "
			"may go on with it",
	};

	if (state->path && (state->done_n || state->key[0])) {
		progress_say(p, "junhengctl: 再次运行即继续 / run it again to go on: %s",
			     state->path);
		return;
	}
	if (!state->job)
		return;
	progress_say(p, "junhengctl: 导入 / import %" PRId64 ": %s", state->job,
		     told[import_cancel(&run->service, state->job)]);
}

static void print_counts(const struct import_run *run)
{
	const struct import_counts *c = &run->total;

	printf("%s行数 / rows %" PRId64 ": 新建 / created %" PRId64 ", 更新 / updated %" PRId64
	       ", 未变 / unchanged %" PRId64 ", 拒绝 / rejected %" PRId64 "\n",
	       run->dry_run ? "未写入 / nothing written, " : "", c->rows, c->created, c->updated,
	       c->unchanged, c->rejected);
}

static int run_import(struct import_run *run, const struct import_files *files)
{
	int code = import_all(run, files);

	if (run->period && !run->workbooks && !ends_import(run, code))
		progress_note(run->service.progress,
			      "--period: 只用于工作簿,这里没有 / is for workbooks: there is none");
	progress_end(run->service.progress);
	if (code != CTL_OK && code != CTL_PARTLY)
		tell_rest(run);
	/* Counts of what was stopped would be those of a moment. */
	if (code != IMPORT_STOPPED)
		print_counts(run);
	return code;
}

/* How far an import is, cannot be kept in what it reads. */
static bool check_state(const char *path, const struct import_files *files)
{
	struct stat st;

	if (!path || stat(path, &st) != 0 || !import_files_have(files, &st))
		return true;
	fprintf(stderr,
		"junhengctl: --state: %s: 正是要导入的文件,不覆盖 / is what is imported, and is "
		"left as it is\n",
		path);
	return false;
}

/* Service, key and state; then the import. */
static int prepared(const struct config *config, const struct args *args, struct import_run *run,
		    const struct import_files *files)
{
	struct err_info info = { .text = "" };
	char key[HTTP_KEY], what[WHAT_BYTES];
	auto_http struct http *http = NULL;
	bool anew = false;
	enum err e = http_global_init(&info);
	int code;

	if (e == ERR_OK)
		e = http_key(config, key, &info);
	if (e == ERR_OK)
		e = http_new(config->url, key, &http, &info);
	if (e == ERR_OK)
		e = import_run_init(run, &info);
	snprintf(what, sizeof(what), "%s %s%s %s", config->url, run->atomic ? "atomic" : "partial",
		 run->dry_run ? " dry-run" : "", run->period ? run->period : "");
	if (e == ERR_OK)
		e = import_state_open(args_value(args, "state"), what, &run->state, &anew, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	run->service.http = http;
	run->folder = files->folder;
	if (anew)
		progress_note(
			run->service.progress,
			"%s: 不是这个服务和方式的进度,重新导入 / not of this service and mode: "
			"beginning anew",
			run->state->path);
	code = import_errors_check(run, files);
	if (code == CTL_OK)
		code = run_import(run, files);
	import_state_close(run->state, code == CTL_OK || code == CTL_PARTLY);
	return code;
}

int cmd_import(const struct config *config, const struct args *args)
{
	struct import_files auto_import_files files = { .n = 0 };
	struct import_run auto_import_run run = { .part = NULL };
	struct err_info info = { .text = "" };
	struct progress progress;
	int code;
	enum err e;

	if (!read_options(args, &run))
		return CTL_USAGE;
	if (sodium_init() < 0)
		return CTL_FAILED;
	e = import_files_open(&files, args->words[0], &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	if (!check_state(args_value(args, "state"), &files))
		return CTL_USAGE;
	catch_signals();
	progress_init(&progress, stderr, "导入 / importing", 0);
	progress.quiet = args_flag(args, "quiet");
	run.service.progress = &progress;
	run.service.stop = &stop;
	code = prepared(config, args, &run, &files);
	return code == IMPORT_STOPPED ? end_by_signal() : code;
}
