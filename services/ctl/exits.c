/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/exits.h"

#include <stdio.h>

int exit_of_err(enum err code)
{
	if (code == ERR_OK)
		return CTL_OK;
	if (code == ERR_DB_DOWN || code == ERR_BUSY)
		return CTL_UNREACHABLE;
	/* What has a 4xx of its own is refused; the rest is a failure on our side. */
	return err_http(code) < 500 ? CTL_REFUSED : CTL_FAILED;
}

int exit_of_status(long http_status)
{
	if (http_status >= 200 && http_status < 300)
		return CTL_OK;
	if (http_status == 429 || (http_status >= 502 && http_status <= 504))
		return CTL_UNREACHABLE;
	return http_status >= 400 && http_status < 500 ? CTL_REFUSED : CTL_FAILED;
}

int exit_saying(enum err code, const struct err_info *info)
{
	fprintf(stderr, "junhengctl: %s\n", info->text[0] ? info->text : err_text(code));
	return exit_of_err(code);
}
