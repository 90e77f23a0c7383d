/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_errors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/buf.h"
#include "ctl/exits.h"
#include "ctl/import_files.h"
#include "ctl/own_file.h"
#include "ctl/problem.h"

#define PATH_BYTES 4096
#define TEXT_MAX   2048
#define TEMPORARY  ".new"
/* As the service writes it: what ours begin with. */
#define BY_COLUMN  "\xef\xbb\xbfrow,column,code,detail,"
#define BY_POINTER "\xef\xbb\xbfrow,pointer,code,detail,"

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void tell_one(const struct import_run *run, const char *name, const json_t *error)
{
	const int64_t row = json_integer_value(json_object_get(error, "row"));
	const char *column = text_of(error, "column");
	auto_buf struct buf line;

	buf_init(&line, TEXT_MAX);
	buf_printf(&line, "%s 第 %" PRId64 " 行 / row %" PRId64, name, row, row);
	if (!*column)
		column = text_of(error, "pointer");
	if (*column)
		buf_str(&line, ", ");
	problem_clean(&line, column);
	buf_str(&line, ": ");
	problem_clean(&line, text_of(error, "detail"));
	buf_str(&line, " (");
	problem_clean(&line, text_of(error, "code"));
	buf_str(&line, ")");
	progress_say(run->service.progress, "%s", line.data);
}

void import_errors_tell(const struct import_run *run, const char *name,
			const struct import_view *view)
{
	const size_t n = json_array_size(view->errors);

	for (size_t i = 0; i < n && i < IMPORT_TOLD_MAX; i++)
		tell_one(run, name, json_array_get(view->errors, i));
	if (n > IMPORT_TOLD_MAX)
		progress_say(run->service.progress,
			     "%s 等等,全部见 --errors 文件 / and more: --errors FILE has all",
			     name);
}

/* --- errors.csv --------------------------------------------------------------------------- */

static int cannot(const struct import_run *run, const char *path)
{
	progress_say(run->service.progress,
		     "junhengctl: %s: 出错的行无法写入此处 / rows that are wrong cannot be kept "
		     "there: %s",
		     path, strerror(errno));
	return CTL_FAILED;
}

/* Behind the first line: the file has one already. */
static bool append(FILE *from, const char *path)
{
	auto_fclose FILE *to = fopen(path, "ae");
	int c = EOF;

	rewind(from);
	while (to && (c = getc(from)) != EOF && c != '\n')
		;
	while (c != EOF && to && (c = getc(from)) != EOF)
		putc(c, to);
	return to && !ferror(from) && fflush(to) == 0 && !ferror(to);
}

/* What earlier stretches of the file left there may have been taken away. */
static bool goes_on(const struct import_run *run, const char *path)
{
	struct stat st;

	return run->errors_begun && stat(path, &st) == 0 && st.st_size > 0;
}

static int put_in_place(struct import_run *run, FILE *file, const char *temporary, const char *path)
{
	const bool on = goes_on(run, path);
	const bool ok =
		fflush(file) == 0 && (on ? append(file, path) : rename(temporary, path) == 0);
	const int code = ok ? CTL_OK : cannot(run, path);

	if (!ok || on)
		unlink(temporary);
	run->errors_begun = run->errors_begun || ok;
	return code;
}

/* Where they go, behind links, and where they are written before. */
struct place {
	char path[PATH_BYTES];
	char temporary[PATH_BYTES + sizeof(TEMPORARY)];
};

static bool find_place(const struct import_run *run, const char *name, struct place *out)
{
	const int n = run->folder ? snprintf(out->path, sizeof(out->path),
					     "%s/%s" IMPORT_ERRORS_END, run->errors, name)
				  : snprintf(out->path, sizeof(out->path), "%s", run->errors);

	if (n < 0 || (size_t)n >= sizeof(out->path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (!own_file_follow(out->path, sizeof(out->path)))
		return false;
	snprintf(out->temporary, sizeof(out->temporary), "%s" TEMPORARY, out->path);
	return true;
}

int import_errors_keep(struct import_run *run, const char *name, int64_t job)
{
	struct place place;
	int code;

	if (!run->errors)
		return CTL_OK;
	if (run->folder && mkdir(run->errors, 0777) != 0 && errno != EEXIST)
		return cannot(run, run->errors);
	if (!find_place(run, name, &place))
		return cannot(run, run->errors);

	auto_fclose FILE *file = fopen(place.temporary, "w+e");

	if (!file)
		return cannot(run, place.temporary);
	code = import_fetch_errors(&run->service, job, file);
	if (code == CTL_OK)
		return put_in_place(run, file, place.temporary, place.path);
	unlink(place.temporary);
	return code;
}

/* --- before anything is sent -------------------------------------------------------------- */

static int refuse(const struct import_run *run, const char *path, const char *why)
{
	progress_say(run->service.progress, "junhengctl: --errors: %s: %s", path, why);
	return CTL_USAGE;
}

/* The state is never opened a second time: closing it would give up its lock. */
static bool is_state(const struct import_run *run, const struct stat *st)
{
	struct stat state;

	return run->state->path && fstat(run->state->fd, &state) == 0 &&
	       own_file_is_same(&state, st);
}

/* What is there may be written over and removed. */
static int check_path(const struct import_run *run, const struct import_files *files,
		      const char *path)
{
	struct stat st;
	bool ours;
	int fd;

	if (stat(path, &st) != 0)
		return errno == ENOENT ? CTL_OK : cannot(run, path);
	if (!S_ISREG(st.st_mode))
		return refuse(run, path, "不是普通文件 / is no regular file");
	if (import_files_have(files, &st))
		return refuse(
			run, path,
			"正是要导入的文件,不覆盖 / is what is imported, and is left as it is");
	if (is_state(run, &st))
		return refuse(run, path, "是 --state 的文件 / is the file of --state");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot(run, path);
	ours = own_file_begins(fd, BY_COLUMN) || own_file_begins(fd, BY_POINTER);
	close(fd);
	return ours ? CTL_OK
		    : refuse(run, path,
			     "不是导入的错误文件,不覆盖 / has no errors of an import in it, and is "
			     "left as it is");
}

static int try_writing(const struct import_run *run, const struct place *place)
{
	const int fd = open(place->temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return cannot(run, place->path);
	close(fd);
	return unlink(place->temporary) == 0 ? CTL_OK : cannot(run, place->path);
}

static const char *name_of(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

static int check_all(const struct import_run *run, const struct import_files *files)
{
	int code = CTL_OK;

	for (size_t i = 0; i < files->n && code == CTL_OK; i++) {
		struct place place;

		if (!find_place(run, name_of(files->paths[i]), &place))
			return cannot(run, run->errors);
		code = check_path(run, files, place.path);
		if (code == CTL_OK)
			code = check_path(run, files, place.temporary);
		if (code == CTL_OK && i == 0)
			code = try_writing(run, &place);
	}
	return code;
}

/* An empty one says as much as none. */
static int forget(const struct import_run *run, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR ? CTL_OK : cannot(run, path);
	return !st.st_size || unlink(path) == 0 ? CTL_OK : cannot(run, path);
}

int import_errors_begin(const struct import_run *run, const char *name)
{
	struct place place;

	if (!run->errors || run->errors_begun)
		return CTL_OK;
	if (!find_place(run, name, &place))
		return cannot(run, run->errors);
	return forget(run, place.path);
}

/* A file that is not reached has no errors of this run. */
static int forget_all(const struct import_run *run, const struct import_files *files)
{
	int code = CTL_OK;

	for (size_t i = 0; i < files->n && code == CTL_OK; i++)
		code = import_errors_begin(run, name_of(files->paths[i]));
	return code;
}

int import_errors_check(const struct import_run *run, const struct import_files *files)
{
	bool made = false;
	int code;

	if (!run->errors)
		return CTL_OK;
	if (run->folder) {
		struct stat st;

		made = mkdir(run->errors, 0777) == 0;
		if (stat(run->errors, &st) != 0)
			return cannot(run, run->errors);
		if (!S_ISDIR(st.st_mode))
			return refuse(
				run, run->errors,
				"导入目录时须为目录 / must be a folder for those of a folder");
	}
	code = check_all(run, files);
	/* What is done already, is not told again: its errors are there. */
	if (code == CTL_OK && !run->state->done_n)
		code = forget_all(run, files);
	/* It is there once there is something in it. */
	if (made)
		IGNORE(rmdir(run->errors), "what is not empty stays");
	return code;
}
