/* SPDX-License-Identifier: Apache-2.0 */
/* Files that junhengctl writes over and removes: only such as it has written itself. */
#ifndef CTL_OWN_FILE_H
#define CTL_OWN_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#define OWN_FILE_BEGINNING 64 /* of what ours begin with, at most */

/* By whatever names and links. */
bool own_file_is_same(const struct stat *a, const struct stat *b);

/* Whether it is empty, or begins like ours. */
bool own_file_begins(int fd, const char *beginning);

#endif
