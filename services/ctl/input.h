/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a file or pipe, one after the other, with a look at those ahead. */
#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define INPUT_AHEAD (64u << 10) /* that can be looked at */

struct input {
	int fd;
	const volatile sig_atomic_t *stop; /* what is not 0 ends the reading; NULL */
	char *data;                        /* INPUT_AHEAD bytes: what was read … */
	size_t at;                         /* … and not taken, from here … */
	size_t end;                        /* … to there */
	int64_t taken;
	bool eof;
	int error; /* errno of a read that failed; 0 */
};

/* fd stays the caller's. */
enum err input_init(struct input *in, int fd, const volatile sig_atomic_t *stop) MUST_CHECK;
void input_release(struct input *in); /* accepts one of zeros */

/* Makes at least n bytes visible at data + at, if there are so many; n is INPUT_AHEAD at most.
 * Returns how many there are. */
size_t input_peek(struct input *in, size_t n);

/* Takes at most n bytes: fewer only at the end, or when it failed. */
size_t input_take(struct input *in, char *out, size_t n);

/* Goes to a place that was reached before; false of a pipe. */
bool input_seek(struct input *in, int64_t place);

/* The next byte, -1 at the end. */
static inline int input_byte(struct input *in)
{
	if (in->at == in->end && !input_peek(in, 1))
		return -1;
	in->taken++;
	return (unsigned char)in->data[in->at++];
}

#endif
