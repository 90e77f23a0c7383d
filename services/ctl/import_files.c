/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"

static const char *const suffixes[] = { ".ndjson", ".csv", ".xlsx" };

static enum err cannot(struct err_info *info, const char *path)
{
	return err_set(info, ERR_IO, "%s: %s", path, strerror(errno));
}

/* Large letters are no other kind of file. What begins with "~$" says that a workbook is open. */
static int is_wanted(const struct dirent *entry)
{
	const char *name = entry->d_name;
	const size_t len = strlen(name);
	const bool hidden = name[0] == '.' || str_starts(name, "~$");

	for (size_t i = 0; i < ARRAY_LEN(suffixes) && !hidden; i++) {
		const size_t end = strlen(suffixes[i]);

		if (len > end && strcasecmp(name + len - end, suffixes[i]) == 0)
			return 1;
	}
	return 0;
}

/* strcmp, not the locale's order: the same everywhere. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum err add_path(struct import_files *files, const char *folder, const char *name,
			 struct err_info *info)
{
	const size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);

	if (!path)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	snprintf(path, size, "%s%s%s", folder, *folder ? "/" : "", name);
	files->paths[files->n++] = path;
	return ERR_OK;
}

static enum err add_folder(struct import_files *files, const char *folder, struct err_info *info)
{
	struct dirent **entries = NULL;
	const int n = scandir(folder, &entries, is_wanted, by_name);
	enum err e = ERR_OK;

	if (n < 0)
		return cannot(info, folder);
	if (n == 0 || n > IMPORT_FILES_MAX)
		e = err_set(info, ERR_IO,
			    "%s: 须有 1 到 %d 个 *.ndjson、*.csv 或 *.xlsx 文件 / needs 1 to %d "
			    "files *.ndjson, *.csv or *.xlsx",
			    folder, IMPORT_FILES_MAX, IMPORT_FILES_MAX);
	files->folder = true;
	files->paths = calloc((size_t)n + 1, sizeof(*files->paths));
	if (!files->paths && e == ERR_OK)
		e = err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	for (int i = 0; i < n; i++) {
		if (e == ERR_OK)
			e = add_path(files, folder, entries[i]->d_name, info);
		free(entries[i]);
	}
	free(entries);
	return e;
}

static enum err add_all(struct import_files *files, const char *what, struct err_info *info)
{
	struct stat st;

	if (!str_equal(what, "-")) {
		if (stat(what, &st) != 0)
			return cannot(info, what);
		if (S_ISDIR(st.st_mode))
			return add_folder(files, what, info);
	}
	files->paths = calloc(1, sizeof(*files->paths));
	if (!files->paths)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	if (!str_equal(what, "-"))
		return add_path(files, "", what, info);
	files->n = 1; /* NULL */
	return ERR_OK;
}

enum err import_files_open(struct import_files *files, const char *what, struct err_info *info)
{
	enum err e;

	*files = (struct import_files){ .n = 0 };
	e = add_all(files, what, info);
	if (e != ERR_OK)
		import_files_close(files);
	return e;
}

void import_files_close(struct import_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->paths[i]);
	free(files->paths);
	*files = (struct import_files){ .n = 0 };
}
