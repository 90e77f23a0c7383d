/* SPDX-License-Identifier: Apache-2.0 */
/* Who runs imports: two threads of each API process, of which one takes small jobs only, so that an
 * office's file does not wait behind the nation's. Nor behind another office's whose county
 * somebody holds: a small job that does not get its turn soon is left, and tried again after those
 * that wait, each time after a longer pause. A job of a process that died is found within a second
 * or so, by any API. One of the two also removes imports that were kept for long enough. */
#ifndef API_IMPORTER_H
#define API_IMPORTER_H

#include "api/call.h"

#define IMPORT_SMALL_BYTES  (1 << 20)
#define IMPORT_ANSWER_MS    20000 /* a small job that takes longer goes on in the background */
#define IMPORT_TURN_MS      2000  /* how long a small job waits for its turn at first, … */
#define IMPORT_AGAIN_MS     500   /* … and when it is tried again, … */
#define IMPORT_PAUSE_MS     1000  /* … after so long, which doubles … */
#define IMPORT_PAUSE_MAX_MS 8000  /* … up to this */

struct importer;
enum err importer_new(struct api *api, struct importer **ret_importer,
		      struct err_info *info) MUST_CHECK;
/* A job that runs is left where it is: it is begun anew by whoever takes it. Accepts NULL. */
void importer_free(struct importer *im);

/* There is a job to run. */
void importer_wake(struct importer *im);
/* Waits until some job has moved on, or ms have passed. */
void importer_wait(struct importer *im, int ms);
/* A job moved on. */
void importer_moved(struct importer *im);

/* Runs a job that is waiting, to its end; or leaves it as it is, for another time. *ret_kept:
 * because somebody keeps the turn of one of its counties. */
void import_run(struct api *api, int64_t id, bool *ret_kept);

#endif
