/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/exits.h"
#include "ctl/import_run.h"

#define EXPLAIN_MAX 8192

static void refuse_line(const struct import_run *run, const struct import_source *source,
			const char *why)
{
	progress_say(run->service.progress, "%s 第 %" PRId64 " 行 / row %" PRId64 ": %s",
		     source->name, source->lines.number, source->lines.number, why);
}

static void count_line(const struct import_run *run, const struct import_source *source,
		       const struct http_answer *answer, struct import_counts *counts)
{
	auto_buf struct buf why;

	buf_init(&why, EXPLAIN_MAX);
	if (answer->status == 201) {
		counts->created = 1;
	} else if (answer->status == 200) {
		json_auto_t *body = json_loadb(answer->body, answer->len, 0, NULL);

		counts->updated = json_is_true(json_object_get(body, "changed"));
		counts->unchanged = !counts->updated;
	} else {
		counts->rejected = 1;
		http_explain(answer, &why);
		refuse_line(run, source, why.data);
	}
}

/* Sent, or refused before. *ret_status: of the answer, 0 without one. */
static int send_line(struct import_run *run, struct import_source *source,
		     struct import_counts *counts, long *ret_status)
{
	const struct lines *l = &source->lines;
	struct err_info info = { .text = "" };
	struct import_line line;
	struct http_answer answer;
	int code;

	*ret_status = 0;
	if (run->dry_run) {
		progress_note(run->service.progress,
			      "%s 第 %" PRId64 " 行不试 / row %" PRId64 " is not tried: "
			      "standard、plan、publication",
			      source->name, l->number, l->number);
		counts->unchanged = 1;
		return CTL_OK;
	}
	if (import_line_read(l->text, l->len, &line, &info) != ERR_OK) {
		refuse_line(run, source, info.text);
		counts->rejected = 1;
		return CTL_OK;
	}
	code = import_send_line(&run->service, &line, &answer);
	if (code == CTL_OK)
		count_line(run, source, &answer, counts);
	if (code == CTL_OK)
		*ret_status = answer.status;
	free(line.body);
	return code;
}

int import_run_line(struct import_run *run, struct import_source *source)
{
	struct import_state *state = run->state;
	struct import_done done = { .counts = { .rows = 1 } };
	long status = 0;
	int code;

	import_hash(source->lines.text, source->lines.len, done.sha256);
	if (run->unit < state->done_n && str_equal(state->done[run->unit].sha256, done.sha256)) {
		import_counts_add(&run->total, &state->done[run->unit].counts);
		return import_run_code(run, &state->done[run->unit++].counts);
	}
	if (run->unit < state->done_n)
		state->done_n = run->unit;
	import_state_forget(state);
	code = send_line(run, source, &done.counts, &status);
	if (code != CTL_OK)
		return code;
	import_counts_add(&run->total, &done.counts);
	if (!done.counts.rejected || (!run->atomic && status != 401)) {
		code = import_run_finish(run, &done);
		return code == CTL_OK ? import_run_code(run, &done.counts) : code;
	}
	return CTL_REFUSED;
}
