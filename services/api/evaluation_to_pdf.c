/* SPDX-License-Identifier: Apache-2.0 */
/* A child process between two pipes, with a deadline. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/evaluation.h"
#include "base/str.h"

#define COMPLAINT_BYTES 200 /* of what it says on standard error */
#define TICK_MS         100 /* how long a stop of the service goes unnoticed */
#define BLOCK           16384

enum { IN, OUT, ERR, ENDS };

struct child {
	pid_t pid;
	int fd[ENDS]; /* our ends; -1: closed */
	const struct api *api;
	int64_t deadline_us;
	const struct buf *html;
	size_t written;
	struct buf *pdf;
	struct buf complaint;
};

static void close_end(struct child *c, int end)
{
	if (c->fd[end] >= 0)
		close(c->fd[end]);
	c->fd[end] = -1;
}

static void child_release(struct child *c)
{
	for (int end = 0; end < ENDS; end++)
		close_end(c, end);
	buf_release(&c->complaint);
}

/* --- starting ------------------------------------------------------------------------------ */

static int prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes,
		   const int theirs[ENDS])
{
	sigset_t none, defaults;
	int failed = 0;

	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	for (int end = 0; end < ENDS && !failed; end++)
		failed = posix_spawn_file_actions_adddup2(files, theirs[end], end);
	if (!failed)
		failed = posix_spawn_file_actions_addclosefrom_np(files, ENDS);
	if (!failed)
		failed = posix_spawnattr_setsigmask(attributes, &none);
	if (!failed)
		failed = posix_spawnattr_setsigdefault(attributes, &defaults);
	/* A group of its own, so that what it starts ends with it. */
	if (!failed)
		failed = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK |
								      POSIX_SPAWN_SETSIGDEF |
								      POSIX_SPAWN_SETPGROUP);
	return failed;
}

static int spawn(const char *command, const int theirs[ENDS], pid_t *ret_pid)
{
	char path[4096] = "PATH=/usr/local/bin:/usr/bin:/bin";
	char language[] = "LANG=C.UTF-8", home[] = "HOME=/nonexistent";
	char quiet[] = "--quiet", encoding[] = "--encoding", utf8[] = "utf-8", pipe_[] = "-";
	char *const environment[] = { path, language, home, NULL };
	char name[1025];
	char *const arguments[] = { name, quiet, encoding, utf8, pipe_, pipe_, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int failed;

	str_copy(name, sizeof(name), command);
	if (getenv("PATH") &&
	    snprintf(path, sizeof(path), "PATH=%s", getenv("PATH")) >= (int)sizeof(path))
		return E2BIG;
	failed = posix_spawn_file_actions_init(&files);
	if (failed)
		return failed;
	failed = posix_spawnattr_init(&attributes);
	if (!failed) {
		failed = prepare(&files, &attributes, theirs);
		if (!failed)
			failed = posix_spawnp(ret_pid, name, &files, &attributes, arguments,
					      environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
	return failed;
}

/* Our ends go to c->fd. */
static bool make_pipes(struct child *c, int theirs[ENDS])
{
	for (int end = 0; end < ENDS; end++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC) != 0)
			return false;
		theirs[end] = ends[end == IN ? 0 : 1];
		c->fd[end] = ends[end == IN ? 1 : 0];
		if (fcntl(c->fd[end], F_SETFL, O_NONBLOCK) != 0)
			return false;
	}
	return true;
}

static enum err start(struct child *c, const char *command, struct err_info *info)
{
	int theirs[ENDS] = { -1, -1, -1 };
	int failed = make_pipes(c, theirs) ? 0 : EMFILE;

	if (!failed)
		failed = spawn(command, theirs, &c->pid);
	for (int end = 0; end < ENDS; end++) {
		if (theirs[end] >= 0)
			close(theirs[end]);
	}
	if (failed == ENOENT || failed == EACCES || failed == ENOTDIR)
		return err_set(info, ERR_NOT_INSTALLED, "JUNHENG_PDF_COMMAND '%s': %s", command,
			       strerror(failed));
	if (failed)
		return err_set(info, failed == ENOMEM ? ERR_NOMEM : ERR_BUSY, "%s: %s", command,
			       strerror(failed));
	return ERR_OK;
}

/* --- feeding and reading -------------------------------------------------------------------- */

static void feed(struct child *c)
{
	const ssize_t n = write(c->fd[IN], c->html->data + c->written, c->html->len - c->written);

	if (n > 0)
		c->written += (size_t)n;
	/* It may end without having read everything: its status tells. */
	if (c->written == c->html->len || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_end(c, IN);
}

/* Of a complaint its beginning is kept; of a PDF all, or nothing. */
static void take(struct child *c, int end)
{
	char block[BLOCK];
	const ssize_t n = read(c->fd[end], block, sizeof(block));
	const size_t room = c->complaint.max - c->complaint.len;

	if (n > 0 && end == OUT)
		buf_add(c->pdf, block, (size_t)n);
	else if (n > 0)
		buf_add(&c->complaint, block, (size_t)n < room ? (size_t)n : room);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_end(c, end);
}

static enum err too_late(const struct child *c, struct err_info *info)
{
	if (atomic_load(&c->api->stopping))
		return err_set(info, ERR_BUSY, "正在停止 / stopping");
	if (time_monotonic_us() > c->deadline_us)
		return err_set(info, ERR_IO, "PDF 超过 %d 秒 / the PDF took more than %d s",
			       PDF_TIMEOUT_S, PDF_TIMEOUT_S);
	return ERR_OK;
}

/* Until it has closed both of its outputs. */
static enum err pump(struct child *c, struct err_info *info)
{
	enum err e = ERR_OK;

	while (e == ERR_OK && (c->fd[OUT] >= 0 || c->fd[ERR] >= 0)) {
		struct pollfd wait[ENDS] = { { c->fd[IN], POLLOUT, 0 },
					     { c->fd[OUT], POLLIN, 0 },
					     { c->fd[ERR], POLLIN, 0 } };

		if (poll(wait, ENDS, TICK_MS) < 0 && errno != EINTR)
			return err_set(info, ERR_IO, "poll: %s", strerror(errno));
		if (wait[IN].revents)
			feed(c);
		if (wait[OUT].revents)
			take(c, OUT);
		if (wait[ERR].revents)
			take(c, ERR);
		if (buf_failed(c->pdf))
			return err_set(info, ERR_IO, "PDF 过大 / the PDF is too large");
		e = too_late(c, info);
	}
	return e;
}

/* --- ending ---------------------------------------------------------------------------------- */

/* Its wait status, once it ends within the deadline. */
static enum err await_end(struct child *c, int *ret_status, struct err_info *info)
{
	const struct timespec tick = { .tv_nsec = 5000000 };
	enum err e = ERR_OK;

	while (e == ERR_OK) {
		const pid_t ended = waitpid(c->pid, ret_status, WNOHANG);

		if (ended == c->pid) {
			c->pid = 0;
			return ERR_OK;
		}
		if (ended < 0 && errno != EINTR)
			return err_set(info, ERR_IO, "waitpid: %s", strerror(errno));
		nanosleep(&tick, NULL);
		e = too_late(c, info);
	}
	return e;
}

static void put_to_end(struct child *c)
{
	if (c->pid <= 0)
		return;
	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static enum err check(const struct child *c, int status, struct err_info *info)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && str_starts(c->pdf->data, "%PDF-"))
		return ERR_OK;
	return err_set(info, ERR_IO, "PDF: %s %d: %.*s",
		       WIFEXITED(status) ? "exit status" : "signal",
		       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
		       (int)strcspn(c->complaint.data, "\r\n"), c->complaint.data);
}

static enum err convert(struct child *c, const char *command, struct err_info *info)
{
	int status = 0;
	enum err e = start(c, command, info);

	if (e == ERR_OK)
		e = pump(c, info);
	if (e == ERR_OK)
		e = await_end(c, &status, info);
	put_to_end(c);
	return e == ERR_OK ? check(c, status, info) : e;
}

enum err evaluation_to_pdf(struct api *api, const struct buf *html, struct buf *out,
			   struct err_info *info)
{
	struct child c = { .fd = { -1, -1, -1 },
			   .api = api,
			   .deadline_us = time_monotonic_us() + PDF_TIMEOUT_S * INT64_C(1000000),
			   .html = html,
			   .pdf = out };
	enum err e = ERR_BUSY;

	if (!api->config->pdf_command[0])
		return err_set(info, ERR_NOT_INSTALLED, "JUNHENG_PDF_COMMAND 为空 / is empty");
	buf_init(&c.complaint, COMPLAINT_BYTES);
	if (atomic_fetch_add(&api->pdfs, 1) < PDF_RUNNING_MAX)
		e = convert(&c, api->config->pdf_command, info);
	atomic_fetch_sub(&api->pdfs, 1);
	child_release(&c);
	return e;
}
