/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metrics.h"

#include <stdatomic.h>
#include <string.h>

#include "base/auto.h"

enum kind { COUNTER, GAUGE, HISTOGRAM };

/* Upper bounds of the buckets, in seconds; a last one is +Inf. */
static const double bounds[] = { 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
				 0.1,    0.25,  0.5,    1,     2.5,  5,     10 };
#define BUCKETS (sizeof(bounds) / sizeof(bounds[0]) + 1)

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
	_Atomic int64_t bucket[BUCKETS];
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

static void write_histogram(const struct description *d, struct value *v, struct buf *out)
{
	int64_t sum = 0;

	for (size_t b = 0; b < BUCKETS; b++) {
		sum += atomic_load(&v->bucket[b]);
		if (b < ARRAY_LEN(bounds))
			buf_printf(out, "%s_bucket{le=\"%g\"} %lld\n", d->name, bounds[b],
				   (long long)sum);
	}
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %lld\n", d->name, (long long)sum);
	buf_printf(out, "%s_sum %.6f\n", d->name, (double)atomic_load(&v->sum_us) / 1e6);
	buf_printf(out, "%s_count %lld\n", d->name, (long long)sum);
}

void metrics_write(struct buf *out)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };

	for (size_t i = 0; i < ARRAY_LEN(descriptions); i++) {
		const struct description *d = &descriptions[i];

		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", d->name, d->help, d->name,
			   kinds[d->kind]);
		if (d->kind == COUNTER)
			write_counter(d, &values[i], out);
		else if (d->kind == GAUGE)
			buf_printf(out, "%s %g\n", d->name,
				   (double)atomic_load(&values[i].thousandths) / 1000);
		else
			write_histogram(d, &values[i], out);
	}
}
