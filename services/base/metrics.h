/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms of this process, as Prometheus reads them
 * (text exposition format 0.0.4). All calls are lock-free and thread-safe. */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum metric {
#define METRIC(ID, kind, name, label, help) METRIC_##ID,
#include "base/metrics.def"
#undef METRIC
	METRIC_COUNT
};

#define METRIC_LABELS 6 /* values of a label: "1xx" … "5xx", index 0 unused */

void metric_add(enum metric m, int64_t n);
void metric_add_label(enum metric m, int label, int64_t n); /* label in 1 … 5 */
void metric_set(enum metric m, double value);
void metric_observe(enum metric m, double seconds);

void metrics_write(struct buf *out);

/* --- shared metrics ---
 * A monitor answers nobody: what it has counted is taken to the database from time to time, and
 * an API shows the sums that it finds there. */

#define METRIC_BUCKETS 18

struct metric_sum {
	int64_t n[METRIC_BUCKETS]; /* by bucket; of a counter n[0] alone */
	int64_t sum_us;
};

bool metric_is_shared(enum metric m);
const char *metric_name(enum metric m);

/* What was counted since it was taken last; false: nothing. */
bool metric_take(enum metric m, struct metric_sum *out);

/* Counts it again: it could not be taken anywhere. */
void metric_put_back(enum metric m, const struct metric_sum *sum);

/* Shows it in place of what was shown. */
void metric_show(enum metric m, const struct metric_sum *sum);

#endif
