/* SPDX-License-Identifier: Apache-2.0 */
#include "base/problems.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

void problems_add(struct problems *p, const char *pointer, const char *code, const char *fmt, ...)
{
	struct problem *item;
	va_list args;

	if (p->n == PROBLEMS_MAX) {
		p->more++;
		return;
	}
	item = &p->items[p->n++];
	str_copy(item->pointer, sizeof(item->pointer), pointer);
	str_copy(item->code, sizeof(item->code), code);
	va_start(args, fmt);
	if (vsnprintf(item->detail, sizeof(item->detail), fmt, args) >= (int)sizeof(item->detail))
		str_trim_utf8(item->detail);
	va_end(args);
}
