/* SPDX-License-Identifier: Apache-2.0 */
/* The version of the programs, as --version and the log tell it. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define JUNHENG_VERSION "0.1.0"

#endif
