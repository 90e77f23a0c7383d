/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static enum err make_room(struct import_files *files, size_t n, struct err_info *info)
{
	files->paths = calloc(n, sizeof(*files->paths));
	files->ids = calloc(n, sizeof(*files->ids));
	return files->paths && files->ids ? ERR_OK
					  : err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
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
	if (S_ISREG(st.st_mode))
		files->ids[files->n - 1] = own_file_id(&st);
	else
		free(files->paths[--files->n]);
	return ERR_OK;
}

static enum err add_folder(struct import_files *files, const char *folder, struct err_info *info)
{
	struct dirent **entries = NULL;
	const int n = scandir(folder, &entries, is_wanted, by_name);
	enum err e;

	if (n < 0)
		return cannot(info, folder);
	files->folder = true;
	e = make_room(files, (size_t)n + 1, info);
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

/* A file or standard input. */
static enum err add_single(struct import_files *files, const char *path, const struct stat *st,
			   struct err_info *info)
{
	enum err e = make_room(files, 1, info);

	if (e == ERR_OK && path)
		e = add_path(files, "", path, info);
	if (e != ERR_OK)
		return e;
	files->n = 1;
	files->ids[0] = own_file_id(st);
	return ERR_OK;
}

static enum err add_all(struct import_files *files, const char *what, struct err_info *info)
{
	const char *path = str_equal(what, "-") ? NULL : what;
	struct stat st;

	if ((path ? stat(path, &st) : fstat(STDIN_FILENO, &st)) != 0)
		return cannot(info, what);
	return path && S_ISDIR(st.st_mode) ? add_folder(files, path, info)
					   : add_single(files, path, &st, info);
}

enum err import_files_open(struct import_files *files, const char *what, struct err_info *info)
{
	enum err e;

	*files = (struct import_files){ .n = 0 };
	e = add_all(files, what, info);
	if (e != ERR_OK)
		import_files_close(files);
	else
		qsort(files->ids, files->n, sizeof(*files->ids), own_file_compare);
	return e;
}

bool import_files_have(const struct import_files *files, const struct stat *st)
{
	const struct own_file_id id = own_file_id(st);

	return bsearch(&id, files->ids, files->n, sizeof(id), own_file_compare) != NULL;
}

void import_files_close(struct import_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->paths[i]);
	free(files->paths);
	free(files->ids);
	*files = (struct import_files){ .n = 0 };
}
