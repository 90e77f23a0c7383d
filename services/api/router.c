/* SPDX-License-Identifier: Apache-2.0 */
#include "api/router.h"

#include <stdio.h>
#include <string.h>

#include "api/reply.h"
#include "base/str.h"

/* Compares by segments; decoded parameters go to *out. */
static bool path_matches(const char *template, const char *path, struct path_params *out)
{
	out->n = 0;
	while (*template == '/' && *path == '/') {
		const size_t t = strcspn(++template, "/");
		const size_t p = strcspn(++path, "/");

		if (*template == '{') {
			if (p == 0 || out->n == PATH_PARAMS_MAX ||
			    !percent_decode(path, p, false, out->value[out->n], PATH_PARAM))
				return false;
			out->name[out->n++] = template + 1;
		} else if (t != p || strncmp(template, path, t) != 0) {
			return false;
		}
		template += t;
		path += p;
	}
	return *template == '\0' && *path == '\0';
}

static void allow_add(char *allow, const char *method)
{
	const size_t len = strlen(allow);

	if (snprintf(allow + len, ALLOW_BYTES - len, "%s%s", len ? ", " : "", method) < 0)
		allow[len] = '\0';
}

enum err router_find(const struct route *table, size_t n, const char *method, const char *path,
		     const struct route **ret_route, struct path_params *ret_params, char *allow)
{
	const char *wanted = str_equal(method, "HEAD") ? "GET" : method;
	struct path_params params;

	allow[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (!path_matches(table[i].path, path, &params))
			continue;
		if (str_equal(table[i].method, wanted)) {
			*ret_route = &table[i];
			*ret_params = params;
			allow[0] = '\0';
			return ERR_OK;
		}
		allow_add(allow, table[i].method);
		if (str_equal(table[i].method, "GET"))
			allow_add(allow, "HEAD");
	}
	if (!allow[0])
		return ERR_NOT_FOUND;
	allow_add(allow, "OPTIONS");
	return ERR_METHOD;
}
