// SPDX-License-Identifier: Apache-2.0
// The list of imports, and how long they are kept.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { PERIOD, REGIONS, putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('import_list', { monitors: 0 });
const CSV = 'text/csv';
const wrong = (n) => `school,period,primary.students\n${Array.from({ length: n }, (_, i) => `${schoolCode(1 + i)},${PERIOD},-1\n`).join('')}`;
const right = (n) => `school,period,primary.students\n${schoolCode(1)},${PERIOD},${n}\n`;
let province, county, other;

const send = async (client, body, query = '') => {
  const { status, json, text } = await client.request('POST', `/v1/imports${query}`, { body, type: CSV });
  assert.ok(status < 300, text);
  return json.id;
};
const list = async (client, query = '') => (await client.get(`/v1/imports${query}`)).json;
const ids = (page) => page.items.map((i) => i.id);
const age = (id, days) => world.sql(
  `UPDATE import_job SET made_at = made_at - interval '${days} d', ended_at = ended_at - interval '${days} d' WHERE id = ${id}`);
const left = async (id) => (await world.sql(`SELECT (SELECT count(*) FROM import_job WHERE id = ${id}),
  (SELECT count(*) FROM import_error WHERE job = ${id}), (SELECT count(*) FROM import_line WHERE job = ${id}),
  (SELECT count(*) FROM import_part WHERE job = ${id})`))[0].map(Number);
const gone = (id) => waitFor(`import ${id} to be removed`, async () => (await left(id)).every((n) => n === 0),
  { deadline: 60000, every: 200 });

describe('imports are listed and kept for a while', () => {
  before(async () => {
    await world.start();
    const admin = await world.as('admin');
    await putRegions(admin, [...REGIONS, ['33', '浙江省']]);
    await putSchool(admin, schoolCode(1), school());
    province = await world.as('reporter', '34');
    county = await world.as('reporter', '340207');
    other = await world.as('reporter', '33');
  });
  after(() => world.stop());

  it('lists those of the region, the newest first, page by page', async () => {
    const mine = [];
    for (let n = 1; n <= 5; n++) mine.unshift(await send(n % 2 ? province : county, right(n)));
    await send(other, right(9), '?dry_run=true');
    const all = await list(province);
    assert.deepEqual(ids(all), mine);
    assert.equal(all.next, null);
    assert.deepEqual(all.items.map((i) => i.region), ['34', '340207', '34', '340207', '34']);
    const { id, state, rows, made_at: made, ended_at: ended } = all.items[0];
    assert.deepEqual([id, state, rows], [mine[0], 'done', 1]);
    assert.ok(made < ended);
    assert.deepEqual(ids(await list(county)), [mine[1], mine[3]], 'a county sees its own');

    const first = await province.get('/v1/imports?limit=2');
    assert.match(first.headers.link, /rel="next"/);
    const second = await list(province, `?limit=2&cursor=${first.json.next}`);
    const third = await list(province, `?limit=2&cursor=${second.next}`);
    assert.deepEqual([first.json, second, third].flatMap(ids), mine);
    assert.equal(third.next, null);
  });

  it('by state and by key', async () => {
    const failed = await send(county, wrong(1));
    const opened = await send(county, '');
    assert.deepEqual(ids(await list(province, '?state=failed')), [failed]);
    const receiving = await list(province, '?state=receiving');
    assert.deepEqual(ids(receiving), [opened]);
    assert.equal(receiving.items[0].ended_at, null);
    const { key } = receiving.items[0];
    assert.ok((await list(province, `?key=${key}`)).items.every((i) => i.region === '340207'));
    assert.deepEqual(ids(await list(other, `?key=${key}`)), []);
    for (const query of ['?state=lost', '?key=0', '?key=x', '?cursor=%21', '?limit=0', '?after=1']) {
      assert.equal((await province.get(`/v1/imports${query}`)).status, 400, query);
    }
    await county.delete(`/v1/imports/${opened}`);
  });

  it('removes what ended long ago, with all of its errors, and nothing younger', async () => {
    const old = await send(province, wrong(5000));
    const young = await send(province, wrong(3));
    assert.deepEqual((await left(old)).slice(0, 3), [1, 5000, 5000]);
    await age(young, 89);
    await age(old, 91);
    await gone(old);
    assert.equal((await province.get(`/v1/imports/${old}`)).status, 404);
    assert.deepEqual((await left(young)).slice(0, 3), [1, 3, 3]);
    assert.equal((await province.get(`/v1/imports/${young}`)).json.errors.length, 3);
  });

  it('drops the bytes of what was begun and never committed after a day, and later the rest', async () => {
    const id = await send(province, '');
    const part = Buffer.from(right(3));
    const hash = crypto.createHash('sha256').update(part).digest('base64');
    const { status } = await province.request('PUT', `/v1/imports/${id}/parts/1`, { body: part,
      type: 'application/octet-stream', headers: { 'Content-Digest': `sha-256=:${hash}:` } });
    assert.equal(status, 200);
    await age(id, 2);
    await waitFor('its bytes to go', async () => (await left(id))[3] === 0, { deadline: 60000, every: 200 });
    const { json: { state, failure } } = await province.get(`/v1/imports/${id}`);
    assert.deepEqual([state, failure], ['cancelled', '24 小时内未提交,已取消 / not committed within 24 hours: cancelled']);
    await age(id, 91);
    await gone(id);
  });

  it('parts that are sent at the same time are all counted', async () => {
    const id = await send(province, '', '?dry_run=true');
    const parts = ['school,period,primary.students\n', ...Array(15).fill(right(4).split('\n')[1] + '\n')];
    const put = (text, i) => province.request('PUT', `/v1/imports/${id}/parts/${i + 1}`, { body: text,
      type: 'application/octet-stream', headers: { 'Content-Digest':
        `sha-256=:${crypto.createHash('sha256').update(text).digest('base64')}:` } });
    for (const { status, text } of await Promise.all(parts.map(put))) assert.equal(status, 200, text);
    const job = (await province.get(`/v1/imports/${id}`)).json;
    assert.equal(job.bytes, parts.join('').length);
    const done = await province.post(`/v1/imports/${id}/commit`);
    assert.ok([200, 202].includes(done.status), done.text);
    await waitFor('its end', async () => (await province.get(`/v1/imports/${id}`)).json.rows === 15);
  });

  it('several APIs may do so at a time', async () => {
    const many = [];
    for (let n = 0; n < 16; n++) many.push(await send(province, n % 2 ? wrong(50) : right(n)));
    await world.sql(`UPDATE import_job SET ended_at = ended_at - interval '91 d' WHERE id IN (${many})`);
    const second = new World('import_list_2', { monitors: 0, url: world.url });
    await second.start();
    try {
      for (const id of many) await gone(id);
    } finally {
      await second.stop();
    }
  });

  it('a list of errors that breaks off is no list that ends', async () => {
    const id = await send(province, wrong(1));
    // more than what waits on the way to a client that does not read
    await world.sql(`INSERT INTO import_error (job, row, nth, pointer, code, detail)
      SELECT ${id}, i, 1, 'primary.students', 'negative', repeat('x', 80) FROM generate_series(10, 300000) i`);
    const request = http.get({ port: world.apis[0].port, path: `/v1/imports/${id}/errors.csv`,
      headers: { authorization: `Bearer ${await world.key('reporter', '34')}` } });
    const [answer] = await once(request, 'response');
    assert.equal(answer.statusCode, 200);
    answer.pause();
    // from before it can break off: nobody is told of that later
    const broken = assert.rejects(once(answer, 'end'), /aborted/);
    await world.sql('ALTER TABLE import_error RENAME TO import_error_away');
    try {
      world.apis[0].expected.push(/import_error/);
      answer.resume();
      await broken;
      assert.equal(answer.complete, false);
    } finally {
      await world.sql('ALTER TABLE import_error_away RENAME TO import_error');
    }
  });
});
