/* SPDX-License-Identifier: Apache-2.0 */
/* What is imported: a file, the files of a folder in the order of their names, or standard input.
 */
#ifndef CTL_IMPORT_FILES_H
#define CTL_IMPORT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/err.h"
#include "ctl/own_file.h"

/* Of a folder: regular files *.ndjson, *.csv, *.xlsx, also in large letters, and links to them … */
#define IMPORT_FILES_MAX 10000
/* … except those that keep the errors of an import. */
#define IMPORT_ERRORS_END ".errors.csv"

struct import_files {
	char **paths; /* owned; NULL is standard input */
	size_t n;
	bool folder;
	struct own_file_id *ids; /* owned: of all of them, sorted */
};

/* what: a file, a folder, or "-". ERR_IO with a text. */
enum err import_files_open(struct import_files *files, const char *what,
			   struct err_info *info) MUST_CHECK;

/* Whether it is one of them, by whatever names and links. */
bool import_files_have(const struct import_files *files, const struct stat *st);

void import_files_close(struct import_files *files); /* accepts one of zeros */

static inline void auto_import_files_release(struct import_files *files)
{
	import_files_close(files);
}
#define auto_import_files AUTO(auto_import_files_release)

#endif
