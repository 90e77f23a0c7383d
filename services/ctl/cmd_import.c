/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/http.h"
#include "ctl/import.h"

#define CONNECTIONS 4
#define PATH_BYTES  4096
#define STATE_NAME  ".import-state"

static bool is_blank(const struct lines *l)
{
	return strspn(l->text, " \t") == l->len;
}

/* One line; false when the import was given up. *group is that of the lines before. */
static bool take_line(struct importer *im, const struct import_input *in, int *group)
{
	const struct lines *l = &in->lines;
	struct err_info info = { .text = "" };
	struct import_line line;
	enum err e;

	if (is_blank(l))
		return true;
	if (l->too_long) {
		importer_reject(im, in, "超过 1 MiB / longer than 1 MiB");
		return true;
	}
	e = import_line_read(l->text, l->len, &line, &info);
	if (e != ERR_OK) {
		importer_reject(im, in, info.text);
		return true;
	}
	if (*group != (int)line.group && !importer_barrier(im)) {
		free(line.body);
		return false;
	}
	*group = (int)line.group;
	return importer_put(im, in, &line);
}

static int finish(struct importer *im, const struct import_input *in, int64_t refused_before)
{
	const int failure = importer_failure(im);
	struct import_counts c;

	importer_counts(im, &c);
	printf("行数 / lines %" PRId64 ": 新建 / created %" PRId64 ", 更新 / updated %" PRId64
	       ", 未变 / unchanged %" PRId64 ", 拒绝 / rejected %" PRId64 "\n",
	       in->at.lines, c.created, c.updated, c.unchanged, c.rejected);
	if (failure != CTL_OK)
		return failure;
	if (in->failed)
		return CTL_FAILED;
	return c.rejected || refused_before ? CTL_REFUSED : CTL_OK;
}

/* Goes on where an earlier run was; refused_before: lines that it was refused. */
static void resume(struct import_input *in, struct import_state *state, struct progress *progress,
		   int64_t *ret_refused_before)
{
	struct import_place done;
	int64_t refused = 0;

	*ret_refused_before = 0;
	if (!state || !import_state_read(state, &done, &refused))
		return;
	if (!import_input_skip(in, &done)) {
		if (!in->failed)
			progress_say(
				progress,
				"输入或服务与上次不同,从头开始 / not the input or the service of "
				"before: beginning anew");
		return;
	}
	progress_say(progress,
		     "上次已完成前 %" PRId64 " 行%s,继续 / going on behind line %" PRId64 "%s",
		     done.lines, refused ? "(其中有被拒绝的)" : "", done.lines,
		     refused ? ", some of the lines before were refused" : "");
	*ret_refused_before = refused;
}

/* ret_done: every line was answered, if only by a refusal. */
static int import_lines(const struct config *config, const char *key, int connections,
			struct import_input *in, struct import_state *state, bool *ret_done)
{
	struct err_info info = { .text = "" };
	struct importer *im = NULL;
	struct progress progress;
	int64_t refused_before;
	int group = -1;
	int code;
	enum err e;

	progress_init(&progress, stderr, "导入 / importing", in->size);
	resume(in, state, &progress, &refused_before);
	e = importer_new(config->url, key, connections, &progress, &im, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	importer_remember(im, state, refused_before);
	while (!in->failed && import_input_next(in) && take_line(im, in, &group))
		;
	/* Its failure is seen in the counts. */
	if (importer_barrier(im))
		progress_set(&progress, in->at.bytes, in->at.lines);
	progress_end(&progress);
	*ret_done = importer_failure(im) == CTL_OK && !in->failed;
	code = finish(im, in, refused_before);
	importer_free(im);
	return code;
}

/* Where the state is kept: what was said, else beside the input; of standard input nowhere. What
 * cannot be kept without having been asked for, is done without. */
static enum err open_state(const struct args *args, struct import_state **ret_state,
			   struct err_info *info)
{
	const char *asked = args_value(args, "state");
	const char *input = args->words[0];
	size_t len = strlen(input);
	char path[PATH_BYTES];
	enum err e;

	*ret_state = NULL;
	if (!asked && str_equal(input, "-"))
		return ERR_OK;
	while (len > 1 && input[len - 1] == '/')
		len--;
	if (!asked && len + sizeof(STATE_NAME) > sizeof(path))
		return ERR_OK;
	snprintf(path, sizeof(path), "%.*s%s", (int)len, input, STATE_NAME);
	e = import_state_open(asked ? asked : path, ret_state, info);
	if (e == ERR_IO && !asked) {
		fprintf(stderr, "junhengctl: 不记录进度 / how far it is, is not kept: %s\n",
			info->text);
		return ERR_OK;
	}
	return e;
}

/* What was sent to one service was not sent to another. */
static uint64_t hash_of(const char *url)
{
	uint64_t hash = HASH_START;

	for (; *url; url++)
		hash = hash_byte(hash, *url);
	return hash;
}

int cmd_import(const struct config *config, const struct args *args)
{
	struct import_input auto_import_input in = { .n = 0 };
	struct import_state *state = NULL;
	struct err_info info = { .text = "" };
	int64_t connections = 0;
	char key[HTTP_KEY];
	bool done = false;
	int code;
	enum err e;

	if (!args_number(args, "connections", CONNECTIONS, 1, IMPORT_CONNECTIONS_MAX, &connections,
			 stderr))
		return CTL_USAGE;
	signal(SIGPIPE, SIG_IGN); /* a service that goes away is an answer that is missing */
	e = import_input_open(&in, args->words[0], hash_of(config->url), &info);
	if (e == ERR_OK)
		e = http_global_init(&info);
	if (e == ERR_OK)
		e = http_key(config, key, &info);
	if (e == ERR_OK)
		e = open_state(args, &state, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	code = import_lines(config, key, (int)connections, &in, state, &done);
	if (state && !done)
		fprintf(stderr, "junhengctl: 再次运行即继续 / run it again to go on: %s\n",
			import_state_path(state));
	import_state_close(state, done);
	return code;
}
