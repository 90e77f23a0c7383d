/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/own_file.h"

#include <string.h>
#include <unistd.h>

bool own_file_is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

bool own_file_begins(int fd, const char *beginning)
{
	char text[OWN_FILE_BEGINNING];
	const size_t len = strlen(beginning);
	const ssize_t n = pread(fd, text, len < sizeof(text) ? len : sizeof(text), 0);

	return n == 0 || (n == (ssize_t)len && memcmp(text, beginning, len) == 0);
}
