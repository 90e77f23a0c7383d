/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_state.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/own_file.h"

#define VERSION     1
#define STATE_BYTES (64u << 20)
#define TEMPORARY   ".new"
#define BEGINNING   "{\"version\":" /* as write_all() writes it */
#define COUNTS      "{s:I,s:I,s:I,s:I,s:I}"

/* For the life of the process; whoever has it first. */
static bool lock(int fd)
{
	const struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &whole) == 0;
}

static bool is_at(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && own_file_is_same(&a, &b);
}

static enum err cannot(struct err_info *info, const char *path)
{
	return err_set(info, ERR_IO, "%s: %s", path, strerror(errno));
}

/* Opens and locks. The file may be replaced or removed between the two: then once more. */
static enum err open_locked(const char *path, int *ret_fd, struct err_info *info)
{
	for (;;) {
		const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0)
			return cannot(info, path);
		if (!lock(fd)) {
			close(fd);
			return err_set(info, ERR_CONFLICT,
				       "%s: 另一个导入正在进行 / another import is under way",
				       path);
		}
		if (is_at(fd, path)) {
			*ret_fd = fd;
			return ERR_OK;
		}
		close(fd);
	}
}

/* --- reading ------------------------------------------------------------------------------ */

static bool take_hash(const json_t *item, char out[IMPORT_HASH])
{
	const char *text = json_string_value(json_object_get(item, "sha256"));

	if (!text || strlen(text) != IMPORT_HASH - 1)
		return false;
	str_copy(out, IMPORT_HASH, text);
	return true;
}

static bool take_done(struct import_state *s, json_t *item)
{
	struct import_done done;
	json_int_t n[5];

	if (!take_hash(item, done.sha256) ||
	    json_unpack(item, COUNTS, "rows", &n[0], "created", &n[1], "updated", &n[2],
			"unchanged", &n[3], "rejected", &n[4]) != 0)
		return false;
	done.counts = (struct import_counts){ n[0], n[1], n[2], n[3], n[4] };
	return import_state_finish(s, &done, NULL) == ERR_OK;
}

static bool take_now(struct import_state *s, json_t *now)
{
	const char *key = json_string_value(json_object_get(now, "key"));
	const json_t *parts = json_object_get(now, "parts");
	size_t i;
	json_t *item;

	if (!now)
		return true;
	if (!key || strlen(key) >= sizeof(s->key) || json_array_size(parts) > IMPORT_PARTS_MOST)
		return false;
	str_copy(s->key, sizeof(s->key), key);
	s->job = json_integer_value(json_object_get(now, "job"));
	s->committed = json_is_true(json_object_get(now, "committed"));
	json_array_foreach(parts, i, item)
	{
		s->parts[i].bytes = json_integer_value(json_object_get(item, "bytes"));
		if (!take_hash(item, s->parts[i].sha256) || s->parts[i].bytes < 1 ||
		    s->parts[i].bytes > (int64_t)IMPORT_PART_MAX)
			return false;
	}
	s->parts_n = json_array_size(parts);
	return true;
}

static bool take_all(struct import_state *s, const json_t *root)
{
	const char *what = json_string_value(json_object_get(root, "what"));
	size_t i;
	json_t *item;

	if (json_integer_value(json_object_get(root, "version")) != VERSION || !what ||
	    !str_equal(what, s->what))
		return false;
	json_array_foreach(json_object_get(root, "done"), i, item)
	{
		if (!take_done(s, item))
			return false;
	}
	return take_now(s, json_object_get(root, "now"));
}

/* A file of somebody's own is not written over, nor removed in the end. */
static enum err check_ours(const struct import_state *s, struct err_info *info)
{
	if (own_file_begins(s->fd, BEGINNING))
		return ERR_OK;
	return err_set(
		info, ERR_IO,
		"%s: 不是导入的进度文件,不覆盖 / is no state of an import, and is left as it "
		"is",
		s->path);
}

/* Behind a link it is the file there that is replaced and removed, not the link. */
static enum err resolve(struct import_state *s, struct err_info *info)
{
	char *path = realpath(s->path, NULL);

	if (!path)
		return cannot(info, s->path);
	free(s->path);
	s->path = path;
	return ERR_OK;
}

/* *ret_anew: there is something, and it is of no use. */
static void read_file(struct import_state *s, bool *ret_anew)
{
	const off_t size = lseek(s->fd, 0, SEEK_END);
	auto_free char *text = size > 0 && size < (off_t)STATE_BYTES ? malloc((size_t)size) : NULL;
	json_t *root = NULL;

	if (text && pread(s->fd, text, (size_t)size, 0) == (ssize_t)size)
		root = json_loadb(text, (size_t)size, 0, NULL);
	if (!root || !take_all(s, root)) {
		s->done_n = 0;
		import_state_forget(s);
		*ret_anew = size > 0;
	}
	json_decref(root);
}

static void release(struct import_state *s)
{
	free(s->path);
	free(s->what);
	free(s->done);
	free(s);
}

enum err import_state_open(const char *path, const char *what, struct import_state **ret_state,
			   bool *ret_anew, struct err_info *info)
{
	struct import_state *s = calloc(1, sizeof(*s));
	enum err e = ERR_OK;

	if (!s)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	s->fd = -1;
	s->what = strdup(what);
	s->path = path ? strdup(path) : NULL;
	if (!s->what || (path && !s->path))
		e = err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	if (e == ERR_OK && path)
		e = open_locked(path, &s->fd, info);
	if (e == ERR_OK && path)
		e = check_ours(s, info);
	if (e == ERR_OK && path)
		e = resolve(s, info);
	if (e != ERR_OK) {
		if (s->fd >= 0)
			close(s->fd);
		release(s);
		return e;
	}
	if (path)
		read_file(s, ret_anew);
	*ret_state = s;
	return ERR_OK;
}

void import_state_close(struct import_state *state, bool finished)
{
	if (!state)
		return;
	/* Before the lock goes. */
	if (state->path && (finished || (!state->done_n && !state->key[0])))
		unlink(state->path);
	if (state->fd >= 0)
		close(state->fd);
	release(state);
}

/* --- writing ------------------------------------------------------------------------------ */

static json_t *write_done(const struct import_done *d)
{
	return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "sha256", d->sha256, "rows",
			 (json_int_t)d->counts.rows, "created", (json_int_t)d->counts.created,
			 "updated", (json_int_t)d->counts.updated, "unchanged",
			 (json_int_t)d->counts.unchanged, "rejected",
			 (json_int_t)d->counts.rejected);
}

static json_t *write_now(const struct import_state *s)
{
	json_t *parts = json_array();

	for (size_t i = 0; i < s->parts_n; i++)
		json_array_append_new(parts,
				      json_pack("{s:I,s:s}", "bytes", (json_int_t)s->parts[i].bytes,
						"sha256", s->parts[i].sha256));
	return json_pack("{s:s,s:I,s:b,s:o}", "key", s->key, "job", (json_int_t)s->job, "committed",
			 s->committed, "parts", parts);
}

/* NULL when there is no memory: the missing member makes the packing fail. */
static char *write_all(const struct import_state *s)
{
	json_t *done = json_array();
	json_t *root;
	char *text;

	for (size_t i = 0; i < s->done_n; i++)
		json_array_append_new(done, write_done(&s->done[i]));
	root = json_pack("{s:i,s:s,s:o,s:o*}", "version", VERSION, "what", s->what, "done", done,
			 "now", s->key[0] ? write_now(s) : NULL);
	if (json_array_size(json_object_get(root, "done")) != s->done_n)
		text = NULL;
	else
		text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return text;
}

static bool write_text(int fd, const char *text, size_t len)
{
	while (len) {
		const ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return false;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

/* The new file has the lock before it has the name. */
static enum err replace(struct import_state *s, const char *temporary, const char *text,
			struct err_info *info)
{
	const int fd = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return cannot(info, temporary);
	if (!lock(fd) || !write_text(fd, text, strlen(text)) || rename(temporary, s->path) != 0) {
		const enum err e = cannot(info, s->path);

		unlink(temporary);
		close(fd);
		return e;
	}
	close(s->fd);
	s->fd = fd;
	return ERR_OK;
}

enum err import_state_save(struct import_state *state, struct err_info *info)
{
	const size_t size = state->path ? strlen(state->path) + sizeof(TEMPORARY) : 0;
	auto_free char *temporary = size ? malloc(size) : NULL;
	auto_free char *text = size ? write_all(state) : NULL;

	if (!size)
		return ERR_OK;
	if (!temporary || !text)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	snprintf(temporary, size, "%s" TEMPORARY, state->path);
	return replace(state, temporary, text, info);
}

/* --- what happens ------------------------------------------------------------------------- */

void import_state_begin(struct import_state *state)
{
	unsigned char random[16];

	import_state_forget(state);
	randombytes_buf(random, sizeof(random));
	sodium_bin2hex(state->key, sizeof(state->key), random, sizeof(random));
}

void import_state_forget(struct import_state *state)
{
	state->key[0] = '\0';
	state->job = 0;
	state->committed = false;
	state->parts_n = 0;
}

enum err import_state_finish(struct import_state *state, const struct import_done *done,
			     struct err_info *info)
{
	import_state_forget(state);
	if (state->done_n == IMPORT_UNITS)
		return err_set(info, ERR_TOO_BIG,
			       "最多 %d 段 / at most %d stretches and single lines", IMPORT_UNITS,
			       IMPORT_UNITS);
	if (state->done_n == state->done_size) {
		const size_t size = state->done_size ? 2 * state->done_size : 64;
		struct import_done *more = realloc(state->done, size * sizeof(*more));

		if (!more)
			return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
		state->done = more;
		state->done_size = size;
	}
	state->done[state->done_n++] = *done;
	return ERR_OK;
}
