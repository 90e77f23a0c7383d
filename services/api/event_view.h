/* SPDX-License-Identifier: Apache-2.0 */
/* A stored event as clients see it, in lists and in streams. */
#ifndef API_EVENT_VIEW_H
#define API_EVENT_VIEW_H

#include "base/buf.h"
#include "store/events.h"

void event_write(struct buf *out, const struct event *e);

/* As one message of text/event-stream: id, event, data, blank line. */
void event_write_message(struct buf *out, const struct event *e);

#endif
