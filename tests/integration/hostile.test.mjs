// SPDX-License-Identifier: Apache-2.0
// Clients that mean harm, or know no better. Whatever they do, others are answered meanwhile, and
// the API's memory stays below what README.md says.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import zlib from 'node:zlib';
import { ROOT, SLOW, waitFor } from '../lib/env.mjs';
import { PERIOD, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { Bystander, metric, open, pour, status } from '../lib/hostile.mjs';
import { rawExchange } from '../lib/http.mjs';
import { World } from '../lib/world.mjs';

const world = new World('hostile', { monitors: 0, apis: 2 });
const URL_ = `/v1/reports/${PERIOD}/${schoolCode(1)}`;
const CSV = 'Content-Type: text/csv';
const JSON_ = 'Content-Type: application/json';
const MIB = 1 << 20;
let client, key, port, slow;

const head = (method, url, more = [], auth = `Authorization: Bearer ${key}`) =>
  [`${method} ${url} HTTP/1.1`, 'Host: x', ...(auth ? [auth] : []), ...more, '', ''].join('\r\n');
const digest = (bytes) => `sha-256=:${crypto.createHash('sha256').update(bytes).digest('base64')}:`;
const peakAllowed = () => {
  const said = /API.*at most (\d+) MB/.exec(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8'));
  return Number(said[1]) * 1000;
};

// A test during which another client works; action gets it to wait for.
function meanwhile(what, action, api = 0) {
  it(what, async () => {
    const at = world.apis[api].port;
    const bystander = new Bystander(at, [{ path: '/readyz' }, { path: URL_, key },
      { method: 'PUT', path: URL_, key, body: JSON.stringify(report(300)) }]);
    try {
      await bystander.more(3);
      await action(bystander);
      await bystander.more(10);
    } finally {
      await bystander.end();
    }
    // Sanitizers keep what was freed.
    if (SLOW === 1) assert.ok(world.apis[api].peak() < peakAllowed(), `${world.apis[api].peak()} KB`);
  });
}

describe('hostile clients', () => {
  before(async () => {
    await world.prepare();
    world.apis[1].env.JUNHENG_REQUEST_TIMEOUT_S = '2';
    for (const api of world.apis) await world.startApi(api);
    client = await world.as('admin');
    key = await world.key('admin');
    port = world.apis[0].port;
    slow = world.apis[1].port;
    await putRegions(client);
    await putSchool(client, schoolCode(1), school());
    await client.put(URL_, report(300));
  });
  after(() => world.stop());

  const ended = (id) => waitFor('the end of the import', async () => {
    const { json } = await client.get(`/v1/imports/${id}`);
    return ['done', 'failed'].includes(json.state) && json;
  }, { deadline: 60000 });
  const begun = async () => (await client.post('/v1/imports', '', { type: 'text/csv' })).json.id;
  const places = () => waitFor('its places to be free', async () => (await metric(client, 'http_connections')) < 24);

  meanwhile('an upload that is killed in the middle of its body, or of a part, leaves nothing', async (bystander) => {
    const id = await begun();
    const half = Buffer.alloc(MIB, 'x');
    const targets = [head('PUT', URL_, [JSON_, 'Content-Length: 60000']),
      head('PATCH', URL_, [JSON_, 'Transfer-Encoding: chunked']) + 'ffff\r\n',
      head('POST', '/v1/imports', [CSV, `Content-Length: ${2 * MIB}`]),
      head('PUT', `/v1/imports/${id}/parts/1`, [`Content-Digest: ${digest('')}`, `Content-Length: ${2 * MIB}`]),
      head('PUT', `/v1/imports/${id}/parts/2`, [`Content-Digest: ${digest('')}`, 'Transfer-Encoding: chunked']) + '200000\r\n'];
    const jobs = await world.sql('SELECT count(*) FROM import_job');
    const sockets = Array.from({ length: 30 }, (_, i) => open(port, targets[i % targets.length]));
    for (const [i, socket] of sockets.entries()) socket.write(i % 5 < 2 ? 'x'.repeat(50000) : half);
    await bystander.more(10);
    for (const socket of sockets) socket.destroy();
    await places();
    assert.deepEqual(await world.sql('SELECT count(*) FROM import_job'), jobs);
    assert.deepEqual(await world.sql('SELECT parts, bytes FROM import_job ORDER BY id DESC LIMIT 1'), [['0', '0']]);
  });

  meanwhile('headers and bodies that come byte by byte are cut at the deadline', async (bystander) => {
    const late = await metric(world.client(key, world.apis[1]), 'http_connections_late_total');
    const sockets = [...Array(60)].map(() => open(slow, 'GET /healthz HTTP/1.1\r\nX-A: '))
      .concat([...Array(60)].map(() => open(slow, head('PUT', URL_, [JSON_, 'Content-Length: 5000']))))
      .concat([...Array(20)].map(() => open(slow, head('PUT', URL_, [JSON_, 'Transfer-Encoding: chunked']))));
    const dribble = setInterval(() => {
      for (const [i, socket] of sockets.entries()) socket.write(i < 120 ? 'a' : '1\r\na\r\n');
    }, 100);
    await bystander.more(20);
    await Promise.all(sockets.map((socket) => socket.gone));
    clearInterval(dribble);
    assert.ok((await metric(world.client(key, world.apis[1]), 'http_connections_late_total')) >= late + 140);
  }, 1);

  meanwhile('ten thousand connections that say nothing keep nobody out', async (bystander) => {
    const limit = Number(/Max open files\s+(\d+)/.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1]);
    const wanted = Math.min(10000, limit - 300);
    const before = await metric(client, 'http_connections_evicted_total') +
      await metric(client, 'http_connections_refused_total');
    const sockets = [];
    for (let i = 0; i < wanted; i += 500) {
      for (let k = 0; k < 500; k++) sockets.push(open(port));
      await bystander.more(1);
    }
    await waitFor('those above the limit to be closed', () =>
      sockets.filter((s) => s.readyState === 'open').length <= 256);
    await bystander.more(30);
    const now = await metric(client, 'http_connections_evicted_total') +
      await metric(client, 'http_connections_refused_total');
    assert.ok(now - before >= wanted - 256, `${now - before} of ${wanted} were counted`);
    assert.ok((await metric(client, 'http_connections')) <= 256);
    for (const socket of sockets) socket.destroy();
    await places();
  });

  meanwhile('connections that begin a request and stop keep nobody out', async (bystander) => {
    const sockets = [];
    for (let i = 0; i < 1000; i++) {
      sockets.push(open(port, i % 2 ? 'GET / HT' : head('PUT', URL_, [JSON_, 'Content-Length: 60000'])));
      if (i % 100 === 0) await bystander.more(1);
    }
    await bystander.more(30);
    for (const socket of sockets) socket.destroy();
    await places();
  });

  const chunk = (bytes) => Buffer.from(`${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`);
  const tooLarge = [
    ['a report', head.bind(null, 'PUT', URL_), [JSON_], 413],
    ['an import', head.bind(null, 'POST', '/v1/imports'), [CSV], 413],
    ['one that asks first', head.bind(null, 'POST', '/v1/imports'), [CSV, 'Expect: 100-continue'], 413],
    ['a part', head.bind(null, 'PUT', '/v1/imports/1/parts/1'), [`Content-Digest: ${digest('')}`], 413],
    ['no route', head.bind(null, 'PUT', '/v1/nowhere'), [], 404],
    ['a wrong method', head.bind(null, 'DELETE', '/v1/imports'), [], 405],
  ];

  meanwhile('two gigabytes are refused before they are sent, where they are announced', async () => {
    for (const [what, make, headers, expected] of tooLarge) {
      const { sent, got } = await pour(port, make([...headers, `Content-Length: ${2048 * MIB}`]),
        Buffer.alloc(MIB, 'x'), 2048 * MIB);
      assert.equal(status(got), expected, `${what}: ${got.slice(0, 200)}`);
      assert.match(got, /\r\nContent-Type: application\/problem\+json\r\n/, what);
      assert.match(got, /\r\nConnection: close\r\n/i, what);
      const [, length, body] = /Content-Length: (\d+)[^]*?\r\n\r\n([^]*)$/.exec(got);
      assert.equal(body.length, Number(length), what);
      assert.equal(JSON.parse(body).status, expected, what);
      assert.ok(sent < 256 * MIB, `${what}: ${sent} bytes`);
    }
  });

  it('a refusal of HEAD has no body', async () => {
    const got = await rawExchange(port, [head('HEAD', '/healthz', [`Content-Length: ${MIB}`])]);
    assert.equal(status(got), 413);
    assert.match(got, /\r\n\r\n$/);
  });

  meanwhile('and where they come in chunks, at the limit of the route', async () => {
    const before = await metric(client, 'http_bodies_refused_total');
    for (const [what, make, headers] of tooLarge.filter(([what]) => !/first|method/.test(what))) {
      const { sent, got } = await pour(port, make([...headers, 'Transfer-Encoding: chunked']), chunk(MIB), 2048 * MIB);
      assert.equal(status(got), 413, `${what}: ${got.slice(0, 200)}`);
      assert.ok(sent < 256 * MIB, `${what}: ${sent} bytes`);
    }
    assert.equal(await metric(client, 'http_bodies_refused_total'), before + 4);
  });

  meanwhile('a large body without a key is not received', async () => {
    for (const auth of ['', 'Authorization: Bearer jh_nobody']) {
      for (const framing of [`Content-Length: ${2 * MIB}`, 'Transfer-Encoding: chunked']) {
        const { got } = await pour(port, head('POST', '/v1/imports', [CSV, framing], auth), chunk(MIB), 64 * MIB);
        assert.equal(status(got), 401, got.slice(0, 200));
        assert.match(got, /WWW-Authenticate: Bearer/);
      }
    }
  });

  meanwhile('many large bodies wait for one another', async (bystander) => {
    const body = Buffer.alloc(2 * MIB, 'x');
    const id = await begun();
    // and for an import that goes on, all of whose rows are wrong
    const rows = Buffer.from(`school,period,primary.students\n${`${schoolCode(7)},${PERIOD},1\n`.repeat(60000)}`);
    const running = await client.post('/v1/imports', rows, { type: 'text/csv' });
    assert.equal(running.status, 202);
    const send = (n) => client.request('PUT', `/v1/imports/${id}/parts/${n}`,
      { body, type: 'application/octet-stream', headers: { 'Content-Digest': digest(body) } });
    // (who is told to come again does so)
    const sent = async (n) => waitFor(`part ${n} to be taken`, async () => {
      const answer = await send(n);
      assert.ok(answer.status === 200 || answer.headers['retry-after'], answer.text);
      return answer.status === 200;
    }, { deadline: 60000 });
    await Promise.all([...Array(24)].map((_, i) => sent(i + 1)));
    const { bytes } = (await client.get(`/v1/imports/${id}`)).json;
    assert.equal(bytes, 24 * body.length);
    await bystander.more(5);
    assert.equal((await client.delete(`/v1/imports/${id}`)).json.state, 'cancelled');
    assert.equal((await ended(running.json.id)).rejected, 60000);
  });

  meanwhile('a gzip bomb is refused, whole or as a part', async () => {
    const bombOf = (mib) => zlib.gzipSync(Buffer.alloc(mib * MIB, '\n'), { level: 9 });
    const bomb = bombOf(256);
    // by how much it grows, or by its lines, whichever is too much first
    for (const [bytes, why] of [[bombOf(40), /200/], [bomb, /10000000/]]) {
      for (const type of ['text/csv', 'application/x-ndjson']) {
        const sent = await client.post('/v1/imports', bytes, { type, headers: { 'Content-Encoding': 'gzip' } });
        const one = await ended(sent.json.id);
        assert.equal(one.state, 'failed');
        assert.match(one.failure, why);
      }
    }
    const id = await begun();
    const part = await client.request('PUT', `/v1/imports/${id}/parts/1`, { body: bomb,
      headers: { 'Content-Digest': digest(bomb), 'Content-Encoding': 'gzip' }, type: 'application/octet-stream' });
    assert.equal(part.status, 200);
    assert.ok([200, 202].includes((await client.post(`/v1/imports/${id}/commit`)).status));
    assert.equal((await ended(id)).state, 'failed');
    // nothing else takes gzip
    const packed = await client.put(URL_, zlib.gzipSync(JSON.stringify(report(100))), { headers: { 'Content-Encoding': 'gzip' } });
    assert.equal(packed.status, 415);
  });

  meanwhile('headers of 100 KB and 100,000 query parameters are refused', async () => {
    const many = Array.from({ length: 100000 }, (_, i) => `a${i}=1`).join('&');
    for (const text of [head('GET', '/healthz', [`X-A: ${'a'.repeat(100000)}`]),
      head('GET', '/healthz', [...Array(2000)].map((_, i) => `X-${i}: ${'a'.repeat(40)}`)),
      head('GET', `/v1/alerts?${many}`)]) {
      const got = await rawExchange(port, [text]);
      assert.ok([413, 414, 431].includes(status(got)), got.slice(0, 100));
    }
    const few = Array.from({ length: 100 }, (_, i) => `a${i}=1`).join('&');
    assert.equal(status(await rawExchange(port, [head('GET', `/v1/alerts?${few}`, ['Connection: close'])])), 400);
  });

  meanwhile('nonsense for chunks is refused, and what follows it is no request', async () => {
    const chunked = head('PUT', URL_, [JSON_, 'Transfer-Encoding: chunked']);
    const smuggled = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    for (const nonsense of ['xyz\r\n', '-5\r\nhello\r\n', '\r\n', '5hello\r\n', '0x5\r\nhello\r\n',
      'ffffffffffffffffff\r\nhello\r\n', '5\r\nhelloworld\r\n', ' 5\r\nhello\r\n']) {
      const got = await rawExchange(port, [chunked, nonsense, smuggled, smuggled], { end: true });
      const answers = got.match(/HTTP\/1\.1 \d+/g) ?? [];
      assert.ok(answers.length <= 1 && !/ 200$/.test(answers[0] ?? ''), `${JSON.stringify(nonsense)}: ${got.slice(0, 200)}`);
    }
    for (const framing of [['Content-Length: 5', 'Transfer-Encoding: chunked'], ['Content-Length: 5', 'Content-Length: 6'],
      ['Content-Length: -1'], ['Content-Length: 5x'], ['Content-Length: 99999999999999999999'], ['Transfer-Encoding: gzip, x']]) {
      const got = await rawExchange(port, [head('PUT', URL_, [JSON_, ...framing]), 'hello', smuggled], { end: true });
      assert.doesNotMatch(got, /HTTP\/1\.1 2/, `${framing}`);
    }
  });

  meanwhile('a hundred requests sent at once are answered in order', async () => {
    const ids = [...Array(100)].map((_, i) => `n-${i}`);
    const requests = ids.map((id, i) => head('GET', i % 2 ? '/healthz' : URL_,
      [`X-Request-Id: ${id}`, ...(i === 99 ? ['Connection: close'] : [])]));
    const got = await rawExchange(port, [requests.join('')]);
    assert.equal(got.match(/HTTP\/1\.1 200 /g).length, 100);
    assert.deepEqual([...got.matchAll(/X-Request-Id: (\S+)/gi)].map((m) => m[1]), ids);
  });

  meanwhile('bytes that are no UTF-8 reach nothing', async () => {
    const bytes = (text) => Buffer.from(text, 'latin1');
    for (const [text, expected] of [
      [head('GET', '/v1/schools/\xff\xfe34000001', ['Connection: close']), [400, 404]],
      [head('GET', '/v1/schools/%ff%fe34000001', ['Connection: close']), [400, 404]],
      [head('GET', '/v1/alerts?county=\xff', ['Connection: close']), [400]],
      [head('GET', '/healthz', ['X-Request-Id: \xff\xfe', 'X-A: \xc3\x28', 'Connection: close']), [200]],
      [head('GET', URL_, ['Connection: close'], 'Authorization: Bearer \xff\xfe'), [401]],
      [head('PUT', URL_, [JSON_, 'Content-Length: 4', 'Connection: close']) + '"\xff\xfe"', [400, 422]],
    ]) {
      const got = await rawExchange(port, [bytes(text)]);
      assert.ok(expected.includes(status(got)), `${text.slice(0, 60)}: ${got.slice(0, 200)}`);
      assert.doesNotMatch(got, /[\x80-\xff]\r\n/, 'headers are ASCII');
    }
  });
});
