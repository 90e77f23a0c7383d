/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that are wrong more often than right. The Makefile includes this
 * file before every source of ours (-include), so that using one fails to
 * compile, with the name of what to use instead. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* The system headers that declare them come first: their own prototypes would
 * not survive the macros. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef strtok
#undef sprintf
#undef vsprintf
#undef gmtime
#undef localtime

#define strcpy(...)    use_str_copy_instead_of_strcpy
#define strcat(...)    use_struct_buf_instead_of_strcat
#define strncpy(...)   use_str_copy_instead_of_strncpy
#define strncat(...)   use_struct_buf_instead_of_strncat
#define strtok(...)    use_strtok_r_instead_of_strtok
#define sprintf(...)   use_snprintf_instead_of_sprintf
#define vsprintf(...)  use_vsnprintf_instead_of_vsprintf
#define gmtime(...)    use_gmtime_r_instead_of_gmtime
#define localtime(...) use_localtime_r_instead_of_localtime
#define atoi(...)      use_str_to_int64_instead_of_atoi
#define atol(...)      use_str_to_int64_instead_of_atol
#define atof(...)      use_decimal_parse_instead_of_atof
#define system(...)    never_start_a_shell

#endif
