/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/exits.h"
#include "ctl/http.h"
#include "ctl/import.h"
#include "ctl/lines.h"

#define CONNECTIONS 4

/* Bytes of a regular file, 0 of a pipe: what the bar is measured by. */
static int64_t size_of(FILE *file)
{
	struct stat st;

	return fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
}

static bool is_blank(const struct lines *l)
{
	return strspn(l->text, " \t") == l->len;
}

/* One line; false when the import was given up. *group is that of the lines before. */
static bool take_line(struct importer *im, const struct lines *l, int *group)
{
	struct err_info info = { .text = "" };
	struct import_line line;
	enum err e;

	if (is_blank(l))
		return true;
	if (l->too_long) {
		importer_reject(im, l->number, "超过 1 MiB / longer than 1 MiB");
		return true;
	}
	e = import_line_read(l->text, l->len, &line, &info);
	if (e != ERR_OK) {
		importer_reject(im, l->number, info.text);
		return true;
	}
	if (*group != (int)line.group && !importer_barrier(im)) {
		free(line.body);
		return false;
	}
	*group = (int)line.group;
	return importer_put(im, l->number, &line, l->bytes);
}

static int finish(struct importer *im, const struct lines *l, bool read_failed)
{
	const int failure = importer_failure(im);
	struct import_counts c;

	importer_counts(im, &c);
	printf("行数 / lines %" PRId64 ": 新建 / created %" PRId64 ", 更新 / updated %" PRId64
	       ", 未变 / unchanged %" PRId64 ", 拒绝 / rejected %" PRId64 "\n",
	       l->number, c.created, c.updated, c.unchanged, c.rejected);
	if (read_failed)
		fprintf(stderr, "junhengctl: 读取失败 / reading failed\n");
	if (failure != CTL_OK)
		return failure;
	if (read_failed)
		return CTL_FAILED;
	return c.rejected ? CTL_REFUSED : CTL_OK;
}

static int import_lines(const struct config *config, const char *key, int connections, FILE *file)
{
	struct err_info info = { .text = "" };
	struct importer *im = NULL;
	struct progress progress;
	struct lines l;
	int group = -1;
	int code;
	enum err e;

	progress_init(&progress, stderr, "导入 / importing", size_of(file));
	e = lines_init(&l, file);
	if (e == ERR_OK)
		e = importer_new(config->url, key, connections, &progress, &im, &info);
	if (e != ERR_OK) {
		lines_release(&l);
		return exit_saying(e, &info);
	}
	while (lines_next(&l) && take_line(im, &l, &group))
		;
	/* Its failure is seen in the counts. */
	if (importer_barrier(im))
		progress_set(&progress, l.bytes, l.number);
	progress_end(&progress);
	code = finish(im, &l, ferror(file) != 0);
	importer_free(im);
	lines_release(&l);
	return code;
}

int cmd_import(const struct config *config, const struct args *args)
{
	const bool from_stdin = str_equal(args->words[0], "-");
	auto_fclose FILE *opened = NULL;
	struct err_info info = { .text = "" };
	int64_t connections = 0;
	char key[HTTP_KEY];
	enum err e;

	if (!args_number(args, "connections", CONNECTIONS, 1, IMPORT_CONNECTIONS_MAX, &connections,
			 stderr))
		return CTL_USAGE;
	if (!from_stdin) {
		opened = fopen(args->words[0], "re");
		if (!opened) {
			fprintf(stderr, "junhengctl: %s: %s\n", args->words[0], strerror(errno));
			return CTL_FAILED;
		}
	}
	signal(SIGPIPE, SIG_IGN); /* a service that goes away is an answer that is missing */
	e = http_global_init(&info);
	if (e == ERR_OK)
		e = http_key(config, key, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	return import_lines(config, key, (int)connections, from_stdin ? stdin : opened);
}
