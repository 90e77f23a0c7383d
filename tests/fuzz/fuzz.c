/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "json/documents.h"

void fuzz_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	abort();
}

static void check_text(const char *text, size_t size)
{
	const size_t len = strnlen(text, size);

	FUZZ_CHECK(len < size);
	FUZZ_CHECK(str_is_utf8(text, len));
}

void fuzz_check_answer(enum err e, const struct problems *problems, const struct err_info *info)
{
	FUZZ_CHECK(problems->n <= PROBLEMS_MAX);
	FUZZ_CHECK((e == ERR_INVALID) == (problems->n > 0));
	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *p = &problems->items[i];

		check_text(p->pointer, sizeof(p->pointer));
		check_text(p->code, sizeof(p->code));
		check_text(p->detail, sizeof(p->detail));
		FUZZ_CHECK(p->code[0] && p->detail[0]);
	}
	if (e == ERR_MALFORMED || e == ERR_TOO_BIG) {
		FUZZ_CHECK(info->code == e);
		check_text(info->text, sizeof(info->text));
		FUZZ_CHECK(info->text[0]);
	}
}

const char *fuzz_national_text(void)
{
	static char text[STANDARD_BYTES];

	if (!text[0]) {
		auto_fclose FILE *f = fopen("sql/standards/national-2017.json", "r");

		FUZZ_CHECK(f && fread(text, 1, sizeof(text) - 1, f) > 0);
	}
	return text;
}

const struct standard *fuzz_national(void)
{
	static struct standard national;
	static struct problems problems;
	const char *text = fuzz_national_text();
	auto_buf struct buf resolved;

	buf_init(&resolved, STANDARD_BYTES);
	if (!national.id[0]) {
		FUZZ_CHECK(json_resolve_standard(text, strlen(text), NULL, &resolved, &national,
						 &problems, NULL) == ERR_OK);
		str_copy(national.id, sizeof(national.id), "national-2017");
	}
	return &national;
}

/* FNV-1a */
uint32_t fuzz_hash(const void *data, size_t size)
{
	const unsigned char *byte = data;
	uint64_t hash = 2166136261u;

	for (size_t i = 0; i < size; i++)
		hash = ((hash ^ byte[i]) * 16777619u) & 0xffffffffu;
	return (uint32_t)hash;
}

uint32_t fuzz_next(uint32_t *seed)
{
	*seed = fuzz_hash(seed, sizeof(*seed));
	return *seed;
}

/* The place of a digit at or behind a place that the seed decides; size when there is none. */
static size_t some_digit(const uint8_t *data, size_t size, uint32_t *seed)
{
	size_t at = fuzz_next(seed) % size;

	for (size_t i = 0; i < size; i++, at = (at + 1) % size) {
		if (data[at] >= '0' && data[at] <= '9')
			return at;
	}
	return size;
}

void fuzz_change_digits(uint8_t *data, size_t size, uint32_t *seed)
{
	for (uint32_t times = fuzz_next(seed) % 3 + 1; times > 0 && size; times--) {
		const size_t at = some_digit(data, size, seed);

		if (at == size)
			return;
		data[at] = (uint8_t)('0' + fuzz_next(seed) % 10);
	}
}
