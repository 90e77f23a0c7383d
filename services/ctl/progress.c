/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/timeutil.h"

#define REDRAW_US 100000
#define LINE_US   5000000 /* between lines where there is no terminal */
#define BAR       30
#define SAID      4096 /* of a line, at most */

void progress_init(struct progress *p, FILE *out, const char *what, int64_t total)
{
	memset(p, 0, sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	p->out = out;
	p->what = what;
	p->terminal = isatty(fileno(out)) != 0;
	p->unit = "";
	p->total = total;
	p->began_us = time_monotonic_us();
	p->shown_us = p->terminal ? 0 : p->began_us;
}

void progress_of(struct progress *p, const char *what, const char *unit, int64_t total)
{
	pthread_mutex_lock(&p->lock);
	p->what = what;
	p->unit = unit;
	p->total = total;
	p->done = p->count = 0;
	p->began_us = time_monotonic_us();
	pthread_mutex_unlock(&p->lock);
}

static void show_count(const struct progress *p, double rate)
{
	if (p->unit)
		fprintf(p->out, "%" PRId64 "%s (%.0f/s)", p->count, p->unit, rate);
	else
		fprintf(p->out, "%.1f MB (%.1f MB/s)", (double)p->count / 1e6, rate / 1e6);
}

static void show(struct progress *p, int64_t now_us)
{
	const double seconds = (double)(now_us - p->began_us) / 1e6;
	const double rate = seconds > 0 ? (double)p->count / seconds : 0;
	double part = p->total ? (double)p->done / (double)p->total : 0;
	char bar[BAR + 1];

	if (part > 1)
		part = 1;
	fprintf(p->out, "%s%s: ", p->terminal ? "\r" : "", p->what);
	if (p->total && p->terminal) {
		memset(bar, '.', BAR);
		memset(bar, '#', (size_t)(part * BAR));
		bar[BAR] = '\0';
		fprintf(p->out, "[%s] ", bar);
	}
	if (p->total)
		fprintf(p->out, "%3.0f %%, ", part * 100);
	show_count(p, rate);
	if (p->total && part > 0.01)
		fprintf(p->out, ", 剩余 / left %.0f s", seconds / part - seconds);
	fprintf(p->out, p->terminal ? "\033[K" : "\n");
	fflush(p->out);
	p->drawn = p->terminal;
	p->shown_us = now_us;
}

static void clear(struct progress *p)
{
	if (p->drawn)
		fprintf(p->out, "\r\033[K");
	p->drawn = false;
}

void progress_set(struct progress *p, int64_t done, int64_t count)
{
	const int64_t now_us = time_monotonic_us();

	pthread_mutex_lock(&p->lock);
	p->done = done;
	p->count = count;
	if (!p->quiet && now_us - p->shown_us >= (p->terminal ? REDRAW_US : LINE_US))
		show(p, now_us);
	pthread_mutex_unlock(&p->lock);
}

/* One line, whatever a file's name or a cell has in it: a terminal takes nothing of it for a
 * command. */
static void say(struct progress *p, const char *fmt, va_list args)
{
	char text[SAID];

	if (vsnprintf(text, sizeof(text), fmt, args) < 0)
		return;
	for (char *c = text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	pthread_mutex_lock(&p->lock);
	clear(p);
	fprintf(p->out, "%s\n", text);
	pthread_mutex_unlock(&p->lock);
}

void progress_say(struct progress *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(p, fmt, args);
	va_end(args);
}

void progress_note(struct progress *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (!p->quiet)
		say(p, fmt, args);
	va_end(args);
}

void progress_end(struct progress *p)
{
	pthread_mutex_lock(&p->lock);
	clear(p);
	fflush(p->out);
	pthread_mutex_unlock(&p->lock);
}
