/* SPDX-License-Identifier: Apache-2.0 */
/* Files that junhengctl writes over and removes: only such as it has written itself. */
#ifndef CTL_OWN_FILE_H
#define CTL_OWN_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#define OWN_FILE_BEGINNING 64 /* of what ours begin with, at most */

/* What a file is by whatever names and links. */
struct own_file_id {
	dev_t device;
	ino_t inode;
};
struct own_file_id own_file_id(const struct stat *st);

/* An order of struct own_file_id, for qsort() and bsearch(); 0: the same file. */
int own_file_compare(const void *a, const void *b);

bool own_file_is_same(const struct stat *a, const struct stat *b);

/* Whether it is empty, or begins like ours. */
bool own_file_begins(int fd, const char *beginning);

/* Behind a link it is the file there that is replaced and removed, not the link: makes the path
 * that of the file, which need not be there yet. false: errno says why. */
bool own_file_follow(char *path, size_t size);

#endif
