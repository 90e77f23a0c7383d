/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/own_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"

#define LINKS_MAX 40 /* one behind the other, as the kernel has it */

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

static bool put_path(char *path, size_t size, const char *folder, size_t folder_len,
		     const char *name)
{
	char whole[2 * PATH_MAX];
	const int n = snprintf(whole, sizeof(whole), "%.*s%s", (int)folder_len, folder, name);

	if (n < 0 || (size_t)n >= sizeof(whole) || (size_t)n >= size) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(path, whole, (size_t)n + 1);
	return true;
}

/* Of links that lead nowhere yet realpath() knows no end. */
static bool follow_nowhere(char *path, size_t size)
{
	for (int i = 0; i < LINKS_MAX; i++) {
		const char *slash = strrchr(path, '/');
		const size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
		char target[PATH_MAX];
		const ssize_t n = readlink(path, target, sizeof(target) - 1);

		if (n < 0)
			return errno == EINVAL || errno == ENOENT;
		target[n] = '\0';
		if (!put_path(path, size, path, target[0] == '/' ? 0 : folder, target))
			return false;
	}
	errno = ELOOP;
	return false;
}

bool own_file_follow(char *path, size_t size)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISLNK(st.st_mode))
		return true;
	if (stat(path, &st) != 0)
		return follow_nowhere(path, size);
	auto_free char *real = realpath(path, NULL);

	/* What has no path, such as a pipe, is no regular file either: that is told. */
	return !real || put_path(path, size, "", 0, real);
}
