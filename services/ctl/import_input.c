/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_input.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"

#define SUFFIX ".ndjson"

static enum err cannot(struct err_info *info, const char *path)
{
	return err_set(info, ERR_IO, "%s: %s", path, strerror(errno));
}

static int is_wanted(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);
	const size_t end = strlen(SUFFIX);

	return entry->d_name[0] != '.' && len > end && str_equal(entry->d_name + len - end, SUFFIX);
}

static char *joined(const char *folder, const char *name)
{
	const size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/%s", folder, name);
	return path;
}

static enum err add_path(struct import_input *in, char *path, struct err_info *info)
{
	struct stat st;

	if (!path)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	in->paths[in->n++] = path;
	if (stat(path, &st) != 0)
		return cannot(info, path);
	if (S_ISREG(st.st_mode))
		in->size += (int64_t)st.st_size;
	return ERR_OK;
}

static enum err add_folder(struct import_input *in, const char *folder, struct err_info *info)
{
	struct dirent **entries = NULL;
	const int n = scandir(folder, &entries, is_wanted, alphasort);
	enum err e = ERR_OK;

	if (n < 0)
		return cannot(info, folder);
	if (n == 0 || n > IMPORT_FILES_MAX)
		e = err_set(info, ERR_IO, "%s: 须有 1 到 %d 个 %s 文件 / needs 1 to %d %s files",
			    folder, IMPORT_FILES_MAX, "*" SUFFIX, IMPORT_FILES_MAX, "*" SUFFIX);
	in->paths = calloc((size_t)n + 1, sizeof(*in->paths));
	if (!in->paths && e == ERR_OK)
		e = err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	for (int i = 0; i < n; i++) {
		if (e == ERR_OK)
			e = add_path(in, joined(folder, entries[i]->d_name), info);
		free(entries[i]);
	}
	free(entries);
	return e;
}

static enum err add_all(struct import_input *in, const char *what, struct err_info *info)
{
	struct stat st;

	if (str_equal(what, "-"))
		return ERR_OK;
	if (stat(what, &st) != 0)
		return cannot(info, what);
	if (S_ISDIR(st.st_mode))
		return add_folder(in, what, info);
	in->paths = calloc(1, sizeof(*in->paths));
	return in->paths ? add_path(in, strdup(what), info)
			 : err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
}

/* The next file, or standard input, is the one that is read. */
static enum err begin_file(struct import_input *in, struct err_info *info)
{
	const char *path = in->n ? in->paths[in->next] : NULL;

	in->file = path ? fopen(path, "re") : stdin;
	in->next++;
	if (!in->file)
		return cannot(info, path);
	in->lines.file = in->file;
	in->lines.number = 0;
	return ERR_OK;
}

static void end_file(struct import_input *in)
{
	if (in->file && in->file != stdin)
		fclose(in->file);
	in->file = NULL;
}

enum err import_input_open(struct import_input *in, const char *what, uint64_t seed,
			   struct err_info *info)
{
	enum err e;

	*in = (struct import_input){ .start = { .hash = seed } };
	in->before = in->at = in->start;
	e = add_all(in, what, info);
	if (e == ERR_OK)
		e = lines_init(&in->lines, NULL);
	in->lines.hash = seed;
	if (e == ERR_OK)
		e = begin_file(in, info);
	if (e != ERR_OK)
		import_input_close(in);
	return e;
}

void import_input_close(struct import_input *in)
{
	end_file(in);
	lines_release(&in->lines);
	for (size_t i = 0; i < in->n; i++)
		free(in->paths[i]);
	free(in->paths);
	in->paths = NULL;
	in->n = 0;
}

/* False when there is none. */
static bool next_file(struct import_input *in)
{
	struct err_info info = { .text = "" };

	if (ferror(in->file))
		fprintf(stderr, "junhengctl: 读取失败 / reading failed\n");
	in->failed |= ferror(in->file) != 0;
	end_file(in);
	if (in->failed || in->next >= in->n)
		return false;
	if (begin_file(in, &info) == ERR_OK)
		return true;
	fprintf(stderr, "junhengctl: %s\n", info.text);
	in->failed = true;
	return false;
}

bool import_input_next(struct import_input *in)
{
	while (in->file && !lines_next(&in->lines)) {
		if (!next_file(in))
			return false;
	}
	if (!in->file)
		return false;
	in->before = in->at;
	in->at = (struct import_place){ in->at.lines + 1, in->lines.bytes, in->lines.hash };
	return true;
}

static bool go_back(struct import_input *in)
{
	struct err_info info = { .text = "" };

	end_file(in);
	in->next = 0;
	in->before = in->at = in->start;
	in->lines.bytes = 0;
	in->lines.hash = in->start.hash;
	in->failed = !in->n || begin_file(in, &info) != ERR_OK;
	return !in->failed;
}

bool import_input_skip(struct import_input *in, const struct import_place *done)
{
	while (in->at.lines < done->lines && import_input_next(in))
		;
	if (in->at.lines == done->lines && in->at.bytes == done->bytes && in->at.hash == done->hash)
		return true;
	if (!go_back(in))
		fprintf(stderr,
			"junhengctl: 输入与上次不同,且无法从头读取 / the input is not the one "
			"of before, and cannot be read from its beginning\n");
	return false;
}

const char *import_input_name(const struct import_input *in)
{
	const char *slash;

	if (in->n < 2 || !in->next)
		return "";
	slash = strrchr(in->paths[in->next - 1], '/');
	return slash ? slash + 1 : in->paths[in->next - 1];
}
