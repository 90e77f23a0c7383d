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

/* Large letters are no other kind of file. */
static bool ends_in(const char *name, const char *end)
{
	const size_t a = strlen(name), b = strlen(end);

	return a > b && strcasecmp(name + a - b, end) == 0;
}

/* What begins with "~$" says that a workbook is open. Errors of an import are no rows: they are
 * there when its --errors was this folder. */
static int is_wanted(const struct dirent *entry)
{
	const char *name = entry->d_name;

	if (name[0] == '.' || str_starts(name, "~$") || ends_in(name, IMPORT_ERRORS_END))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (ends_in(name, suffixes[i]))
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

/* A folder or pipe is no file, whatever its name. A link that leads nowhere was meant as one: it is
 * not passed over in silence. */
static enum err add_entry(struct import_files *files, const char *folder, const char *name,
			  struct err_info *info)
{
	enum err e = add_path(files, folder, name, info);
	struct stat st;

	if (e != ERR_OK)
		return e;
	if (stat(files->paths[files->n - 1], &st) != 0)
		return cannot(info, files->paths[files->n - 1]);
	if (!S_ISREG(st.st_mode))
		free(files->paths[--files->n]);
	return ERR_OK;
}

static enum err add_folder(struct import_files *files, const char *folder, struct err_info *info)
{
	struct dirent **entries = NULL;
	const int n = scandir(folder, &entries, is_wanted, by_name);
	enum err e = ERR_OK;

	if (n < 0)
		return cannot(info, folder);
	files->folder = true;
	files->paths = calloc((size_t)n + 1, sizeof(*files->paths));
	if (!files->paths)
		e = err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	for (int i = 0; i < n; i++) {
		if (e == ERR_OK)
			e = add_entry(files, folder, entries[i]->d_name, info);
		free(entries[i]);
	}
	free(entries);
	if (e == ERR_OK && (files->n == 0 || files->n > IMPORT_FILES_MAX))
		e = err_set(info, ERR_IO,
			    "%s: 须有 1 到 %d 个 *.ndjson、*.csv 或 *.xlsx 文件 / needs 1 to %d "
			    "files *.ndjson, *.csv or *.xlsx",
			    folder, IMPORT_FILES_MAX, IMPORT_FILES_MAX);
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
