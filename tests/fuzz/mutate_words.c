/* SPDX-License-Identifier: Apache-2.0 */
/* Every other input has a word (letters, digits and points) put in the place of another one, or its
 * digits changed: so a table stays one, and tags stay closed. */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz/fuzz.h"

struct word {
	size_t from, len;
};

static const char *const odd_words[] = {
	"",           "0",      "-1",     "1.5",   "1E308",     "99999999", "9000000000000.01",
	"XFD1048576", "IW1",    "100001", "str",   "inlineStr", "s",        "2134000001",
	"2026",       "school", "period", "A1:B2", "_x005F_",   "&#10;",
};

static bool is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '.' || c == '_';
}

/* The word at or behind a place that the seed decides; of no length when there is none. */
static struct word some_word(const uint8_t *data, size_t size, uint32_t *seed)
{
	size_t from = fuzz_next(seed) % size, to;

	while (from < size && !is_word(data[from]))
		from++;
	while (from > 0 && from < size && is_word(data[from - 1]))
		from--;
	for (to = from; to < size && is_word(data[to]);)
		to++;
	return (struct word){ from, to - from };
}

/* Returns the new size; the size as it was when there is no room. */
static size_t put(uint8_t *data, size_t size, size_t max_size, struct word at, const void *word,
		  size_t len)
{
	if (size - at.len + len > max_size)
		return size;
	memmove(data + at.from + len, data + at.from + at.len, size - at.from - at.len);
	memcpy(data + at.from, word, len);
	return size - at.len + len;
}

static size_t change_word(uint8_t *data, size_t size, size_t max_size, uint32_t *seed)
{
	const struct word at = some_word(data, size, seed), other = some_word(data, size, seed);
	const char *odd = odd_words[fuzz_next(seed) % ARRAY_LEN(odd_words)];
	auto_free uint8_t *copy = malloc(other.len ? other.len : 1);

	if (!copy || fuzz_next(seed) % 2)
		return put(data, size, max_size, at, odd, strlen(odd));
	memcpy(copy, data + other.from, other.len);
	return put(data, size, max_size, at, copy, other.len);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	uint32_t state = seed;

	if (!size || fuzz_next(&state) % 2)
		return LLVMFuzzerMutate(data, size, max_size);
	if (fuzz_next(&state) % 2)
		fuzz_change_digits(data, size, &state);
	else
		size = change_word(data, size, max_size, &state);
	return size;
}
