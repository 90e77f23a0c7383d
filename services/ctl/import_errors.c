/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_errors.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/buf.h"
#include "ctl/exits.h"
#include "ctl/import_files.h"
#include "ctl/problem.h"

#define PATH_BYTES 4096
#define TEXT_MAX   2048
#define TEMPORARY  ".new"

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
	progress_say(run->service.progress, "junhengctl: %s: %s", path, strerror(errno));
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

static int put_in_place(struct import_run *run, FILE *file, const char *temporary, const char *path)
{
	const bool ok = fflush(file) == 0 &&
			(run->errors_begun ? append(file, path) : rename(temporary, path) == 0);
	const int code = ok ? CTL_OK : cannot(run, path);

	if (!ok || run->errors_begun)
		unlink(temporary);
	run->errors_begun = run->errors_begun || ok;
	return code;
}

int import_errors_keep(struct import_run *run, const char *name, int64_t job)
{
	char path[PATH_BYTES], temporary[PATH_BYTES + sizeof(TEMPORARY)];
	int n, code;

	if (!run->errors)
		return CTL_OK;
	if (run->folder && mkdir(run->errors, 0777) != 0 && errno != EEXIST)
		return cannot(run, run->errors);
	n = run->folder ? snprintf(path, sizeof(path), "%s/%s" IMPORT_ERRORS_END, run->errors, name)
			: snprintf(path, sizeof(path), "%s", run->errors);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return cannot(run, run->errors);
	}
	snprintf(temporary, sizeof(temporary), "%s" TEMPORARY, path);

	auto_fclose FILE *file = fopen(temporary, "w+e");

	if (!file)
		return cannot(run, temporary);
	code = import_fetch_errors(&run->service, job, file);
	if (code == CTL_OK)
		return put_in_place(run, file, temporary, path);
	unlink(temporary);
	return code;
}
