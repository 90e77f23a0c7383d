/* SPDX-License-Identifier: Apache-2.0 */
/* The corpus of a fuzz target as a unit test, without a fuzzer: each of its files is a test. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "fuzz/fuzz.h"
#include "lib/check.h"

#define SEEDS      500
#define SEED_BYTES (1u << 20)

static void replay(void **state)
{
	const char *path = *state;
	auto_free char *room = malloc(SEED_BYTES);
	auto_free uint8_t *data = NULL;
	auto_fclose FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(room);
	assert_non_null(f);
	n = fread(room, 1, SEED_BYTES, f);
	assert_true(n < SEED_BYTES);
	/* No longer than it is, so that a read behind the end is seen. */
	data = malloc(n ? n : 1);
	assert_non_null(data);
	memcpy(data, room, n);
	assert_int_equal(LLVMFuzzerTestOneInput(data, n), 0);
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static char *path_of(const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "tests/fuzz/corpus/%s%s%s", fuzz_target,
		       name[0] ? "/" : "", name);
	return strdup(path);
}

int main(void)
{
	static struct CMUnitTest tests[SEEDS];
	auto_free char *folder = path_of("");
	struct dirent **names = NULL;
	const int n = folder ? scandir(folder, &names, is_seed, alphasort) : -1;
	int failed = 1;

	if (n > 0 && n <= SEEDS) {
		for (int i = 0; i < n; i++)
			tests[i] =
				(struct CMUnitTest){ .name = names[i]->d_name,
						     .test_func = replay,
						     .initial_state = path_of(names[i]->d_name) };
		failed = _cmocka_run_group_tests(fuzz_target, tests, (size_t)n, NULL, NULL);
	}
	for (int i = 0; i < n; i++) {
		free(names[i]);
		if (n <= SEEDS)
			free(tests[i].initial_state);
	}
	free(names);
	return failed;
}
