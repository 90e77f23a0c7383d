/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/import_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"

/* Always the same length, so that one write replaces another as a whole. */
#define STATE_BYTES 200

struct import_state {
	int fd;
	bool failed; /* writing did: it has been said, and is not tried again */
	int64_t lines;
	char path[];
};

/* For the life of the process; whoever has it first. */
static bool lock(int fd)
{
	const struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_SETLK, &whole) == 0;
}

enum err import_state_open(const char *path, struct import_state **ret_state, struct err_info *info)
{
	auto_free struct import_state *s = malloc(sizeof(*s) + strlen(path) + 1);

	if (!s)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	*s = (struct import_state){ .lines = -1 };
	memcpy(s->path, path, strlen(path) + 1);
	s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return err_set(info, ERR_IO, "%s: %s", path, strerror(errno));
	if (!lock(s->fd)) {
		close(s->fd);
		return err_set(info, ERR_CONFLICT,
			       "%s: 另一个导入正在进行 / another import is under way", path);
	}
	*ret_state = STEAL(s);
	return ERR_OK;
}

void import_state_close(struct import_state *state, bool done)
{
	if (!state)
		return;
	/* Before the lock goes. One that never had anything is of no use either. */
	if (done || lseek(state->fd, 0, SEEK_END) == 0)
		unlink(state->path);
	close(state->fd);
	free(state);
}

bool import_state_read(struct import_state *state, struct import_place *out, int64_t *ret_refused)
{
	char text[STATE_BYTES];
	const ssize_t n = pread(state->fd, text, sizeof(text), 0);
	json_auto_t *known = n == STATE_BYTES ? json_loadb(text, (size_t)n, 0, NULL) : NULL;
	json_int_t lines, bytes, refused;
	const char *hash;
	char *end;

	if (!known || json_unpack(known, "{s:I, s:I, s:s, s:I}", "lines", &lines, "bytes", &bytes,
				  "hash", &hash, "refused", &refused) != 0)
		return false;
	out->hash = strtoull(hash, &end, 16);
	out->lines = lines;
	out->bytes = bytes;
	*ret_refused = refused;
	return *hash && !*end && lines > 0 && refused >= 0;
}

void import_state_save(struct import_state *state, const struct import_place *place,
		       int64_t refused)
{
	char text[STATE_BYTES + 1];
	int n;

	if (!state || state->failed || state->lines == place->lines)
		return;
	state->lines = place->lines;
	n = snprintf(text, sizeof(text),
		     "{\"lines\":%" PRId64 ",\"bytes\":%" PRId64 ",\"hash\":\"%016" PRIx64
		     "\",\"refused\":%" PRId64 "}",
		     place->lines, place->bytes, place->hash, refused);
	memset(text + n, ' ', (size_t)(STATE_BYTES - n));
	text[STATE_BYTES - 1] = '\n';
	if (pwrite(state->fd, text, STATE_BYTES, 0) == STATE_BYTES)
		return;
	fprintf(stderr, "junhengctl: %s: %s\n", state->path, strerror(errno));
	state->failed = true;
}

const char *import_state_path(const struct import_state *state)
{
	return state->path;
}
