/* SPDX-License-Identifier: Apache-2.0 */
/* The plans (创建规划) of the sample's counties. Their years follow the calendar: a plan is for
 * years that are still to come. */
#ifndef CTL_SAMPLE_GOALS_H
#define CTL_SAMPLE_GOALS_H

#include "ctl/sample_data.h"
#include "ctl/sample_json.h"

/* A line of each county that plans.csv names. */
void sample_goals_write(struct sample_json *w, const struct sample_data *d);

#endif
