/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metrics.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "base/auto.h"

enum kind { COUNTER, GAUGE, HISTOGRAM, SHARED_COUNTER, SHARED_HISTOGRAM };

/* Upper bounds of the buckets, in seconds; a last one is +Inf. */
static const double bounds[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
				 0.5,    1,     2.5,    5,     10,   30,    60,   300 };
static_assert(ARRAY_LEN(bounds) + 1 == METRIC_BUCKETS, "one more than the bounds");

static const struct description {
	enum kind kind;
	const char *name;
	const char *label;
	const char *help;
} descriptions[] = {
#define METRIC(ID, kind, name, label, help) { kind, "junheng_" name, label, help },
#include "base/metrics.def"
#undef METRIC
};

static struct value {
	_Atomic int64_t count[METRIC_LABELS]; /* counters; of a histogram, count[0] */
	_Atomic int64_t thousandths;          /* gauges */
	_Atomic int64_t sum_us;
	_Atomic int64_t bucket[METRIC_BUCKETS];
} values[METRIC_COUNT];

void metric_add(enum metric m, int64_t n)
{
	atomic_fetch_add_explicit(&values[m].count[0], n, memory_order_relaxed);
}

void metric_add_label(enum metric m, int label, int64_t n)
{
	atomic_fetch_add_explicit(&values[m].count[label], n, memory_order_relaxed);
}

void metric_set(enum metric m, double value)
{
	atomic_store_explicit(&values[m].thousandths, (int64_t)(value * 1000),
			      memory_order_relaxed);
}

void metric_observe(enum metric m, double seconds)
{
	size_t b = 0;

	while (b < ARRAY_LEN(bounds) && seconds > bounds[b])
		b++;
	atomic_fetch_add_explicit(&values[m].bucket[b], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&values[m].sum_us, (int64_t)(seconds * 1e6),
				  memory_order_relaxed);
}

static void write_counter(const struct description *d, struct value *v, struct buf *out)
{
	if (d->label[0] == '\0') {
		buf_printf(out, "%s %lld\n", d->name, (long long)atomic_load(&v->count[0]));
		return;
	}
	for (int i = 1; i < METRIC_LABELS; i++)
		buf_printf(out, "%s{%s=\"%dxx\"} %lld\n", d->name, d->label, i,
			   (long long)atomic_load(&v->count[i]));
}

static void write_gauge(const struct description *d, struct value *v, struct buf *out)
{
	/* 15 digits: of a number of an event none may be lost. */
	buf_printf(out, "%s %.15g\n", d->name, (double)atomic_load(&v->thousandths) / 1000);
}

static void write_histogram(const struct description *d, struct value *v, struct buf *out)
{
	int64_t sum = 0;

	for (size_t b = 0; b < METRIC_BUCKETS; b++) {
		sum += atomic_load(&v->bucket[b]);
		if (b < ARRAY_LEN(bounds))
			buf_printf(out, "%s_bucket{le=\"%g\"} %lld\n", d->name, bounds[b],
				   (long long)sum);
	}
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %lld\n", d->name, (long long)sum);
	buf_printf(out, "%s_sum %.6f\n", d->name, (double)atomic_load(&v->sum_us) / 1e6);
	buf_printf(out, "%s_count %lld\n", d->name, (long long)sum);
}

/* Each by its kind. */
static const struct {
	const char *type;
	void (*write)(const struct description *d, struct value *v, struct buf *out);
	bool shared;
} kinds[] = {
	[COUNTER] = { "counter", write_counter, false },
	[GAUGE] = { "gauge", write_gauge, false },
	[HISTOGRAM] = { "histogram", write_histogram, false },
	[SHARED_COUNTER] = { "counter", write_counter, true },
	[SHARED_HISTOGRAM] = { "histogram", write_histogram, true },
};

void metrics_write(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(descriptions); i++) {
		const struct description *d = &descriptions[i];

		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", d->name, d->help, d->name,
			   kinds[d->kind].type);
		kinds[d->kind].write(d, &values[i], out);
	}
}

bool metric_is_shared(enum metric m)
{
	return kinds[descriptions[m].kind].shared;
}

const char *metric_name(enum metric m)
{
	return descriptions[m].name;
}

/* The places of a metric's numbers: a counter has one. */
static _Atomic int64_t *numbers(enum metric m, size_t *ret_n)
{
	const bool histogram = descriptions[m].kind == SHARED_HISTOGRAM;

	*ret_n = histogram ? METRIC_BUCKETS : 1;
	return histogram ? values[m].bucket : values[m].count;
}

bool metric_take(enum metric m, struct metric_sum *out)
{
	bool any = false;
	size_t n;
	_Atomic int64_t *number = numbers(m, &n);

	*out = (struct metric_sum){ .sum_us = atomic_exchange(&values[m].sum_us, 0) };
	for (size_t i = 0; i < n; i++) {
		out->n[i] = atomic_exchange(&number[i], 0);
		any |= out->n[i] != 0;
	}
	return any;
}

void metric_put_back(enum metric m, const struct metric_sum *sum)
{
	size_t n;
	_Atomic int64_t *number = numbers(m, &n);

	for (size_t i = 0; i < n; i++)
		atomic_fetch_add(&number[i], sum->n[i]);
	atomic_fetch_add(&values[m].sum_us, sum->sum_us);
}

void metric_show(enum metric m, const struct metric_sum *sum)
{
	size_t n;
	_Atomic int64_t *number = numbers(m, &n);

	for (size_t i = 0; i < n; i++)
		atomic_store(&number[i], sum->n[i]);
	atomic_store(&values[m].sum_us, sum->sum_us);
}
