// SPDX-License-Identifier: Apache-2.0
// What is answered of imports: every mistake, every row that is wrong, and an end that is what was said.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { hold, waiting } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { rawExchange } from '../lib/http.mjs';
import { XLSX, bookOf, bytesOf } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('import_answers', { monitors: 0 });
const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';
let reporter;

const post = (body, type, { query = '', headers } = {}) => reporter.request('POST', `/v1/imports${query}`, { body, type, headers });
const put = (id, n, body) => reporter.request('PUT', `/v1/imports/${id}/parts/${n}`, { body, type: 'application/octet-stream',
  headers: { 'Content-Digest': `sha-256=:${crypto.createHash('sha256').update(body).digest('base64')}:` } });
const commit = (id) => reporter.request('POST', `/v1/imports/${id}/commit`);
const table = (period, students = 5) => `school,period,primary.students\r\n${schoolCode(1)},${period},${students}\r\n`;
const errors = (job) => job.errors.map((e) => `${e.row} ${e.pointer ?? e.column} ${e.code}`);

// While somebody else has the county's turn: the import waits for it.
async function whileHeld(action) {
  const release = await hold(world.url, `SELECT pg_advisory_xact_lock(x'4a49'::integer, ${COUNTY})`);
  try {
    return await action(() => waiting(world.url));
  } finally {
    await release();
  }
}

async function cancelRunning() {
  const [[id]] = await world.sql(`SELECT id FROM import_job WHERE state = 'running'`);
  return reporter.delete(`/v1/imports/${id}`);
}

describe('answers of imports', () => {
  before(async () => {
    await world.start();
    await putRegions(await world.as('admin'));
    reporter = await world.as('reporter', '34');
    for (const n of [1, 2]) await putSchool(reporter, schoolCode(n), school());
  });
  after(() => world.stop());

  it('of a row with more than 50 mistakes it is told that there are more', async () => {
    const row = (n, school = 1) => JSON.stringify({ type: 'report', period: PERIOD, school: schoolCode(school), ...report(),
      ...Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${i}`, 1])) });
    const { json } = await post([row(50), row(63, 2)].join('\n'), NDJSON, { query: '?mode=partial' });
    assert.deepEqual([json.rejected, json.errors.length], [2, 101]);
    assert.deepEqual(json.errors.filter((e) => e.code === 'too_many'), [{ row: 2, pointer: '', code: 'too_many',
      detail: '该行还有 13 处错误 / 13 more mistakes in this row' }]);
    const { text } = await reporter.get(`/v1/imports/${json.id}/errors.csv`);
    assert.equal(text.match(/\r\n2,,too_many,该行还有 13 处错误 \/ 13 more mistakes in this row,"\{/g).length, 1);
    const columns = await post(`${Array.from({ length: 60 }, (_, i) => `a${i}`)},school,period\r\n`, CSV);
    assert.equal(errors(columns.json).at(-1), '1  too_many');
  });

  it('an option without a value is no "false", and nothing is written', async () => {
    for (const query of ['?dry_run', '?dry_run=', '?mode=', '?dry_run=true&mode']) {
      const { status, json } = await post(table('2001'), CSV, { query });
      assert.deepEqual([status, / must be /.test(json.detail)], [400, true], query);
    }
    const book = await bytesOf(bookOf({ 甲: [['学校标识码', '学年', '小学在校生数'], [schoolCode(1), '2001', 5]] }));
    for (const query of ['?preview', '?preview=']) assert.equal((await post(book, XLSX, { query })).status, 400, query);
    assert.equal((await reporter.get(`/v1/reports/2001/${schoolCode(1)}`)).status, 404);
  });

  it('a header with other separators is told what would be right', async () => {
    const of = async (text) => (await post(text, CSV)).json.errors[0];
    for (const mark of [';', '\t']) {
      const { code, detail } = await of(table('2001').replaceAll(',', mark));
      assert.deepEqual([code, /用逗号分隔 \/ .*separated by commas/.test(detail)], ['unknown_column', true], mark);
    }
    assert.match((await of(`sep=,\r\n${table('2001')}`)).detail, /第一行须是列名 \/ .*the first row has the columns' names/);
  });

  it('a row that is no UTF-8 is kept all the same', async () => {
    const rows = Array.from({ length: 3000 }, () => `${schoolCode(1)},${COUNTY},2020,5\r\n`).join('');
    assert.ok(rows.length > 70000);
    const body = Buffer.concat([Buffer.from(`school,county,period,primary.students\r\n${rows}${schoolCode(2)},`),
      Buffer.from([0xb0, 0xb2, 0xbb, 0xd5]), Buffer.from(',2020,7\r\n')]);
    const { json } = await post(body, CSV, { query: '?mode=partial' });
    const { text } = await reporter.get(`/v1/imports/${json.id}/errors.csv`);
    assert.match(text, new RegExp(`\\r\\n3002,[^\\r\\n]*,${schoolCode(2)},\\?{1,4}[^,]*,2020,7\\r\\n$`), text.slice(-300));
  });

  it('a digest that is not known is as if it were not there, but of a part', async () => {
    const body = table('2021');
    const other = `sha-512=:${crypto.createHash('sha512').update(body).digest('base64')}:`;
    const done = await post(body, CSV, { headers: { 'Content-Digest': other } });
    assert.deepEqual([done.status, done.json.state, done.json.created], [200, 'done', 1]);
    const both = await post(body, CSV, { headers: { 'Content-Digest': `${other}, sha-256=:${Buffer.alloc(32).toString('base64')}:` } });
    assert.deepEqual([both.status, both.json.errors[0].code], [422, 'digest_mismatch']);
    const { json } = await post('', CSV);
    const part = await reporter.request('PUT', `/v1/imports/${json.id}/parts/1`, { body, type: 'application/octet-stream',
      headers: { 'Content-Digest': other } });
    assert.equal(part.status, 400);
  });

  it('a digest that is none is told so, not that the bytes were damaged', async () => {
    const { json: { id } } = await post('', CSV);
    const hash = crypto.createHash('sha256').update('x');
    const [hex, url] = [hash.copy().digest('hex'), hash.digest('base64url')];
    for (const value of [hex, url, '']) {
      const headers = { 'Content-Digest': `sha-256=:${value}:` };
      const part = await reporter.request('PUT', `/v1/imports/${id}/parts/1`, { body: 'x', type: 'application/octet-stream', headers });
      assert.deepEqual([part.status, /base64/.test(part.json.detail)], [400, true], value);
      assert.equal((await post(table('2021'), CSV, { headers })).status, 400, value);
    }
  });

  it('a commit without all parts is a conflict that names the first one, of every format', async () => {
    const book = await bytesOf(bookOf({ S: [['学校标识码', '小学在校生数'], [schoolCode(1), 5]] }));
    for (const [type, bytes] of [[CSV, Buffer.from(table('2021'))], [XLSX, book]]) {
      const { json: { id } } = await post('', type);
      const refused = async (n, when) => {
        const { status, json } = await commit(id);
        assert.deepEqual([status, json.detail], [409, `缺少分片 ${n} / part ${n} is missing`], `${type}: ${when}`);
      };
      await refused(1, 'there are none');
      assert.equal((await put(id, 2, bytes)).status, 200);
      await refused(1, 'the first is missing');
      assert.equal((await put(id, 1, bytes)).status, 200);
      assert.equal((await put(id, 4, bytes)).status, 200);
      await refused(3, 'one in the middle is missing');
    }
  });

  it('before it has ended there is no list of errors, and none that is empty', async () => {
    const { json: { id } } = await post('', CSV, { query: '?mode=partial' });
    const list = () => reporter.get(`/v1/imports/${id}/errors.csv`);
    const isRefused = async (state) => {
      assert.equal((await reporter.get(`/v1/imports/${id}`)).json.state, state);
      const { status, json, headers } = await list();
      assert.deepEqual([status, json.type, headers['content-disposition']], [409, '/problems/conflict', undefined], state);
      assert.match(json.detail, new RegExp(`尚未结束.*${state}.* / .*not ended.*${state}`));
    };
    await put(id, 1, Buffer.from(`${table('2021')}${schoolCode(2)},2021,-1\r\n`));
    await isRefused('receiving');
    const taken = await hold(world.url, `SELECT pg_advisory_lock(x'4a57'::integer, ${id})`); // as if another API had it
    const answer = await whileHeld(async (stands) => {
      const committed = commit(id);
      await waitFor('the commit', async () => (await reporter.get(`/v1/imports/${id}`)).json.state !== 'receiving');
      await isRefused('queued');
      await taken();
      await stands();
      await isRefused('running');
      return [committed];
    });
    await answer[0];
    await waitFor('its end', async () => (await reporter.get(`/v1/imports/${id}`)).json.state === 'done');
    const { status, text } = await list();
    assert.deepEqual([status, /\r\n3,primary.students,negative,/.test(text)], [200, true], text);
  });

  it('what a closed school has reported is unchanged when all is sent again, and takes no other figure', async () => {
    const row = (n, students, period = '2018') => JSON.stringify({ type: 'report', period, school: schoolCode(n), stages: { primary: { students } } });
    const of = (closed) => JSON.stringify({ type: 'school', code: schoolCode(3), ...school(COUNTY, { closed }) });
    assert.equal((await post([of(false), row(1, 5), row(3, 7)].join('\n'), NDJSON)).json.created, 3);
    for (const mode of ['atomic', 'partial']) {
      const { json } = await post([of(true), row(1, 6), row(3, 7)].join('\n'), NDJSON, { query: `?dry_run=true&mode=${mode}` });
      assert.deepEqual([json.state, json.updated, json.unchanged, json.errors], ['done', 2, 1, []], mode);
    }
    assert.equal((await post(of(true), NDJSON)).json.updated, 1);
    for (const [type, text] of [[NDJSON, row(3, 7)], [CSV, `school,period,primary.students\n${schoolCode(3)},2018,7\n`]]) {
      const { json } = await post(text, type);
      assert.deepEqual([json.state, json.unchanged, json.errors], ['done', 1, []], type);
    }
    for (const other of [row(3, 8), row(3, 7, '2019')]) assert.deepEqual(errors((await post(other, NDJSON)).json), ['1 /school closed_school']);
  });

  it('cancelled while it waits or while it runs, it says so', async () => {
    const { json: { id } } = await post('', CSV);
    const waits = (await reporter.delete(`/v1/imports/${id}`)).json;
    assert.deepEqual([waits.state, waits.failure], ['cancelled', '已取消 / cancelled']);
    for (const mode of ['atomic', 'partial']) {
      const [answer] = await whileHeld(async (stands) => {
        const sent = post(table('2022'), CSV, { query: `?mode=${mode}` });
        await stands();
        assert.equal((await cancelRunning()).json.state, 'running');
        return [sent];
      });
      const { json } = await answer;
      assert.deepEqual([json.state, json.created, json.failure], ['cancelled', 0, '已取消 / cancelled'], mode);
      assert.equal((await reporter.get(`/v1/reports/2022/${schoolCode(1)}`)).status, 404, mode);
    }
  });

  for (const [mode, written] of [['atomic', false], ['partial', true]]) {
    it(`${mode}: a cancel that comes when rows are written already is true, too`, async () => {
      await world.sql(`CREATE FUNCTION stand() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END $$;
        CREATE TRIGGER stand AFTER INSERT ON report FOR EACH STATEMENT EXECUTE FUNCTION stand()`);
      const release = await hold(world.url, 'SELECT pg_advisory_xact_lock(77)');
      const sent = post(table('2023'), CSV, { query: `?mode=${mode}` });
      await waiting(world.url);
      assert.equal((await cancelRunning()).status, 200);
      await release();
      const { json } = await sent;
      await world.sql('DROP FUNCTION stand CASCADE');
      assert.deepEqual([json.state, json.failure, json.created], ['cancelled', '已取消 / cancelled', Number(written)]);
      assert.equal((await reporter.get(`/v1/reports/2023/${schoolCode(1)}`)).status, written ? 200 : 404);
      assert.deepEqual(await world.sql('SELECT count(*) FROM import_part p JOIN import_job j ON j.id = p.job WHERE state = \'cancelled\''), [['0']]);
    });
  }

  it('HEAD of what is streamed has its headers and no body, and the connection goes on', async () => {
    const { json: { id } } = await post(table('2021', -1), CSV);
    const { port } = world.apis[0];
    const heads = `Host: x\r\nAuthorization: Bearer ${reporter.key}\r\n`;
    for (const name of ['errors.csv', 'events']) {
      const url = `/v1/imports/${id}/${name}`;
      const text = await rawExchange(port, [`HEAD ${url} HTTP/1.1\r\n${heads}\r\nGET /healthz HTTP/1.1\r\n${heads}Connection: close\r\n\r\n`]);
      const [head, next] = text.split('\r\n\r\n');
      assert.match(head, /^HTTP\/1\.1 200 /);
      assert.match(next, /^HTTP\/1\.1 200 /, 'what comes behind the headers is the next answer');
      const { headers } = await reporter.get(url);
      for (const of of ['content-type', 'content-disposition', 'cache-control', 'etag']) {
        assert.equal(new RegExp(`^${of}: (.*)$`, 'im').exec(head.replaceAll('\r', ''))?.[1], headers[of], `${name} ${of}`);
      }
    }
    for (let i = 0; i < 200; i++) await reporter.request('HEAD', `/v1/imports/${id}/errors.csv`); // each gives its place back
    assert.equal((await reporter.get(`/v1/imports/${id}/errors.csv`)).status, 200);
  });

  it('a part that is not taken any more is told why', async () => {
    const bytes = Buffer.from(table('2024'));
    const { json: { id } } = await post('', CSV);
    await put(id, 1, bytes);
    const answer = await whileHeld(async (waits) => {
      const committed = commit(id);
      await waits();
      const late = await put(id, 1, bytes);
      assert.deepEqual([late.status, late.json.detail], [409, '该导入已提交,不再接收分片 / the import was committed: it takes no more parts']);
      return [committed];
    });
    assert.equal((await answer[0]).json.state, 'done');
    const later = await put(id, 1, bytes);
    assert.deepEqual([later.status, later.json.detail], [409, '导入已结束,不再接收分片 / the import has ended: it takes no more parts']);
  });
});
