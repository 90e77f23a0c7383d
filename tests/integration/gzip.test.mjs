// SPDX-License-Identifier: Apache-2.0
// Answers that are packed: the same bytes when unpacked, for those who ask only, with tags and
// headers that caches and conditional requests can rely on.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import zlib from 'node:zlib';
import { COUNTY, PERIOD, countyItems, putCounty, putRegions } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('gzip');
const STATUS = `/v1/counties/${COUNTY}/status?period=${PERIOD}`;
const OWN = `/v1/county-reports/${PERIOD}/${COUNTY}`;
let admin;
let key;

// { status, headers, bytes }, nothing unpacked
function raw(path, headers = {}, { method = 'GET', body } = {}) {
  return new Promise((resolve, reject) => {
    const all = { Authorization: `Bearer ${key}`, ...(body && { 'Content-Type': 'application/json' }), ...headers };
    const rq = http.request({ host: '127.0.0.1', port: world.apis[0].port, path, method, headers: all }, (rs) => {
      const chunks = [];
      rs.on('data', (chunk) => chunks.push(chunk));
      rs.on('end', () => resolve({ status: rs.statusCode, headers: rs.headers, bytes: Buffer.concat(chunks) }));
      rs.on('error', reject);
    });
    rq.on('error', reject);
    rq.end(body);
  });
}

const gzip = (value = 'gzip') => ({ 'Accept-Encoding': value });

describe('gzip', () => {
  before(async () => {
    await world.start();
    key = await world.key('admin');
    admin = world.client(key);
    await putRegions(admin);
    const version = await putCounty(admin, { n: 5 });
    await world.status(COUNTY, PERIOD, version);
  });
  after(() => world.stop());

  it('gives the same bytes, of every type that shrinks', async () => {
    for (const [path, type] of [[STATUS, /^application\/json/], ['/openapi.json', /^application\/json/], ['/v1/changes', /json/],
      [`/v1/counties/${COUNTY}/form.csv?period=${PERIOD}&table=4`, /^text\/csv/],
      [`/v1/counties/${COUNTY}/report.html?period=${PERIOD}`, /^text\/html/], ['/metrics', /^text\/plain/]]) {
      const plain = await raw(path);
      const packed = await raw(path, gzip());
      assert.deepEqual([plain.status, packed.status], [200, 200], `${path} ${plain.bytes}`);
      assert.ok(plain.bytes.length > 1024, path);
      assert.match(packed.headers['content-type'], type);
      assert.equal(packed.headers['content-encoding'], 'gzip', path);
      assert.equal(plain.headers['content-encoding'], undefined, path);
      assert.deepEqual([plain.headers.vary, packed.headers.vary], ['Accept-Encoding', 'Accept-Encoding'], path);
      assert.ok(packed.bytes.length < plain.bytes.length / 2, `${path}: ${packed.bytes.length} of ${plain.bytes.length}`);
      assert.equal(Number(packed.headers['content-length']), packed.bytes.length);
      // the report says when it was made
      const untimed = (bytes) => (/html/.test(type) ? bytes.toString().replace(/\d\d:\d\d:\d\d\.\d+/g, '') : bytes);
      const unpacked = zlib.gunzipSync(packed.bytes);
      if (path === '/metrics') assert.match(unpacked.toString(), /^# HELP junheng_/);
      else assert.deepEqual(untimed(unpacked), untimed(plain.bytes), path);
    }
  });

  it('packs what a mistake is answered with', async () => {
    const items = Object.fromEntries(Object.keys(countyItems()).map((name) => [name, { value: 'x', nothing: 1 }]));
    const { status, headers, bytes } = await raw(OWN, gzip(), { method: 'PUT', body: JSON.stringify({ items }) });
    assert.deepEqual([status, headers['content-encoding'], headers['content-type']], [422, 'gzip', 'application/problem+json']);
    assert.ok(JSON.parse(zlib.gunzipSync(bytes)).errors.length > 10);
  });

  it('only for those who ask', async () => {
    for (const value of ['gzip', 'GZIP', 'x-gzip', 'br, gzip', 'deflate,gzip;q=0.1', '*', 'br;q=1.0, *;q=0.5', 'gzip;q=1.000']) {
      assert.equal((await raw(STATUS, gzip(value))).headers['content-encoding'], 'gzip', value);
    }
    for (const value of ['', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.000', 'gzip; q=0, *', '*;q=0', 'gzipped', 'br;q=1, deflate']) {
      const { headers } = await raw(STATUS, gzip(value));
      assert.deepEqual([headers['content-encoding'], headers.vary], [undefined, 'Accept-Encoding'], value);
    }
  });

  it('not what is small, packed already, or a stream', async () => {
    for (const path of ['/healthz', `/v1/regions/${COUNTY}`]) {
      const { headers } = await raw(path, gzip());
      assert.deepEqual([headers['content-encoding'], headers.vary], [undefined, undefined], path);
    }
    const workbook = await raw(`/v1/counties/${COUNTY}/form.xlsx?period=${PERIOD}`, gzip());
    assert.equal(workbook.status, 200);
    assert.deepEqual([workbook.headers['content-encoding'], workbook.headers.vary], [undefined, undefined]);
    assert.equal(workbook.bytes.subarray(0, 2).toString(), 'PK');
    await new Promise((resolve, reject) => {
      const rq = http.get({ host: '127.0.0.1', port: world.apis[0].port, path: '/v1/events?after=0',
        headers: { Authorization: `Bearer ${key}`, Accept: 'text/event-stream', ...gzip() } }, (rs) => {
        try {
          assert.deepEqual([rs.headers['content-encoding'], rs.headers.vary], [undefined, undefined]);
          assert.match(rs.headers['content-type'], /event-stream/);
          resolve();
        } catch (e) {
          reject(e);
        }
        rq.destroy();
      });
      rq.on('error', reject);
    });
  });

  it('HEAD has the headers of GET', async () => {
    const get = await raw(STATUS, gzip());
    const head = await raw(STATUS, gzip(), { method: 'HEAD' });
    assert.equal(head.bytes.length, 0);
    for (const name of ['content-encoding', 'content-length', 'etag', 'vary', 'content-type']) {
      assert.equal(head.headers[name], get.headers[name], name);
    }
  });

  it('has a tag of its own, and either is known again', async () => {
    for (const path of [STATUS, OWN]) {
      const plain = (await raw(path)).headers.etag;
      const packed = (await raw(path, gzip())).headers.etag;
      assert.match(plain, /^"[0-9a-f]+"$/);
      assert.equal(packed, plain.replace(/"$/, '-gzip"'));
      for (const [asks, etag] of [[gzip(), packed], [{}, plain]]) {
        for (const tag of [plain, packed, `W/${packed}`, `"x", ${packed}`, `"x-gzip", ${plain}`]) {
          const { status, headers, bytes } = await raw(path, { ...asks, 'If-None-Match': tag });
          assert.deepEqual([status, headers.etag, headers.vary, headers['content-encoding'], bytes.length],
            [304, etag, 'Accept-Encoding', undefined, 0], `${path} ${tag}`);
        }
        for (const tag of ['"x-gzip"', '"-gzip"', plain.replace(/"$/, '-gzi"')]) {
          assert.equal((await raw(path, { ...asks, 'If-None-Match': tag })).status, 200, tag);
        }
      }
    }
  });

  it('If-Match takes the tag of a packed answer', async () => {
    const { headers } = await raw(OWN, gzip());
    const put = (value, tag) => admin.put(OWN, { items: countyItems({ G7: { value } }) }, { headers: { 'If-Match': tag } });
    assert.match(headers.etag, /^"\d+-gzip"$/);
    assert.equal((await put(8124, headers.etag)).status, 200);
    assert.equal((await put(8125, headers.etag)).status, 412);
    assert.equal((await put(8125, '"-gzip"')).status, 412);
    assert.equal((await raw(OWN, { ...gzip(), 'If-None-Match': headers.etag })).status, 200);
  });
});
