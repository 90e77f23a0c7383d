/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/own_file.h"

#include <string.h>
#include <unistd.h>

struct own_file_id own_file_id(const struct stat *st)
{
	return (struct own_file_id){ st->st_dev, st->st_ino };
}

int own_file_compare(const void *a, const void *b)
{
	const struct own_file_id *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return (x->inode > y->inode) - (x->inode < y->inode);
}

bool own_file_is_same(const struct stat *a, const struct stat *b)
{
	const struct own_file_id x = own_file_id(a), y = own_file_id(b);

	return own_file_compare(&x, &y) == 0;
}

bool own_file_begins(int fd, const char *beginning)
{
	char text[OWN_FILE_BEGINNING];
	const size_t len = strlen(beginning);
	const ssize_t n = pread(fd, text, len < sizeof(text) ? len : sizeof(text), 0);

	return n == 0 || (n == (ssize_t)len && memcmp(text, beginning, len) == 0);
}
