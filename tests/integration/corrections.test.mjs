// SPDX-License-Identifier: Apache-2.0
// Slips and their mending: what was sent for a wrong year, a school that moves under a writer's
// hands, a kind that does not fit what was reported, a school that is not there yet.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('corrections', { monitors: 2 });
const OTHER = '340208';
const ITEM = 'R2.primary.cv';
let admin;

const open = async () => (await admin.get('/v1/alerts?state=firing')).json.items
  .map(({ county, period, item }) => `${county} ${period} ${item}`);
const far = (code, period = PERIOD) => putReport(admin, period, code, report(200, { primary: R2_FAR }));
const forbidden = ({ status, json }) => status === 403 && json.type === '/problems/forbidden';

describe('corrections', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], [COUNTY, '鸠江区'], [OTHER, '弋江区'], ['340304', '移动区']]);
    await putCounty(admin);
    await far(schoolCode(2));
    await waitFor('the alert', async () => (await open()).includes(`${COUNTY} ${PERIOD} ${ITEM}`));
  });
  after(() => world.stop());

  it('a year that was sent by mistake and removed leaves the alert of the year before', async () => {
    for (const figures of [{}, R2_FAR]) {
      await putReport(admin, '2026', schoolCode(1), report());
      await putReport(admin, '2026', schoolCode(2), report(200, { primary: figures }));
      const is = figures === R2_FAR ? [`${COUNTY} 2026 ${ITEM}`] : [];
      await waitFor('the later year', async () => (await open()).join() === is.join());
      for (const code of [schoolCode(1), schoolCode(2)]) {
        assert.equal((await admin.delete(`/v1/reports/2026/${code}`)).status, 200);
      }
      await waitFor('the year before', async () => (await open()).join() === `${COUNTY} ${PERIOD} ${ITEM}`);
    }
  });

  it('nor is that year the latest any more', async () => {
    assert.equal((await admin.get(`/v1/counties/${COUNTY}/status`)).json.period, PERIOD);
    assert.equal((await admin.get('/v1/regions/34/summary')).json.period, PERIOD);
  });

  it('a year far ahead is refused', async () => {
    const { status, json } = await admin.put(`/v1/reports/2098/${schoolCode(1)}`, report());
    assert.equal(status, 400);
    assert.equal(json.type, '/problems/invalid-parameter');
  });

  it('a school that is not founded yet is not missed', async () => {
    await putSchool(admin, schoolCode(3), school(COUNTY, { name: '新校', founded: 2026 }));
    const { accepted_version: version } = (await admin.get(`/v1/counties/${COUNTY}/status?period=${PERIOD}`)).json;
    const { missing_schools } = await world.status(COUNTY, PERIOD, version);
    assert.deepEqual(missing_schools, []);
    assert.deepEqual(await open(), [`${COUNTY} ${PERIOD} ${ITEM}`]);
  });

  it('a kind that cannot have what was reported is refused', async () => {
    const { status, json } = await admin.put(`/v1/schools/${schoolCode(1)}`, school(COUNTY, { kind: '311' }));
    assert.equal(status, 422);
    assert.deepEqual(json.errors.map(({ pointer, code }) => [pointer, code]), [['/kind', 'not_of_kind']]);
  });

  it('a key never writes what moved out of its region meanwhile, nor takes what another one made', async () => {
    const [here, there] = [await world.as('reporter', COUNTY), await world.as('reporter', OTHER)];
    for (let n = 100; n < 140; n++) {
      const code = schoolCode(n);
      const made = await Promise.all([
        here.put(`/v1/schools/${code}`, school(COUNTY)), there.put(`/v1/schools/${code}`, school(OTHER))]);
      assert.equal(made.filter(({ status }) => status === 201).length, 1, JSON.stringify(made));
      assert.equal(made.filter(forbidden).length, 1, JSON.stringify(made));
      await putSchool(admin, code, school(COUNTY));
      const [moved, written, taken] = await Promise.all([
        admin.put(`/v1/schools/${code}`, school('340304')),
        here.put(`/v1/reports/${PERIOD}/${code}`, report()),
        here.put(`/v1/schools/${code}`, school(COUNTY, { name: '夺回' }))]);
      assert.equal(moved.status, 200);
      assert.ok(forbidden(written) || written.json.county === COUNTY, JSON.stringify(written.json));
      assert.ok(forbidden(taken) || taken.status === 200, JSON.stringify(taken.json));
      assert.equal((await admin.get(`/v1/schools/${code}`)).json.county, '340304');
    }
  });

  it('a school and its campuses written at once wait for each other, and none is turned away', async () => {
    const parent = schoolCode(200);
    const campuses = Array.from({ length: 8 }, (_, i) => schoolCode(201 + i));
    await putSchool(admin, parent, school(OTHER));
    const write = async (code, more) => {
      for (let i = 0; i < 10; i++) await putSchool(admin, code, school(OTHER, { name: `第${i}次`, ...more }));
    };
    await Promise.all([write(parent, {}), ...campuses.map((code) => write(code, { parent }))]);
  });

  it('a county that is full takes no further school, but lets those it has be mended', async () => {
    await world.sql(`INSERT INTO school (code, county, name, kind, locale, sponsor)
      SELECT '2134' || (500000 + i), '340304', '第' || i || '校', '211', '111', 1 FROM generate_series(1, 5000) i`);
    const full = await admin.put(`/v1/schools/${schoolCode(300)}`, school('340304'));
    assert.equal(full.status, 409, full.text);
    assert.equal((await admin.put(`/v1/schools/${schoolCode(1)}`, school('340304'))).status, 409);
    await putSchool(admin, '2134500001', school('340304', { name: '更名' }));
  });
});
