// SPDX-License-Identifier: Apache-2.0
// An item that is none of a county's any more: its junior schools are closed, or the standard of the new year does not ask for it.
// What the year before raised of it is withdrawn, and its entry of the ledger too, once the new year says anything; what comes of the
// year before afterwards raises neither again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COUNTY, putReport, putSchool, report, school, schoolCode, site, stage } from '../lib/fixtures.mjs';
import { settled } from '../lib/load.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const world = new World('item_gone');
const [LAST, THIS] = ['2024', '2025'];
const CV = 'R2.junior.cv';
const JUNIOR = [11, 12].map((n) => schoolCode(n, '31'));
const WALKS = { zh: '研学参与率', en: 'pupils who went on study walks', conditions: [{ rule: 'ratio', over: 'county', of: ['schools.walks'],
  to: ['schools.students'], measure: 'percent', at_least: 90, share: true }] };
const FIELDS = { walks: { unit: 'count', zh: '参与研学学生' } };
let admin, province;

const told = new Told();
const brief = (e) => [e.type, e.reason, e.item, e.period];
const ok = ({ status, text, json }, ...wanted) => {
  assert.ok((wanted.length ? wanted : [200]).includes(status), text);
  return json;
};
const walked = (walks, body = report()) => ({ ...body, declared: { walks } });
const junior = (backbone) => walked(100, { stages: { junior: stage(200, { teachers_backbone: backbone }) }, site: site() });
const close = async (closed) => {
  for (const code of JUNIOR) await putSchool(admin, code, school(COUNTY, { kind: '311', closed }));
};
const entry = async (item) => {
  const { items } = ok(await admin.get(`/v1/ledger?region=${COUNTY}&item=${item}`));
  const found = items.find((e) => e.item === item);
  return found && [found.state, found.period];
};
const standard = (id, more) => province.put(`/v1/standards/${id}`, { title: '示例省办法', source: '虚构 / made up', base: 'national-2017', region: '34', ...more });
const tried = async () => ok(await province.request('POST', '/v1/rules/trial/try', {
  body: { region: '34', kind: 'threshold', items: [CV], severity: 'warning' } })).items.map((a) => [a.item, a.end]);
// Until all that the change asks for is computed, and told.
const done = async (change) => {
  const answer = await change;
  await settled(world);
  return answer;
};

describe('items that are gone', () => {
  before(async () => {
    [admin, province] = await told.begin(world);
    ok(await province.put('/v1/rules/own', { region: '34', kind: 'threshold', items: [CV, 'WALKS'], severity: 'warning' }), 201);
    ok(await standard('walking', { valid_from: LAST, valid_to: LAST, fields: FIELDS, items: { WALKS } }), 201);
    await close(false);
    for (const n of [1, 2]) {
      await putSchool(admin, schoolCode(n), school());
      await putReport(admin, LAST, schoolCode(n), walked(100));
    }
    await putReport(admin, LAST, JUNIOR[0], junior(4));
  });
  after(() => world.stop());

  it('begin as any other', async () => {
    await done(putReport(admin, LAST, JUNIOR[1], junior(40)));
    assert.deepEqual((await told.events('own')).map(brief).sort(), [['alert.firing', 'tripped', CV, LAST], ['alert.firing', 'tripped', 'WALKS', LAST]]);
    await told.skip('own');
    for (const item of [CV, 'WALKS']) assert.deepEqual(await entry(item), ['open', LAST], item);
  });

  it('a year that says nothing yet ends nothing', async () => {
    await close(true);
    await done(putReport(admin, THIS, schoolCode(1), report()));
    const status = ok(await admin.get(`/v1/counties/${COUNTY}/status?period=${THIS}`));
    assert.equal(status.resources.junior.indicators.R2.cv_status, 'not_applicable');
    assert.equal((await told.events('own')).length, 2);
    for (const item of [CV, 'WALKS']) assert.deepEqual(await entry(item), ['open', LAST], item);
    assert.deepEqual(await tried(), [[CV, null]], 'nor, tried on what has been, an alert');
  });

  it('are withdrawn by the first figures of the year, alerts and entries', async () => {
    await done(putReport(admin, THIS, schoolCode(2), report()));
    const events = (await told.events('own')).slice(2);
    assert.deepEqual(events.map(brief).sort(), [['alert.withdrawn', 'not_applicable', CV, THIS], ['alert.withdrawn', 'rule_gone', 'WALKS', THIS]]);
    assert.match(events.find((e) => e.item === CV).summary, /该学年本县已无此项.*not about the county in that year/);
    for (const item of [CV, 'WALKS']) assert.deepEqual(await entry(item), ['withdrawn', THIS], item);
    await told.skip('own');
  });

  it('what comes of the year before raises nothing again', async () => {
    await putReport(admin, LAST, schoolCode(1), walked(50));
    await done(putReport(admin, LAST, JUNIOR[1], junior(50)));
    assert.equal((await told.events('own')).length, 4);
    for (const item of [CV, 'WALKS']) assert.deepEqual(await entry(item), ['withdrawn', THIS], item);
    // tried on what has been, the item that the latest standard knows comes to the same
    assert.deepEqual((await tried())[0], [CV, 'withdrawn']);
  });

  it('but once the new year cannot say, the year before is the latest that can', async () => {
    await done(close(false)); // two schools that have not reported
    const fired = await told.next('own');
    assert.deepEqual(brief(fired), ['alert.firing', 'tripped', CV, LAST]);
    assert.deepEqual(await entry(CV), ['open', LAST]);
    await done(close(true));
    assert.deepEqual(brief(await told.next('own')), ['alert.withdrawn', 'not_applicable', CV, THIS]);
  });

  it('nor is an item settled that a standard asks for now, and nobody has reported', async () => {
    ok(await done(standard('walking-on', { valid_from: THIS, fields: FIELDS, items: { WALKS } })), 201);
    assert.deepEqual(brief(await told.next('own')), ['alert.firing', 'tripped', 'WALKS', LAST]);
    assert.deepEqual(await entry('WALKS'), ['open', LAST]);
    await putReport(admin, THIS, schoolCode(1), walked(200));
    await done(putReport(admin, THIS, schoolCode(2), walked(200)));
    assert.deepEqual(brief(await told.next('own')), ['alert.resolved', 'cleared', 'WALKS', THIS]);
    assert.deepEqual(await entry('WALKS'), ['met', THIS]);
  });
});
