/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/lines.h"

#include <stdlib.h>
#include <string.h>

enum err lines_init(struct lines *l, struct input *input)
{
	*l = (struct lines){ .input = input, .text = malloc(LINES_BYTES_MAX + 1) };
	return l->text ? ERR_OK : ERR_NOMEM;
}

void lines_release(struct lines *l)
{
	free(l->text);
	l->text = NULL;
}

/* The byte order mark that some editors put before the first line. */
static void skip_mark(struct lines *l)
{
	if (strncmp(l->text, "\xef\xbb\xbf", 3) != 0)
		return;
	l->len -= 3;
	memmove(l->text, l->text + 3, l->len + 1);
}

bool lines_next(struct lines *l)
{
	bool any = false;
	int c;

	l->len = 0;
	l->too_long = false;
	while ((c = input_byte(l->input)) >= 0) {
		any = true;
		if (c == '\n')
			break;
		if (l->len < LINES_BYTES_MAX)
			l->text[l->len++] = (char)c;
		else
			l->too_long = true;
	}
	/* What was read when reading failed is half a line. */
	if (!any || l->input->error)
		return false;
	if (l->len && l->text[l->len - 1] == '\r' && !l->too_long)
		l->len--;
	l->text[l->len] = '\0';
	if (l->number++ == 0)
		skip_mark(l);
	return true;
}
