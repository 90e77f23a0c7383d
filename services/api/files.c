/* SPDX-License-Identifier: Apache-2.0 */
#include "api/files.h"

#include <sys/resource.h>

#define BESIDES 64 /* the bus and its peers, imports, PDFs, workbooks, what libraries open */

enum err files_reserve(const struct config *config, struct err_info *info)
{
	const rlim_t need = (rlim_t)(config->connections_max + config->pool_size + BESIDES);
	struct rlimit limit;

	/* Who does not tell us a limit has none that we could raise. */
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
		return ERR_OK;
	limit.rlim_cur = need;
	if (need <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return ERR_OK;
	return err_set(info, ERR_CONFIG,
		       "JUNHENG_CONNECTIONS_MAX=%d 需要 %llu 个打开的文件,上限为 %llu / needs %llu "
		       "open files, the limit is %llu",
		       config->connections_max, (unsigned long long)need,
		       (unsigned long long)limit.rlim_max, (unsigned long long)need,
		       (unsigned long long)limit.rlim_max);
}
