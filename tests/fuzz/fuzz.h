/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzz target is: LLVMFuzzerTestOneInput() takes bytes from anywhere, gives them to a
 * reader, and aborts when what comes out is not what the reader's header promises. libFuzzer makes
 * the bytes (tests/fuzz.sh); in the unit tests replay.c takes those of the corpus. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/problems.h"
#include "domain/standard.h"

/* The folder of tests/fuzz/corpus. */
extern const char fuzz_target[];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says where, and aborts: a broken promise is found like a crash. */
#define FUZZ_CHECK(holds)                                        \
	do {                                                     \
		if (!(holds))                                    \
			fuzz_broken(__FILE__, __LINE__, #holds); \
	} while (0)
_Noreturn void fuzz_broken(const char *file, int line, const char *what);

/* What a reader of documents answers: ERR_INVALID has problems that can be told, and only it has;
 * ERR_MALFORMED and ERR_TOO_BIG have a text. */
void fuzz_check_answer(enum err e, const struct problems *problems, const struct err_info *info);

/* The national standard; the same object every time. */
const struct standard *fuzz_national(void);

/* Its document; the same bytes every time. */
const char *fuzz_national_text(void);

/* A number that the bytes decide: the same input does the same again. */
uint32_t fuzz_hash(const void *data, size_t size);

/* --- for mutators ----------------------------------------------------------------------------- */

/* The next number of a row that its seed decides. */
uint32_t fuzz_next(uint32_t *seed);

/* Puts another digit in the place of one to three: what the text is stays, what it says does not.
 */
void fuzz_change_digits(uint8_t *data, size_t size, uint32_t *seed);

/* libFuzzer's own mutations, and the hook in which ours are (in the fuzzers alone). */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

#endif
