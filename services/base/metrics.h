/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms of this process, as Prometheus reads them
 * (text exposition format 0.0.4). All calls are lock-free and thread-safe. */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

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

#endif
