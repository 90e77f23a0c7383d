// SPDX-License-Identifier: Apache-2.0
// Small imports, of which two run at a time, while somebody keeps the turn of a county.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { hold } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { counts, sendImport } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('import_turns');
const [THERE, LAST] = ['341023', '349902'];
const NDJSON = 'application/x-ndjson';
const EACH = 1000; // rows of a partial import in one transaction
let reporter;

const line = (n, period) => JSON.stringify({ type: 'report', period, school: schoolCode(n), ...report() });
const held = (county) => hold(world.url, `SELECT pg_advisory_xact_lock_shared(x'4a49'::integer, ${county})`);
const left = (id) => world.apis[0].lines.filter((l) => /import interrupted/.test(l) && l.includes(`"import":${id},`)).length;

// One that is on its way: its number, and its end.
async function begun(body, { query = '', type = NDJSON } = {}) {
  const [[known]] = await world.sql('SELECT coalesce(max(id), 0) FROM import_job');
  const end = sendImport(reporter, body, { query, type });
  const [[id]] = await waitFor('the import', async () => {
    const rows = await world.sql(`SELECT id FROM import_job WHERE id > ${known} AND state <> 'receiving'`);
    return rows.length && rows;
  });
  return { id, end };
}

async function received(body) {
  const bytes = Buffer.from(body);
  const { json: { id } } = await reporter.request('POST', '/v1/imports', { body: '', type: NDJSON });
  const digest = crypto.createHash('sha256').update(bytes).digest('base64');
  const { status } = await reporter.request('PUT', `/v1/imports/${id}/parts/1`, { body: bytes, type: 'application/octet-stream',
    headers: { 'Content-Digest': `sha-256=:${digest}:` } });
  assert.equal(status, 200);
  return id;
}

describe('turns of small imports', () => {
  before(async () => {
    await world.start();
    await putRegions(await world.as('admin'), [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], ['3410', '黄山市'], [THERE, '黟县'],
      ['3499', '某市'], [LAST, '某县']]);
    reporter = await world.as('reporter', '34');
    for (const n of [1, 2, 3]) await putSchool(reporter, schoolCode(n), school(COUNTY));
    await putSchool(reporter, schoolCode(9), school(THERE));
    for (const n of [11, 12]) await putSchool(reporter, schoolCode(n), school(LAST));
    await world.sql(`INSERT INTO school (code, county, name, kind, locale, sponsor)
      SELECT '2134' || to_char(1000 + i, 'FM000000'), '${THERE}', '某校', '211', '111', 3 FROM generate_series(0, ${EACH - 1}) i`);
  });
  after(() => world.stop());

  it('those that somebody keeps waiting do not keep another county waiting', async () => {
    const release = await held(COUNTY);
    const stuck = [];
    for (const [n, query] of [[1, ''], [2, '?mode=partial'], [3, '?mode=partial']]) stuck.push(await begun(line(n, '2009'), { query }));
    const dropped = await begun(line(1, '2008'));
    const other = await reporter.request('POST', '/v1/imports', { body: line(9, '2009'), type: NDJSON });
    assert.deepEqual([other.status, counts(other.json)], [200, ['done', 1, 1, 0, 0, 0]], 'while the others wait');
    await waitFor('each to have been left', () => stuck.every(({ id }) => left(id)));
    assert.equal((await reporter.delete(`/v1/imports/${dropped.id}`)).status, 200);
    assert.deepEqual(counts(await dropped.end), ['cancelled', 0, 0, 0, 0, 0]);
    for (const { id } of stuck) assert.equal((await reporter.get(`/v1/imports/${id}`)).json.state, 'running');
    await release();
    for (const { id, end } of stuck) {
      assert.deepEqual(counts(await end), ['done', 1, 1, 0, 0, 0]);
      assert.equal(left(id), 1, 'it is told once');
    }
    assert.deepEqual(await world.sql(`SELECT version FROM county_period WHERE county = '${COUNTY}'`), [['3']]);
  });

  it('one that waits behind more of them than are looked at once is answered, too', async () => {
    const release = await held(COUNTY);
    const stuck = [];
    for (let i = 0; i < 17; i++) stuck.push(await received(line(1, '2010')));
    // as if they had been tried before: nobody waits for their answers
    await world.sql(`UPDATE import_job SET state = 'running' WHERE id IN (${stuck})`);
    const other = await sendImport(reporter, line(9, '2010'), { type: NDJSON });
    assert.deepEqual(counts(other), ['done', 1, 1, 0, 0, 0]);
    assert.deepEqual(await world.sql(`SELECT DISTINCT state FROM import_job WHERE id IN (${stuck})`), [['running']], 'while the others wait');
    await release();
    const ended = () => world.sql(`SELECT sum(created), sum(unchanged) FROM import_job WHERE id IN (${stuck}) AND state = 'done' HAVING count(*) = 17`);
    assert.deepEqual(await waitFor('the end of all', async () => (await ended())[0], { deadline: 60000 }), ['1', '16']);
  });

  it('one that has written some of its counties is not begun anew', async () => {
    const row = (n) => `${schoolCode(n)},2009,100\n`;
    const release = await held(LAST);
    const text = `school,period,primary.students\n${Array.from({ length: EACH }, (_, i) => row(1000 + i)).join('')}${row(11)}`;
    const job = await begun(text, { query: '?mode=partial', type: 'text/csv' });
    await waitFor('its first county', async () => (await world.sql(`SELECT count(*) FROM report WHERE county = '${THERE}'`))[0][0] >= EACH);
    const second = await begun(line(12, '2009'));
    await waitFor('the other to be left', () => left(second.id));
    await release();
    assert.deepEqual(counts(await job.end), ['done', EACH + 1, EACH + 1, 0, 0, 0]);
    assert.deepEqual(counts(await second.end), ['done', 1, 1, 0, 0, 0]);
  });

  it('one that is kept for long is read again ever less often, and ends when it is cancelled', async () => {
    await world.sql(`CREATE TABLE tries (job bigint, at timestamptz DEFAULT clock_timestamp());
      CREATE FUNCTION note_try() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO tries VALUES (NEW.id); RETURN NULL; END $$;
      CREATE TRIGGER note_try AFTER UPDATE OF state ON import_job FOR EACH ROW WHEN (NEW.state = 'running') EXECUTE FUNCTION note_try()`);
    const release = await held(COUNTY);
    const [kept, dropped] = [await begun(line(1, '2011')), await begun(line(2, '2011'))];
    const pauses = async ({ id }) => (await world.sql(`SELECT extract(epoch FROM at - lag(at) OVER (ORDER BY at)) FROM tries WHERE job = ${id}`))
      .slice(1).map(([s]) => Number(s));
    const seen = await waitFor('a long pause, or many short ones', async () => {
      const all = await Promise.all([kept, dropped].map(pauses));
      return all.every((p) => p.length > 8 || p.some((s) => s > 4)) && all;
    }, { deadline: 60000 });
    assert.ok(seen.every((p) => p.some((s) => s > 4)), `pauses of ${seen.join(' s; ')} s`);
    assert.equal((await reporter.delete(`/v1/imports/${dropped.id}`)).status, 200);
    assert.deepEqual(counts(await dropped.end), ['cancelled', 0, 0, 0, 0, 0]);
    const other = await reporter.request('POST', '/v1/imports', { body: line(9, '2011'), type: NDJSON });
    assert.deepEqual([other.status, counts(other.json)], [200, ['done', 1, 1, 0, 0, 0]]);
    await release();
    assert.deepEqual(counts(await kept.end), ['done', 1, 1, 0, 0, 0]);
    await world.sql('DROP TRIGGER note_try ON import_job');
  });
});
