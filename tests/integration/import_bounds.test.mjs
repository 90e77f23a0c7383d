// SPDX-License-Identifier: Apache-2.0
// Files of few bytes that are much work: what becomes of them is bounded, and nobody is told less for it.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import zlib from 'node:zlib';
import { hold, waiting } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { XLSX, bookOf, bytesOf, counts, importEnd } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('import_bounds', { monitors: 0 });
const NDJSON = 'application/x-ndjson';
const KEPT = 100000; // mistakes of an import
const TOLD = 1000; // of them in its answer
let reporter;

const packed = { 'Content-Encoding': 'gzip' };
const post = (body, query = '', type = NDJSON) => reporter.request('POST', `/v1/imports${query}`, { body, type, headers: packed });

// Millions of lines, each one of two: packed, but no bomb.
function lines(some, millions) {
  const bits = crypto.randomBytes(125000);
  const million = Array.from({ length: 1e6 }, (_, i) => some[(bits[i >> 3] >> (i & 7)) & 1]).join('');
  return Buffer.concat(Array(millions).fill(zlib.gzipSync(million)));
}

// Long lists: the first place where they differ says enough.
function same(got, wanted) {
  const at = wanted.findIndex((w, i) => w !== got[i]);
  assert.deepEqual([at < 0 ? 'same' : [at, got[at]], got.length], [at < 0 ? 'same' : [at, wanted[at]], wanted.length]);
}

describe('bounds of imports', () => {
  before(async () => {
    await world.start();
    await putRegions(await world.as('admin'));
    reporter = await world.as('reporter', '34');
    await putSchool(reporter, schoolCode(1), school());
  });
  after(() => world.stop());

  it('of very many mistakes the first are told, the rows of all are counted, and no more are kept on the way', async () => {
    const [rows, each] = [12000, 50];
    const fields = Array.from({ length: each }, (_, i) => `x${i}`);
    const wrong = fields.map((name) => `"${name}":1`).join();
    // Schools of row 1 and of row 7 come again, right and wrong; so does one behind all that is told.
    const again = { 7: 5, 11000: 9, 11001: 10999 };
    const code = (row) => schoolCode(again[row] ?? row);
    const line = (row) => `{"type":"report","period":"2012","school":"${code(row)}","stages":{"primary":{"students":5}},${wrong}}`;
    const right = JSON.stringify({ type: 'report', period: '2012', school: schoolCode(1), ...report() });
    const file = Array.from({ length: rows }, (_, i) => line(i + 1)).concat(right, '').join('\n');
    const all = Array.from({ length: rows }, (_, i) => i + 1).flatMap((row) => [
      ...([1, 7].includes(row) ? [`${row} /school duplicate_report`] : []), ...fields.map((name) => `${row} /${name} unknown_field`)]);

    const release = await hold(world.url, `SELECT pg_advisory_xact_lock(x'4a49'::integer, ${COUNTY})`);
    const sent = post(zlib.gzipSync(file), '?mode=partial');
    await waiting(world.url);
    const [[bytes]] = await world.sql(`SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relname = 'stage_error'`);
    await release();
    const job = await importEnd(reporter, (await sent).json);

    assert.deepEqual(counts(job), ['done', rows + 1, 1, 0, 0, rows]);
    same(job.errors.map((e) => `${e.row} ${e.pointer} ${e.code}`), all.slice(0, TOLD));
    const { text } = await reporter.get(`/v1/imports/${job.id}/errors.csv`);
    const told = text.trimEnd().split('\r\n').slice(1).map((l) => l.split(',', 3).join(' '));
    same(told, all.slice(0, KEPT));
    // What is being looked at when there are enough of them is some more: each takes some 100 bytes.
    assert.ok(bytes < 3 * KEPT * 100, `${bytes} bytes for ${all.length} mistakes`);
  });

  it('of very many mistakes of a workbook the first are told, and no more are kept on the way', async () => {
    const [rows, wrong] = [20000, ['在校生数', '班数', '专任教师', '最大班额', '超班额班数', '持证上岗教师', '就近划片入学学生', '进城务工人员随迁子女', '县级以上骨干教师', '高于规定学历教师']];
    const letters = wrong.map((_, i) => String.fromCharCode('B'.charCodeAt(0) + i));
    const sheet = [['学校标识码', ...wrong.map((name) => `小学${name}`)], ...Array.from({ length: rows }, (_, i) => [schoolCode(i + 1), ...wrong.map(() => '无')]),
      [schoolCode(30000), ...wrong.map(() => 0)]];
    const all = Array.from({ length: rows }, (_, i) => letters.map((letter) => `${i + 2} S!${letter}${i + 2}`)).flat();
    await putSchool(reporter, schoolCode(30000), school());

    const release = await hold(world.url, `SELECT pg_advisory_xact_lock(x'4a49'::integer, ${COUNTY})`);
    const sent = reporter.request('POST', '/v1/imports?mode=partial&period=2012', { body: await bytesOf(bookOf({ S: sheet })), type: XLSX });
    await waiting(world.url);
    const [[staged]] = await world.sql(`SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relname = 'stage_error'`);
    await release();
    const job = await importEnd(reporter, (await sent).json);

    assert.deepEqual(counts(job), ['done', rows + 1, 1, 0, 0, rows]);
    const { text } = await reporter.get(`/v1/imports/${job.id}/errors.csv`);
    const told = text.trimEnd().split('\r\n').slice(1).map((l) => l.split(',', 2).join(' '));
    same(told, all.slice(0, KEPT));
    assert.ok(staged < 2 * KEPT * 100, `${staged} bytes for ${all.length} mistakes`);
  });

  for (const [type, head] of [[NDJSON, ''], ['text/csv', 'school,period,primary.students\r\n']]) {
    it(`blank lines are lines: ${type}`, async () => {
      const few = Buffer.concat([zlib.gzipSync(head), lines(['\n', '\r\n'], 2)]);
      assert.deepEqual(counts(await importEnd(reporter, (await post(few, '', type)).json)), ['done', 0, 0, 0, 0, 0]);
      const many = Buffer.concat([zlib.gzipSync(head), lines(['\n', '\r\n'], 11)]);
      const job = await importEnd(reporter, (await post(many, '', type)).json);
      assert.deepEqual(counts(job), ['failed', 0, 0, 0, 0, 0]);
      assert.equal(job.failure, '连同空行最多 10000000 行 / at most 10000000 lines, blank ones among them');
    });
  }

  it('is cancelled in the middle of a part', async () => {
    const body = lines(['x\n', 'y\n'], 5);
    const { json: { id } } = await reporter.request('POST', '/v1/imports', { body: '', type: NDJSON });
    const digest = `sha-256=:${crypto.createHash('sha256').update(body).digest('base64')}:`;
    const part = await reporter.request('PUT', `/v1/imports/${id}/parts/1`,
      { body, type: 'application/octet-stream', headers: { ...packed, 'Content-Digest': digest } });
    assert.equal(part.status, 200);
    const sent = reporter.request('POST', `/v1/imports/${id}/commit`);
    await waitFor('it to run', async () => (await reporter.get(`/v1/imports/${id}`)).json.state === 'running');
    assert.equal((await reporter.delete(`/v1/imports/${id}`)).json.state, 'running');
    const job = await importEnd(reporter, (await sent).json);
    assert.deepEqual([job.state, job.rows < 5e6], ['cancelled', true], `${job.rows} rows were read`);
  });
});
