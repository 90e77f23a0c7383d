/* SPDX-License-Identifier: Apache-2.0 */
/* Areas (m²) and money (yuan) as 64-bit counts of hundredths: exact, and wide
 * enough (9·10¹² with two decimals) for any figure a school reports.
 *
 * A JSON number reaches us as a double. Up to DECIMAL_MAX with two decimals the
 * double nearest to a decimal identifies it, so the hundredths are recovered
 * exactly; what has more decimals, or is larger, is refused. */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECIMAL_SCALE 100
#define DECIMAL_MAX   9000000000000.0 /* 9·10¹²: spacing of doubles is still below 0.002 */
#define DECIMAL_TEXT  24              /* bytes that any decimal needs as text, with its end */

enum decimal_result { DECIMAL_OK, DECIMAL_TOO_MANY_DECIMALS, DECIMAL_TOO_BIG };

enum decimal_result decimal_from_double(double value, int64_t *ret_hundredths)
	__attribute__((warn_unused_result));

/* The same for another number of decimals: scale is 10, 100, 1000 …, and the scaled value at most
 * max, which is below 2^50. */
enum decimal_result decimal_scaled(double value, int64_t scale, int64_t max, int64_t *ret_scaled)
	__attribute__((warn_unused_result));

/* The nearest double, which prints back as the same decimal. */
double decimal_to_double(int64_t hundredths);

/* "1234.5", "1234", "-0.05" or, as libpq sends numeric(…,2), "1234.50". */
bool decimal_parse(const char *text, int64_t *ret_hundredths) __attribute__((warn_unused_result));

/* Always two decimals: "1234.50". Returns out. */
char *decimal_format(int64_t hundredths, char out[DECIMAL_TEXT]);

#endif
