/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <string.h>

#include "base/auto.h"

/* Length of the sequence that a first byte announces, 0 for no first byte. */
static size_t sequence_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c < 0xe0)
		return 2;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	if (c >= 0xf0 && c < 0xf5)
		return 4;
	return 0;
}

void str_trim_utf8(char *s)
{
	const size_t len = strlen(s);

	/* The last sequence starts at most three bytes before the end. */
	for (size_t back = 1; back <= 4 && back <= len; back++) {
		const unsigned char c = (unsigned char)s[len - back];

		if ((c & 0xc0) == 0x80)
			continue;
		if (sequence_length(c) > back)
			s[len - back] = '\0';
		return;
	}
}

void str_copy(char *dst, size_t size, const char *src)
{
	const size_t len = strlen(src);
	const size_t n = len < size ? len : size - 1;

	memcpy(dst, src, n);
	dst[n] = '\0';
	if (n < len)
		str_trim_utf8(dst);
}

bool str_equal(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_is_digits(const char *s, size_t n)
{
	return strspn(s, "0123456789") == n && s[n] == '\0';
}

bool str_to_int64(const char *s, int64_t *ret_value)
{
	const bool minus = *s == '-';
	int64_t value = 0;

	if (minus)
		s++;
	if (*s == '\0')
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, *s - '0', &value))
			return false;
	}
	/* Built up negative, where the range is one larger. */
	if (!minus && value == INT64_MIN)
		return false;
	*ret_value = minus ? value : -value;
	return true;
}

size_t str_from_int64(int64_t value, char out[INT64_TEXT])
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char reversed[INT64_TEXT];
	size_t n = 0, len = 0;

	do {
		reversed[n++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		out[len++] = '-';
	while (n)
		out[len++] = reversed[--n];
	out[len] = '\0';
	return len;
}

/* Decodes one sequence of n bytes; a value that is over-long, a surrogate or
 * beyond Unicode is refused by its range. */
static bool sequence_is_valid(const unsigned char *s, size_t n, uint32_t *ret_code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return false;
		code = code << 6 | (s[i] & 0x3fu);
	}
	if (code < smallest[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return false;
	*ret_code = code;
	return true;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

static bool check(const char *s, size_t len, bool controls)
{
	const unsigned char *p = (const unsigned char *)s;

	while (len) {
		const size_t n = sequence_length(*p);
		uint32_t code = 0;

		if (n == 0 || n > len || !sequence_is_valid(p, n, &code))
			return false;
		if (!controls && is_control(code))
			return false;
		p += n;
		len -= n;
	}
	return true;
}

bool str_is_utf8(const char *s, size_t len)
{
	return check(s, len, true);
}

bool str_is_text(const char *s, size_t len)
{
	return check(s, len, false);
}

bool str_is_blank(const char *s)
{
	static const char *const spaces[] = { " ", "\u00a0", "\u3000" };
	size_t i = 0;

	while (i < ARRAY_LEN(spaces)) {
		if (str_starts(s, spaces[i])) {
			s += strlen(spaces[i]);
			i = 0;
		} else {
			i++;
		}
	}
	return *s == '\0';
}

void str_mend_utf8(char *s)
{
	size_t len = strlen(s);

	while (len) {
		const size_t n = sequence_length((unsigned char)*s);

		if (n && n <= len && str_is_utf8(s, n)) {
			s += n;
			len -= n;
		} else {
			*s++ = '?';
			len--;
		}
	}
}
