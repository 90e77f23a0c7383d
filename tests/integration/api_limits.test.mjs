// SPDX-License-Identifier: Apache-2.0
// What a client may not do to the server: too much, too slowly, half, or in a wrong way.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { rawExchange } from '../lib/http.mjs';
import { World } from '../lib/world.mjs';

const world = new World('api_limits', { monitors: 0, apis: 2 });
const URL_ = `/v1/reports/${PERIOD}/${schoolCode(1)}`;
let client;
let port;
let auth;

const head = (method, path, more = []) => [`${method} ${path} HTTP/1.1`, 'Host: x', auth,
  'Content-Type: application/json', ...more, '', ''].join('\r\n');
const status = (text) => Number(/^HTTP\/1\.[01] (\d+)/.exec(text)?.[1]);
const padded = (bytes) => JSON.stringify(report()).replace('{', `{${' '.repeat(bytes)}`);
const healthy = async () => assert.equal((await client.get('/readyz')).status, 200);

// Answered: the headers and as many bytes as they promise.
const whole = (text) => {
  const at = text.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
  return at >= 0 && text.length >= at + 4 + length;
};

describe('limits', () => {
  before(async () => {
    await world.prepare();
    Object.assign(world.apis[1].env, { JUNHENG_CONNECTIONS_MAX: '8', JUNHENG_REQUEST_TIMEOUT_S: '1',
      JUNHENG_STREAMS_MAX: '2' });
    for (const api of world.apis) await world.startApi(api);
    client = await world.as('admin');
    port = world.apis[0].port;
    auth = `Authorization: Bearer ${await world.key('admin')}`;
    await putRegions(client);
    await putSchool(client, schoolCode(1), school());
  });
  after(() => world.stop());

  it('takes a body up to the limit, refuses one byte more', async () => {
    const fit = padded(65536 - Buffer.byteLength(JSON.stringify(report())));
    assert.equal(Buffer.byteLength(fit), 65536);
    assert.equal((await client.put(URL_, fit)).status, 201);
    const counts = await world.tableCounts();
    const over = await client.put(URL_, ` ${padded(70000)}`);
    assert.equal(over.status, 413);
    assert.equal(over.json.type, '/problems/too-large');
    assert.equal((await client.put(URL_, `${fit} `)).status, 413);
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('refuses a body over the limit that comes in chunks, without a length', async () => {
    const chunk = `2000\r\n${' '.repeat(0x2000)}\r\n`;
    const pieces = [head('PUT', URL_, ['Transfer-Encoding: chunked', 'Connection: close']),
      ...Array(20).fill(chunk), '0\r\n\r\n'];
    const text = await rawExchange(port, pieces, { done: whole });
    assert.equal(status(text), 413, text.slice(0, 300));
    await healthy();
  });

  it('takes a small body in chunks', async () => {
    const body = JSON.stringify(report(300));
    const pieces = [head('PUT', URL_, ['Transfer-Encoding: chunked', 'Connection: close']),
      `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`, '0\r\n\r\n'];
    assert.equal(status(await rawExchange(port, pieces, { done: whole })), 200);
  });

  it('writes nothing of a body that is cut off', async () => {
    const counts = await world.tableCounts();
    const body = JSON.stringify(report(900));
    await rawExchange(port, [head('PUT', URL_, [`Content-Length: ${body.length + 50}`]), body], { end: true });
    await rawExchange(port, [head('PUT', URL_, [`Content-Length: ${body.length}`]), body.slice(0, 40)],
      { end: true });
    await healthy();
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('refuses what is not HTTP', async () => {
    for (const text of ['hello\r\n\r\n', '\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n', 'GET\r\n\r\n',
      `GET /v1/alerts HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(200000)}\r\n\r\n`,
      `GET /${'a'.repeat(100000)} HTTP/1.1\r\nHost: x\r\n\r\n`]) {
      const got = await rawExchange(port, [text], { end: true });
      if (got) assert.ok(status(got) >= 400, got.slice(0, 100));
    }
    await healthy();
  });

  it('answers 405 with Allow where only the method is wrong', async () => {
    for (const [method, path, allowed] of [
      ['POST', URL_, ['GET', 'PUT', 'PATCH', 'DELETE']], ['DELETE', '/v1/alerts', ['GET']],
      ['PUT', '/healthz', ['GET']], ['PATCH', `/v1/schools/${schoolCode(1)}`, ['GET', 'PUT', 'DELETE']]]) {
      const answer = await client.request(method, path, { body: {}, check: false });
      assert.equal(answer.status, 405, `${method} ${path}: ${answer.text}`);
      assert.equal(answer.json.type, '/problems/method-not-allowed');
      const allow = answer.headers.allow.split(/, */);
      for (const wanted of allowed) assert.ok(allow.includes(wanted), `${path}: Allow ${allow}`);
      assert.ok(!allow.includes(method));
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    for (const path of [URL_, '/healthz', '/openapi.json', '/v1/alerts']) {
      const got = await client.get(path);
      const done = await client.request('HEAD', path);
      assert.equal(done.status, got.status, path);
      assert.equal(done.text, '');
      assert.equal(done.headers['content-type'], got.headers['content-type']);
      assert.equal(done.headers.etag, got.headers.etag);
    }
  });

  it('keeps the request id that a client gives, and makes one otherwise', async () => {
    const ask = async (id) => {
      const headers = id === undefined ? {} : { 'X-Request-Id': id };
      return (await client.get('/healthz', { headers })).headers['x-request-id'];
    };
    assert.equal(await ask('abc.DEF-1_2'), 'abc.DEF-1_2');
    assert.equal(await ask('a'.repeat(64)), 'a'.repeat(64));
    for (const bad of ['a'.repeat(65), 'a b', '"x"', '', 'é']) assert.notEqual(await ask(bad), bad);
    assert.notEqual(await ask(), await ask());
    await client.get('/v1/nothing', { headers: { 'X-Request-Id': 'find-me-in-the-log' } });
    await world.apis[0].line(/find-me-in-the-log/);
  });

  it('adds the headers that keep a browser and a cache out of it', async () => {
    const { headers } = await client.get(URL_);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['cache-control'] ?? '', /no-store|no-cache|private/);
  });

  it('closes connections that say nothing, or say it too slowly', async () => {
    const small = world.apis[1].port;
    assert.equal(await rawExchange(small, []), '');
    await rawExchange(small, ['GET /healthz HTTP/1.1\r\nHos']);
    await rawExchange(small, [head('PUT', URL_, ['Content-Length: 100']), '{"stages"']);
    assert.equal((await world.client(undefined, world.apis[1]).get('/healthz')).status, 200);
  });

  it('holds a bounded number of connections, and recovers', async () => {
    const small = world.apis[1].port;
    const sockets = [];
    let closed = 0;
    for (let i = 0; i < 40; i++) {
      const socket = net.connect(small, '127.0.0.1');
      socket.on('error', () => {});
      socket.on('close', () => closed++);
      sockets.push(socket);
    }
    await waitFor('the surplus to be closed', () => closed >= 32);
    for (const socket of sockets) socket.destroy();
    await waitFor('a place to be free', async () =>
      (await world.client(undefined, world.apis[1]).get('/healthz')).status === 200);
  });

  it('serves several requests over one connection, in order', async () => {
    const one = head('GET', '/healthz');
    const last = head('GET', URL_, ['Connection: close']);
    const text = await rawExchange(port, [one + one + last]);
    assert.equal(text.match(/HTTP\/1\.1 200/g).length, 3);
  });

  it('limits the number of live streams', async () => {
    const small = world.apis[1].port;
    const streams = [];
    const open = () => new Promise((resolve) => {
      const socket = net.connect(small, '127.0.0.1', () =>
        socket.write(head('GET', '/v1/events', ['Accept: text/event-stream'])));
      streams.push(socket);
      socket.on('error', () => {});
      socket.once('data', (data) => resolve(status(data.toString())));
    });
    assert.deepEqual([await open(), await open()], [200, 200]);
    assert.equal(await open(), 503);
    for (const socket of streams) socket.destroy();
    await waitFor('a stream to be free again', async () => (await open()) === 200,
      { deadline: 45000, every: 200 });
    for (const socket of streams) socket.destroy();
  });
});

// What the settings allow, the process must be able to hold open: else newcomers wait in front of it while it waits for its
// places to be taken.
describe('open files', () => {
  const limited = new World('api_files', { monitors: 0, apis: 2, env: { JUNHENG_CONNECTIONS_MAX: '200' } });
  const under = (api, options) => {
    const script = path.join(limited.dir, `${api.name}.sh`);
    fs.writeFileSync(script, `#!/bin/sh\nulimit ${options}\nexec '${api.binary}'\n`, { mode: 0o755 });
    api.binary = script;
  };
  before(() => limited.prepare());
  after(() => limited.stop());

  it('a limit that can be raised is', async () => {
    const [api] = limited.apis;
    under(api, '-Sn 128');
    await limited.startApi(api);
    const sockets = Array.from({ length: 190 }, () => net.connect(api.port, '127.0.0.1').on('error', () => {}));
    await waitFor('all to be taken in', () => fs.readdirSync(`/proc/${api.pid}/fd`).length > 190);
    assert.match(await rawExchange(api.port, ['GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n']), /^HTTP\/1.1 200/);
    for (const socket of sockets) socket.destroy();
  });

  it('one that cannot stops the start', async () => {
    const api = limited.apis[1];
    under(api, '-n 128');
    api.expected.push(/JUNHENG_CONNECTIONS_MAX=200/);
    api.start();
    await waitFor('it to end', () => !api.running);
    assert.equal((await api.exited).code, 1);
    assert.match(api.lines.at(-1), /needs 272 open files, the limit is 128/);
  });
});
