// SPDX-License-Identifier: Apache-2.0
// A POST that is sent again with its Idempotency-Key does what it does once.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { putCounty, putRegions } from '../lib/fixtures.mjs';
import { hold, waiting } from '../lib/database.mjs';
import { World } from '../lib/world.mjs';

const world = new World('idempotency');
const BODY = { region: '34', period: '2025' };
let admin;

const post = (key, body = BODY, client = admin) =>
  client.post('/v1/publications', body, { headers: { 'Idempotency-Key': key } });
const count = async () => Number((await world.sql('SELECT count(*) FROM publication'))[0][0]);
const kept = (key) => world.sql(`SELECT coalesce(status::text, 'none') FROM idempotency WHERE key = '${key}'`);

describe('idempotency', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    await world.status('340207', '2025', await putCounty(admin));
  });
  after(() => world.stop());

  it('a repeat does nothing again, and has the same answer', async () => {
    const first = await post('one');
    assert.equal(first.status, 201);
    const again = await post('one');
    assert.deepEqual([again.status, again.text, again.headers['content-type']],
      [201, first.text, first.headers['content-type']]);
    assert.notEqual(again.headers['x-request-id'], first.headers['x-request-id']);
    assert.equal(await count(), 1);
  });

  it('another request with the same key is refused', async () => {
    const { status, json } = await post('one', { ...BODY, title: '另一份' });
    assert.equal(status, 422);
    assert.match(json.detail, /Idempotency-Key/);
    const other = await admin.post('/v1/standards/national-2017/try', { region: '34', period: '2025' },
      { headers: { 'Idempotency-Key': 'one' } });
    assert.equal(other.status, 422);
    assert.equal(await count(), 1);
  });

  it('the same bytes as another type, or packed, are another request', async () => {
    const open = (type, body = '', headers = {}) => admin.request('POST', '/v1/imports', { body, type, headers: { 'Idempotency-Key': 'typed', ...headers } });
    const first = await open('application/x-ndjson');
    assert.equal(first.status, 201);
    assert.equal((await open('application/x-ndjson')).json.id, first.json.id);
    assert.equal((await open('text/csv')).status, 422, 'an import of another format is not opened by it');
    assert.equal((await open('application/x-ndjson', '', { 'Content-Encoding': 'gzip' })).status, 422);
    assert.deepEqual(await world.sql('SELECT count(*) FROM import_job'), [['1']]);
  });

  it('another key, no key, and the same key of another API key are requests of their own', async () => {
    assert.equal((await post('two')).json.number, 2);
    assert.equal((await admin.post('/v1/publications', BODY)).json.number, 3);
    assert.equal((await post('two', BODY, await world.as('admin', '34'))).json.number, 4);
    assert.equal((await post('two')).json.number, 2);
  });

  it('any POST: what a standard would change is told again as it was', async () => {
    const ask = () => admin.post('/v1/standards/national-2017/try', { region: '34', period: '2025' },
      { headers: { 'Idempotency-Key': 'try' } });
    const first = await ask();
    assert.equal(first.status, 200);
    assert.equal((await ask()).text, first.text);
    const [[status]] = await kept('try');
    assert.equal(status, '200');
  });

  it('while the first still runs, 409', async () => {
    const before = await count();
    const release = await hold(world.url, 'LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE');
    const first = post('slow');
    await waiting(world.url);
    const meanwhile = await post('slow');
    assert.equal(meanwhile.status, 409);
    assert.equal((await post('slow', { ...BODY, note: 'x' })).status, 422);
    await release();
    const { status, text } = await first;
    assert.equal(status, 201);
    assert.equal((await post('slow')).text, text);
    assert.equal(await count(), before + 1);
  });

  it('many at once do it once', async () => {
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('storm')));
    const made = answers.filter((a) => a.status === 201);
    assert.ok(made.length >= 1);
    assert.equal(new Set(made.map((a) => a.text)).size, 1);
    for (const a of answers) assert.ok([201, 409].includes(a.status), a.text);
    assert.equal(await count(), before + 1);
  });

  it('what is wrong with the request is told again; what depends on the moment is tried again', async () => {
    const wrong = await post('wrong', { region: '34' });
    assert.equal(wrong.status, 422);
    assert.equal((await post('wrong', { region: '34' })).text, wrong.text);
    assert.equal((await post('forbidden', BODY, await world.as('admin', '35'))).status, 403);
    assert.deepEqual(await kept('forbidden'), []);
  });

  it('a bulletin that had no data, or no region, yet is published once it has', async () => {
    const early = { region: '3403', period: '2025' };
    const code = async () => (await post('early', early)).json.errors?.[0].code;
    assert.equal(await code(), 'unknown_region');
    await putRegions(admin, [['3403', '蚌埠市'], ['340302', '龙子湖区']]);
    assert.equal(await code(), 'no_data');
    assert.deepEqual(await kept('early'), []);
    await world.status('340302', '2025', await putCounty(admin, { county: '340302', first: 11 }));
    assert.equal((await post('early', early)).status, 201);
    assert.equal((await post('early', early)).status, 201);
    assert.equal((await kept('early')).length, 1);
  });

  it('a file that was damaged on its way is taken when it comes whole, and is no other request', async () => {
    const body = '{"type":"school","code":"2134000031","name":"甲","county":"340207","kind":"211","locale":"111","sponsor":"3"}\n';
    const digest = `sha-256=:${crypto.createHash('sha256').update(body).digest('base64')}:`;
    const send = (bytes) => admin.request('POST', '/v1/imports', { body: bytes, type: 'application/x-ndjson',
      headers: { 'Idempotency-Key': 'damaged', 'Content-Digest': digest } });
    const isDamaged = async () => assert.equal((await send(body.replace('甲', '申'))).json.errors?.[0].code, 'digest_mismatch');
    await isDamaged();
    const first = await send(body);
    assert.deepEqual([first.status, first.json.created], [200, 1]);
    await isDamaged();
    assert.equal((await send(body)).text, first.text);
  });

  it('a failure of ours is not kept: the repeat does it', async () => {
    world.apis[0].expected.push(/"status":500/);
    await world.sql('ALTER TABLE publication_county RENAME TO away');
    const failed = await admin.request('POST', '/v1/publications',
      { body: BODY, headers: { 'Idempotency-Key': 'failed' }, check: false });
    assert.equal(failed.status, 500);
    assert.deepEqual(await kept('failed'), []);
    await world.sql('ALTER TABLE away RENAME TO publication_county');
    assert.equal((await post('failed')).status, 201);
  });

  it('the bulletin and its answer are one transaction', async () => {
    const before = await count();
    const release = await hold(world.url, 'LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE');
    const first = post('lost');
    await waiting(world.url);
    // somebody thinks that it is gone, and takes it over
    await world.sql(`UPDATE idempotency SET holder = gen_random_uuid() WHERE key = 'lost'`);
    await release();
    assert.equal((await first).status, 409);
    assert.equal(await count(), before);
    const [[status]] = await kept('lost');
    assert.equal(status, 'none', 'still held by the other');
  });

  it('what a killed process left gives way after a minute, to the same request', async () => {
    const release = await hold(world.url, 'LOCK TABLE publication IN SHARE ROW EXCLUSIVE MODE');
    const gone = assert.rejects(post('killed'));
    await waiting(world.url);
    await world.apis[0].kill();
    await gone;
    await release();
    await world.startApi();
    assert.equal((await post('killed')).status, 409);
    await world.sql(`UPDATE idempotency SET created_at = created_at - interval '61 s' WHERE key = 'killed'`);
    assert.equal((await post('killed', { ...BODY, note: 'x' })).status, 422);
    const { status, text } = await post('killed');
    assert.equal(status, 201);
    assert.equal((await post('killed')).text, text);
  });

  it('is kept for a day', async () => {
    const before = await count();
    await world.sql(`UPDATE idempotency SET created_at = created_at - interval '25 h' WHERE key IN ('one', 'two')`);
    assert.equal((await post('one', { ...BODY, note: '次日' })).status, 201);
    assert.equal(await count(), before + 1);
    assert.deepEqual(await kept('two'), [], 'swept');
  });

  it('refuses keys that are none', async () => {
    const before = await count();
    for (const key of ['', 'a b', 'é', 'x'.repeat(129)]) {
      assert.equal((await post(Buffer.from(key).toString('latin1'))).status, 400, key);
    }
    assert.equal((await post('x'.repeat(128))).status, 201);
    assert.equal((await post('!~"key"')).status, 201);
    assert.equal(await count(), before + 2);
  });

  it('is nothing to other methods', async () => {
    const headers = { 'Idempotency-Key': 'a b' };
    assert.equal((await admin.get('/v1/regions/34', { headers })).status, 200);
    assert.equal((await admin.put('/v1/regions/34', { name: '安徽省' }, { headers })).status, 200);
  });
});
