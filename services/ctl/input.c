/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum err input_init(struct input *in, int fd, const volatile sig_atomic_t *stop)
{
	*in = (struct input){ .fd = fd, .stop = stop, .data = malloc(INPUT_AHEAD) };
	return in->data ? ERR_OK : ERR_NOMEM;
}

void input_release(struct input *in)
{
	free(in->data);
	in->data = NULL;
}

/* One read, behind what is there. */
static void read_more(struct input *in)
{
	const ssize_t n = read(in->fd, in->data + in->end, INPUT_AHEAD - in->end);

	if (n > 0)
		in->end += (size_t)n;
	else if (n == 0)
		in->eof = true;
	else if (errno != EINTR)
		in->error = errno;
	if (in->stop && *in->stop)
		in->error = EINTR;
}

size_t input_peek(struct input *in, size_t n)
{
	if (in->end - in->at < n && in->at) {
		memmove(in->data, in->data + in->at, in->end - in->at);
		in->end -= in->at;
		in->at = 0;
	}
	while (in->end - in->at < n && !in->eof && !in->error)
		read_more(in);
	return in->end - in->at;
}

size_t input_take(struct input *in, char *out, size_t n)
{
	size_t done = 0;

	while (done < n && input_peek(in, 1)) {
		size_t some = in->end - in->at;

		if (some > n - done)
			some = n - done;
		memcpy(out + done, in->data + in->at, some);
		in->at += some;
		done += some;
	}
	in->taken += (int64_t)done;
	return done;
}

bool input_seek(struct input *in, int64_t place)
{
	if (lseek(in->fd, (off_t)place, SEEK_SET) < 0)
		return false;
	in->at = in->end = 0;
	in->taken = place;
	in->eof = false;
	return true;
}
