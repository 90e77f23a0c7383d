/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recompute_write.h"

/* What 16 counties may lack at most is larger than anything else that is bound: all items of each,
 * and a text within an array may be twice as long. */
#define SHORTFALLS_MAX ((size_t)64 << 20)

void ledger_columns_init(struct columns *cs)
{
	struct array *texts = &cs->column[LEDGER_COLUMNS - 1];

	array_release(texts);
	buf_init(&texts->text, SHORTFALLS_MAX);
}

static const char *state_after(enum ledger_action action)
{
	const enum ledger_state state = ledger_after(action);

	return state == LEDGER_NONE ? NULL : ledger_state_names[state];
}

void ledger_columns_add(struct columns *cs, const struct recompute_input *in,
			const struct ledger_moves *ledger)
{
	for (size_t i = 0; i < ledger->n; i++) {
		const struct ledger_move *m = &ledger->moves[i];
		const char *text = m->has_shortfall ? ledger->texts.data + m->shortfall : NULL;
		struct array *column = columns_begin_row(cs, in->facts.county, in->facts.period);

		array_int(column++, in->facts.version);
		array_text(column++, m->result.name);
		array_int(column++, m->entry);
		array_text(column++, ledger_action_names[m->action]);
		array_text(column++, state_after(m->action));
		array_double(column++, m->result.has_value, m->result.value);
		array_double(column++, m->result.has_limit, m->result.limit);
		array_text(column++, m->clears_deadline ? "t" : "f");
		if (text)
			array_quoted(column, text);
		else
			array_text(column, NULL);
	}
}
