// SPDX-License-Identifier: Apache-2.0
// 2,000 PUTs over 50 counties from 16 connections, the monitor killed and restarted in
// between: in the end every answered report is there, and every county's figures are those
// of a recomputation from scratch and of an independent one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { PERIOD, close, computeStage, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { settled } from '../lib/load.mjs';
import { World } from '../lib/world.mjs';

const WRITES = 2000;
const CONNECTIONS = 16;
const SCHOOLS = 6;
const COUNTIES = Array.from({ length: 50 }, (_, i) => `34${String(10 + (i % 5))}${String(1 + Math.floor(i / 5)).padStart(2, '0')}`);
const codeOf = (county, i) => schoolCode(COUNTIES.indexOf(county) * 100 + i);

const world = new World('storm', { monitors: 2, apis: 1 });
const sent = new Map(); // county/school → { version, body } of the write with the largest version
let admin;

// The same numbers each run.
let seed = 20251123;
function random(n) {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed >>> 8) % n;
}

function anyReport() {
  const students = 50 + random(900);
  const below = (whole) => random(whole + 1);
  const body = report(students);
  Object.assign(body.stages.primary, { teachers_above_degree: below(40), teachers_backbone: below(20),
    teachers_pe_art: below(15), teachers: 400 });
  Object.assign(body.site, { teaching_area: random(900000) / 100, sports_ground_area: random(1500000) / 100,
    equipment_value: random(300000000) / 100, multimedia_rooms: random(30) });
  return body;
}

async function statuses() {
  const found = new Map();
  for (const county of COUNTIES) {
    const { status, json } = await admin.get(`/v1/counties/${county}/status?period=${PERIOD}`);
    assert.equal(status, 200);
    found.set(county, json);
  }
  return found;
}

describe('storm', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    const cities = [...new Set(COUNTIES.map((c) => c.slice(0, 4)))].map((c) => [c, `市${c}`]);
    await putRegions(admin, [['34', '安徽省'], ...cities, ...COUNTIES.map((c) => [c, `县${c}`])]);
    await Promise.all(COUNTIES.map(async (county) => {
      for (let i = 0; i < SCHOOLS; i++) await putSchool(admin, codeOf(county, i), school(county));
    }));
  });
  after(() => world.stop());

  it('takes every write while monitors are killed and started', async () => {
    let next = 0;
    let done = 0;
    const worker = async () => {
      while (next < WRITES) {
        next++;
        const county = COUNTIES[random(COUNTIES.length)];
        const code = codeOf(county, random(SCHOOLS));
        const body = anyReport();
        const { status, json, text } = await admin.put(`/v1/reports/${PERIOD}/${code}`, body);
        assert.ok(status === 200 || status === 201, text);
        const known = sent.get(code);
        if (!known || json.version > known.version) sent.set(code, { county, version: json.version, body });
        done++;
      }
    };
    const workers = Promise.all(Array.from({ length: CONNECTIONS }, worker));
    for (const [share, monitor] of [[0.2, 0], [0.4, 1], [0.6, 0], [0.8, 1]]) {
      await waitFor(`${share * 100} % of the writes`, () => done >= WRITES * share, { deadline: 120000 });
      await world.monitors[monitor].kill();
      await world.startMonitor(world.monitors[monitor]);
    }
    await workers;
    assert.equal(done, WRITES);
    await settled(world);
  });

  it('has every report that was answered, with the content that was sent last', async () => {
    const [[n]] = await world.sql('SELECT count(*) FROM report');
    assert.equal(Number(n), sent.size);
    for (const [code, { version, body }] of sent) {
      const { json } = await admin.get(`/v1/reports/${PERIOD}/${code}`);
      assert.equal(json.version, version, code);
      assert.deepEqual({ stages: json.stages, site: json.site }, body, code);
    }
  });

  it('counted every accepted change once', async () => {
    const rows = await world.sql(`SELECT county, version FROM county_period`);
    const kept = new Map((await world.sql(`SELECT county, count(*) FROM (
      SELECT county FROM report UNION ALL SELECT county FROM report_history) x GROUP BY county`)));
    for (const [county, version] of rows) assert.equal(version, kept.get(county), county);
  });

  it('has the figures of an independent computation', async () => {
    for (const [county, status] of await statuses()) {
      const reports = [...sent.values()].filter((s) => s.county === county).map((s) => s.body);
      const missing = SCHOOLS - reports.length;
      const { primary } = status.resources;
      for (const [code, w] of Object.entries(computeStage(reports, 'primary'))) {
        const is = primary.indicators[code];
        assert.ok(close(is.mean, w.mean) && close(is.sd, w.sd) && close(is.cv, w.cv), `${county} ${code}`);
        assert.equal(is.cv_status, missing ? 'no_data' : w.status, `${county} ${code}`);
      }
    }
  });

  it('has the figures of a recomputation from scratch', async () => {
    const before_ = await statuses();
    const [[events]] = await world.sql('SELECT count(*) FROM event');
    const asked = await world.ctl(['recompute', '--all']);
    assert.equal(asked.status, 0, asked.stderr);
    await settled(world);
    for (const [county, status] of await statuses()) {
      const was = before_.get(county);
      assert.ok(status.computed_at > was.computed_at, `${county} was computed again`);
      assert.deepEqual({ ...status, computed_at: '' }, { ...was, computed_at: '' }, county);
    }
    assert.deepEqual(await world.sql('SELECT count(*) FROM event'), [[events]], 'and tells nothing new');
  });

  it('numbered the events without gaps', async () => {
    const [[n, least, most, counter]] = await world.sql(`SELECT count(*), min(seq), max(seq),
      (SELECT seq FROM event_counter) FROM event`);
    assert.deepEqual([least, most, counter], ['1', n, n]);
    await waitFor('the outbox to be empty', async () =>
      (await world.sql('SELECT count(*) FROM event_outbox'))[0][0] === '0');
    const [[doubled]] = await world.sql(`SELECT count(*) FROM (SELECT alert, type FROM event
      GROUP BY alert, type HAVING count(*) > 1) x`);
    assert.equal(doubled, '0');
  });
});
