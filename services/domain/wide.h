/* SPDX-License-Identifier: Apache-2.0 */
/* 128-bit integers, for products of two 64-bit figures. */
#ifndef DOMAIN_WIDE_H
#define DOMAIN_WIDE_H

__extension__ typedef __int128 int128;

#endif
