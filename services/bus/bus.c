/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/bus.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/auto.h"
#include "base/str.h"
#include "bus/socket.h"

static bool key_is_valid(const char *key)
{
	uint8_t raw[32];

	return strlen(key) == BUS_KEY - 1 && zmq_z85_decode(raw, key) != NULL;
}

static enum err read_keys(struct bus *bus, const struct bus_curve *curve, struct err_info *info)
{
	char derived[BUS_KEY];

	if (!*curve->public_key && !*curve->secret_key && !*curve->server_key)
		return ERR_OK;
	if (!key_is_valid(curve->public_key) || !key_is_valid(curve->secret_key))
		return err_set(info, ERR_CONFIG,
			       "CURVE 公钥和私钥须同时设置,各为 40 个 Z85 字符 / CURVE needs both "
			       "a public and a secret key, 40 characters of Z85 each");
	if (*curve->server_key && !key_is_valid(curve->server_key))
		return err_set(info, ERR_CONFIG,
			       "CURVE 对方公钥须为 40 个 Z85 字符 / the CURVE server key must be "
			       "40 characters of Z85");
	/* A pair that does not match would fail silently, at every handshake. */
	if (zmq_curve_public(derived, curve->secret_key) != 0 ||
	    !str_equal(derived, curve->public_key))
		return err_set(info, ERR_CONFIG,
			       "CURVE 公钥与私钥不成对 / the CURVE public key is not that of the "
			       "secret key");
	bus->curve = true;
	str_copy(bus->public_key, sizeof(bus->public_key), curve->public_key);
	str_copy(bus->secret_key, sizeof(bus->secret_key), curve->secret_key);
	str_copy(bus->server_key, sizeof(bus->server_key), curve->server_key);
	return ERR_OK;
}

enum err bus_new(const struct bus_curve *curve, struct bus **ret_bus, struct err_info *info)
{
	auto_free struct bus *bus = calloc(1, sizeof(*bus));
	enum err e;

	if (!bus)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	e = read_keys(bus, curve, info);
	if (e != ERR_OK)
		return e;
	bus->context = zmq_ctx_new();
	if (!bus->context)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	*ret_bus = STEAL(bus);
	return ERR_OK;
}

void bus_free(struct bus *bus)
{
	if (!bus)
		return;
	/* Waits for what lingers, at most linger_ms; a signal does not cut that short. */
	while (zmq_ctx_term(bus->context) != 0 && zmq_errno() == EINTR)
		;
	free(bus);
}
