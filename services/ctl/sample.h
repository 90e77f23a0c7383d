/* SPDX-License-Identifier: Apache-2.0 */
/* The sample province: real regions, made-up schools, three school years, as the
 * NDJSON that `junhengctl import` sends through the public API.
 *
 * Every school and every figure is made up; deploy/sample/README.md names the
 * published tables that shape them. The output depends on the tables in `dir`
 * and on nothing else: no clock, no locale, no floating point. */
#ifndef CTL_SAMPLE_H
#define CTL_SAMPLE_H

#include <stdio.h>

#include "base/err.h"

/* Reads the tables in dir and writes the province to out: regions, schools (a parent
 * before its campuses), the province's standard, then what schools and counties report
 * of 2023, 2024 and 2025, plans, the schools that closed since, and a bulletin: one JSON
 * object a line. out stays the caller's and is flushed.
 *
 * ERR_IO when a table cannot be read or out cannot be written, ERR_INVALID when
 * a table is wrong (the text names file and line). What was written before a
 * failure stays written. */
enum err sample_write(const char *dir, FILE *out, struct err_info *info) MUST_CHECK;

#endif
