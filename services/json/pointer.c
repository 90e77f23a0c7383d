/* SPDX-License-Identifier: Apache-2.0 */
#include "json/pointer.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

void pointer_init(struct pointer *p)
{
	p->len = 0;
	p->text[0] = '\0';
}

static void add_char(struct pointer *p, char c)
{
	if (p->len + 1 < sizeof(p->text))
		p->text[p->len++] = c;
}

/* Cut where it does not fit, between characters. */
static void add_escaped(struct pointer *p, const char *key, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (key[i] == '~' || key[i] == '/') {
			add_char(p, '~');
			add_char(p, key[i] == '~' ? '0' : '1');
		} else {
			add_char(p, key[i]);
		}
	}
	p->text[p->len] = '\0';
	str_trim_utf8(p->text);
	p->len = strlen(p->text);
}

void pointer_add(struct pointer *p, const char *key, size_t len)
{
	add_char(p, '/');
	/* Nearly every one, and there are many: a file has one for each cell. */
	if (p->len + len + 1 < sizeof(p->text) && !memchr(key, '/', len) &&
	    !memchr(key, '~', len)) {
		memcpy(p->text + p->len, key, len);
		p->len += len;
		p->text[p->len] = '\0';
		return;
	}
	add_escaped(p, key, len);
}

void pointer_index(struct pointer *p, size_t index)
{
	char text[24];
	const int len = snprintf(text, sizeof(text), "%zu", index);

	pointer_add(p, text, len > 0 ? (size_t)len : 0);
}

void pointer_cut(struct pointer *p, size_t len)
{
	p->len = len < p->len ? len : p->len;
	p->text[p->len] = '\0';
}
