/* SPDX-License-Identifier: Apache-2.0 */
#include "store/alert_actions.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/events_rows.h"
#include "store/pool.h"
#include "store/row.h"
#include "store/turn.h"

/* --- deeds --------------------------------------------------------------------------------- */

struct acting {
	int64_t id;
	const char *by;
	const struct alert_deed *deed;
	bool *ret_done;
	struct event *ret_event;
};

/* What the alert is, once nobody else changes it. */
struct standing {
	char state[16];
	char assignee[4 * EVENT_NAME_CHARS + 1];
	char snoozed[TIME_TEXT]; /* until when; "": not, ALERT_SNOOZED: until it is over */
};

static enum err no_alert(struct err_info *info)
{
	return err_set(info, ERR_NOT_FOUND, "没有该预警 / no such alert");
}

/* Whether it changes when the alert is to be stepped: reminders and steps wait for nobody any more,
 * or until then. */
static bool moves_what_comes_due(enum alert_act act)
{
	return act == ACT_RELEASE || act == ACT_SNOOZE || act == ACT_WAKE;
}

static enum err lock(struct conn *c, const struct acting *a, struct standing *out,
		     struct err_info *info)
{
	enum { BEGIN, TURN, LOCK };
	struct batch auto_batch b = { .n = 0 };
	struct params p, turn;
	struct row r;
	enum err err;

	params_init(&p);
	params_int(&p, a->id);
	turn = p;
	params_bool(&turn, moves_what_comes_due(a->deed->act));
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_ALERT_TURN, &turn);
	batch_add(&b, QUERY_ALERT_LOCK, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, LOCK)))
		return no_alert(info);
	r = row_at(batch_result(&b, LOCK), 0);
	row_text(&r, out->state, sizeof(out->state));
	row_text(&r, out->assignee, sizeof(out->assignee));
	row_text(&r, out->snoozed, sizeof(out->snoozed));
	return row_end(&r, info);
}

static enum err write_deed(struct conn *c, const struct acting *a, const char *state,
			   const char *event, struct err_info *info)
{
	enum { ACT, COMMIT };
	struct event_list auto_events events = { .n = 0 };
	const struct alert_deed *deed = a->deed;
	const bool assigns = deed->act == ACT_ASSIGN;
	const bool snoozes = deed->act == ACT_SNOOZE || deed->act == ACT_WAKE;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_int(&p, a->id);
	params_text(&p, state);
	params_bool(&p, assigns);
	params_text_or(&p, deed->assignee, "");
	params_bool(&p, snoozes);
	if (deed->act == ACT_SNOOZE)
		params_text(&p, deed->until[0] ? deed->until : ALERT_SNOOZED);
	else
		params_text(&p, NULL);
	params_text(&p, event);
	params_text(&p, a->by);
	params_text_or(&p, deed->comment, "");
	params_int(&p, EVENT_STORY_MINUTES);
	batch_init(&b, c);
	batch_add(&b, QUERY_ALERT_ACT, &p);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (!err)
		err = events_read(batch_result(&b, ACT), &events, info);
	if (!err && events.n != 1)
		return err_set(info, ERR_DB, "an alert was not written");
	if (!err)
		*a->ret_event = events.items[0];
	return err;
}

static enum err refuse(struct conn *c, const struct acting *a, const char *state,
		       struct err_info *info)
{
	const char *act = alert_act_names[a->deed->act];
	const enum err err = turn_leave(c, QUERY_ALERT_OVERTAKEN, a->id, info);

	if (err)
		return err;
	return err_set(info, ERR_CONFLICT,
		       "预警的状态为 %s,不能 %s / the alert is %s: it cannot be told to %s", state,
		       act, state, act);
}

static enum err act_work(struct conn *c, void *context, struct err_info *info)
{
	const struct acting *a = context;
	const char *state = NULL, *event = NULL;
	struct standing standing;
	enum err err = lock(c, a, &standing, info);

	if (err)
		return err;
	*a->ret_done = false;
	switch (alert_deed(a->deed, standing.state, standing.assignee, standing.snoozed, &state,
			   &event)) {
	case DEED_NOTHING:
		return turn_leave(c, QUERY_ALERT_OVERTAKEN, a->id, info);
	case DEED_REFUSED:
		return refuse(c, a, standing.state, info);
	case DEED_DONE:
		break;
	}
	err = write_deed(c, a, state, event, info);
	*a->ret_done = !err;
	return err;
}

enum err store_alert_act(struct store *store, int64_t id, const char *by,
			 const struct alert_deed *deed, bool *ret_done, struct event *ret_event,
			 struct err_info *info)
{
	struct acting a = { id, by, deed, ret_done, ret_event };

	return store_run(store, act_work, &a, info);
}

/* --- the timeline --------------------------------------------------------------------------- */

struct timeline {
	struct params params;
	struct event_list *out;
};

static enum err timeline_work(struct conn *c, void *context, struct err_info *info)
{
	struct timeline *t = context;
	struct batch auto_batch b = { .n = 0 };
	const enum err err = store_query(c, &b, QUERY_EVENTS_OF_ALERT, &t->params, info);

	return err ? err : events_read(batch_result(&b, 0), t->out, info);
}

enum err store_alert_events(struct store *store, int64_t id, int64_t after, int limit,
			    struct event_list *out, struct err_info *info)
{
	struct timeline t = { .out = out };

	params_init(&t.params);
	params_int(&t.params, id);
	params_int(&t.params, after);
	params_int(&t.params, limit);
	return store_run(store, timeline_work, &t, info);
}
