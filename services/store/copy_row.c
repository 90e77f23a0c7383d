/* SPDX-License-Identifier: Apache-2.0 */
#include "store/copy_row.h"

#include <string.h>

/* Object ids that PostgreSQL never changes (pg_type.dat). */
#define TEXT_OID    25
#define NUMERIC_OID 1700

/* A numeric is digits to the base of 10,000, the first of them worth 10,000^weight. */
#define NUMERIC_BASE     10000
#define NUMERIC_NEGATIVE 0x4000
#define NUMERIC_HEAD     8 /* bytes: how many digits, weight, sign, decimals */
#define NUMERIC_DIGITS   6 /* of an int64_t of hundredths, at most */
#define HUNDREDTHS       2 /* decimals */

/* Network byte order. */
static size_t put16(unsigned char *to, uint32_t value)
{
	to[0] = (unsigned char)(value >> 8);
	to[1] = (unsigned char)value;
	return 2;
}

static size_t put32(unsigned char *to, uint32_t value)
{
	put16(to, value >> 16);
	put16(to + 2, value);
	return 4;
}

static void add16(struct buf *out, uint32_t value)
{
	unsigned char bytes[2];

	buf_add(out, bytes, put16(bytes, value));
}

static void add32(struct buf *out, uint32_t value)
{
	unsigned char bytes[4];

	buf_add(out, bytes, put32(bytes, value));
}

static void add_null(struct buf *out)
{
	add32(out, UINT32_MAX);
}

void copy_begin(struct buf *out)
{
	static const char signature[] = "PGCOPY\n\377\r\n"; /* with its end, which belongs to it */

	buf_add(out, signature, sizeof(signature));
	add32(out, 0); /* flags */
	add32(out, 0); /* length of an extension */
}

void copy_end(struct buf *out)
{
	add16(out, UINT16_MAX);
}

void copy_row(struct buf *out, int columns)
{
	add16(out, (uint32_t)columns);
}

void copy_text(struct buf *out, const char *text)
{
	size_t len;

	if (!text) {
		add_null(out);
		return;
	}
	len = strlen(text);
	add32(out, (uint32_t)len);
	buf_add(out, text, len);
}

void copy_bigint(struct buf *out, int64_t value)
{
	unsigned char bytes[12];
	size_t n = put32(bytes, 8);

	n += put32(bytes + n, (uint32_t)((uint64_t)value >> 32));
	n += put32(bytes + n, (uint32_t)value);
	buf_add(out, bytes, n);
}

void copy_count(struct buf *out, int64_t count)
{
	unsigned char bytes[8];

	if (count == MISSING) {
		add_null(out);
		return;
	}
	put32(bytes, 4);
	put32(bytes + 4, (uint32_t)count);
	buf_add(out, bytes, sizeof(bytes));
}

/* Its digits, the last first, without zeros at either end; *ret_weight is that of the first. */
static int digits_of(uint64_t hundredths, uint16_t digits[NUMERIC_DIGITS], int *ret_weight)
{
	uint64_t whole = hundredths / 100;
	const uint16_t decimals = (uint16_t)(hundredths % 100 * 100);
	int n = 0, weight = -1;

	if (decimals)
		digits[n++] = decimals;
	for (; whole; whole /= NUMERIC_BASE, weight++) {
		const uint16_t digit = (uint16_t)(whole % NUMERIC_BASE);

		if (n || digit)
			digits[n++] = digit;
	}
	*ret_weight = n ? weight : 0;
	return n;
}

void copy_decimal(struct buf *out, int64_t hundredths)
{
	unsigned char bytes[4 + NUMERIC_HEAD + 2 * NUMERIC_DIGITS];
	uint16_t digits[NUMERIC_DIGITS];
	size_t len;
	int n, weight;

	if (hundredths == MISSING) {
		add_null(out);
		return;
	}
	n = digits_of((uint64_t)(hundredths < 0 ? -hundredths : hundredths), digits, &weight);
	len = put32(bytes, (uint32_t)(NUMERIC_HEAD + 2 * n));
	len += put16(bytes + len, (uint32_t)n);
	len += put16(bytes + len, (uint32_t)weight);
	len += put16(bytes + len, hundredths < 0 ? NUMERIC_NEGATIVE : 0);
	len += put16(bytes + len, HUNDREDTHS);
	while (n)
		len += put16(bytes + len, digits[--n]);
	buf_add(out, bytes, len);
}

/* The head of an array of n elements, which follow; how long all of it is, array_end says. Returns
 * where it begins. */
static size_t begin_array(struct buf *out, uint32_t oid, int n)
{
	const size_t start = out->len;

	add32(out, 0);         /* bytes */
	add32(out, n ? 1 : 0); /* dimensions: an empty array has none */
	add32(out, 0);         /* no element is NULL */
	add32(out, oid);
	if (n) {
		add32(out, (uint32_t)n);
		add32(out, 1); /* the first one's index */
	}
	return start;
}

static void end_array(struct buf *out, size_t start)
{
	if (!buf_failed(out))
		put32((unsigned char *)out->data + start, (uint32_t)(out->len - start - 4));
}

void copy_rooms(struct buf *out, const struct rooms *rooms)
{
	size_t start;

	if (rooms->n < 0) {
		add_null(out);
		return;
	}
	start = begin_array(out, NUMERIC_OID, rooms->n);
	for (int i = 0; i < rooms->n; i++)
		copy_decimal(out, rooms->area[i]);
	end_array(out, start);
}

void copy_declared_names(struct buf *out, const struct report *report)
{
	size_t start;

	if (!report->declared_n) {
		add_null(out);
		return;
	}
	start = begin_array(out, TEXT_OID, report->declared_n);
	for (int i = 0; i < report->declared_n; i++)
		copy_text(out, report->declared[i].name);
	end_array(out, start);
}

void copy_declared_values(struct buf *out, const struct report *report)
{
	size_t start;

	if (!report->declared_n) {
		add_null(out);
		return;
	}
	start = begin_array(out, NUMERIC_OID, report->declared_n);
	for (int i = 0; i < report->declared_n; i++)
		copy_decimal(out, report->declared[i].value);
	end_array(out, start);
}
