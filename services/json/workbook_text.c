/* SPDX-License-Identifier: Apache-2.0 */
#include "json/workbook_text.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* --- escapes -------------------------------------------------------------------------------- */

#define ESCAPE_BYTES 7 /* _xHHHH_ */

static int hex(char c)
{
	const char *const digits = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

/* The character that an escape stands for; -1 when this is none. */
static int escaped(const char *s, size_t len)
{
	int code = 0;

	if (len < ESCAPE_BYTES || s[0] != '_' || s[1] != 'x' || s[6] != '_')
		return -1;
	for (int i = 2; i < 6; i++) {
		if (hex(s[i]) < 0)
			return -1;
		code = code * 16 + hex(s[i]);
	}
	return code == 0 || (code >= 0xd800 && code <= 0xdfff) ? -1 : code;
}

static size_t put_utf8(int code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3f));
	out[2] = (char)(0x80 | (code & 0x3f));
	return 3;
}

size_t text_unescape(char *text, size_t len)
{
	size_t to = 0;

	for (size_t from = 0; from < len;) {
		const int code = escaped(text + from, len - from);

		if (code < 0) {
			text[to++] = text[from++];
			continue;
		}
		to += put_utf8(code, text + to);
		from += ESCAPE_BYTES;
	}
	text[to] = '\0';
	return to;
}

/* --- numbers -------------------------------------------------------------------------------- */

#define DIGITS       15 /* that a double holds, whatever they are */
#define EXPONENT_MAX 99999
#define PLAIN_MAX    30 /* zeros before or after that are still written */

/* 0.d₁d₂… × 10^point */
struct digits {
	bool negative;
	char digit[DIGITS + 1]; /* one more, to round by */
	int n;
	int point;
};

static void add_digit(struct digits *d, char c, bool after_point)
{
	if (d->n == 0 && c == '0') {
		d->point -= after_point;
		return;
	}
	if (d->n <= DIGITS)
		d->digit[d->n++] = c;
	d->point += !after_point;
}

static const char *read_digits(const char *s, bool after_point, struct digits *d, bool *any)
{
	for (; *s >= '0' && *s <= '9'; s++) {
		add_digit(d, *s, after_point);
		*any = true;
	}
	return s;
}

/* "E+3", or nothing. */
static bool read_exponent(const char *s, struct digits *d)
{
	bool negative = false;
	int value = 0;

	if (*s == '\0')
		return true;
	if (*s != 'e' && *s != 'E')
		return false;
	s++;
	if (*s == '+' || *s == '-')
		negative = *s++ == '-';
	if (*s == '\0')
		return false;
	for (; *s >= '0' && *s <= '9'; s++)
		value = value > EXPONENT_MAX ? value : value * 10 + (*s - '0');
	d->point += negative ? -value : value;
	return *s == '\0';
}

/* Half up, and no zeros at the end. */
static void round_digits(struct digits *d)
{
	const bool up = d->n > DIGITS && d->digit[DIGITS] >= '5';

	if (d->n > DIGITS)
		d->n = DIGITS;
	if (up) {
		while (d->n && d->digit[d->n - 1] == '9')
			d->n--;
		if (d->n) {
			d->digit[d->n - 1]++;
		} else {
			d->digit[d->n++] = '1';
			d->point++;
		}
	}
	while (d->n && d->digit[d->n - 1] == '0')
		d->n--;
}

static char *put(char *to, const char *digits, int n)
{
	memcpy(to, digits, (size_t)n);
	return to + n;
}

static char *zeros(char *to, int n)
{
	memset(to, '0', (size_t)n);
	return to + n;
}

static char *put_plain(const struct digits *d, char *to)
{
	const int whole = d->point < d->n ? d->point : d->n;

	if (d->point <= 0) {
		to = put(to, "0.", 2);
		to = zeros(to, -d->point);
		return put(to, d->digit, d->n);
	}
	to = put(to, d->digit, whole);
	to = zeros(to, d->point - whole);
	if (d->n > whole) {
		*to++ = '.';
		to = put(to, d->digit + whole, d->n - whole);
	}
	return to;
}

static char *put_exponent(const struct digits *d, char *to)
{
	to = put(to, d->digit, 1);
	if (d->n > 1) {
		*to++ = '.';
		to = put(to, d->digit + 1, d->n - 1);
	}
	return to + snprintf(to, 16, "e%+d", d->point - 1);
}

bool number_text(const char *text, char out[NUMBER_TEXT])
{
	struct digits d = { .negative = *text == '-' };
	const char *s = text + (*text == '-' || *text == '+');
	bool any = false;
	char *to = out;

	s = read_digits(s, false, &d, &any);
	if (*s == '.')
		s = read_digits(s + 1, true, &d, &any);
	if (!any || !read_exponent(s, &d))
		return false;
	round_digits(&d);
	if (d.n == 0) {
		str_copy(out, NUMBER_TEXT, "0");
		return true;
	}
	if (d.negative)
		*to++ = '-';
	to = d.point >= -PLAIN_MAX && d.point <= PLAIN_MAX + 1 ? put_plain(&d, to)
							       : put_exponent(&d, to);
	*to = '\0';
	return true;
}

/* --- places --------------------------------------------------------------------------------- */

bool cell_place(const char *name, size_t len, int64_t *ret_row, size_t *ret_column)
{
	size_t column = 0, at = 0;
	int64_t row = 0;

	for (; at < len && name[at] >= 'A' && name[at] <= 'Z'; at++) {
		column = column * 26 + (size_t)(name[at] - 'A') + 1;
		if (column > SHEET_LAST_COLUMN)
			return false;
	}
	if (column == 0 || at == len || name[at] == '0')
		return false;
	for (; at < len && name[at] >= '0' && name[at] <= '9'; at++) {
		row = row * 10 + (name[at] - '0');
		if (row > SHEET_LAST_ROW)
			return false;
	}
	if (at != len)
		return false;
	*ret_row = row;
	*ret_column = column - 1;
	return true;
}

void sheet_cell_name(int64_t row, size_t column, char *out, size_t size)
{
	char letters[16];
	size_t at = sizeof(letters) - 1;

	letters[at] = '\0';
	for (size_t n = column + 1; n > 0 && at > 0; n = (n - 1) / 26)
		letters[--at] = (char)('A' + (n - 1) % 26);
	(void)snprintf(out, size, "%s%lld", letters + at, (long long)row);
}
