// SPDX-License-Identifier: Apache-2.0
// A rule that becomes another kind is about another condition: what was open by it is over, and another alert begins.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { checkMessage } from '../lib/contract.mjs';
import { COUNTY, countyItems, putCounty, putCountyReport, putRegions } from '../lib/fixtures.mjs';
import { settled } from '../lib/load.mjs';
import { World } from '../lib/world.mjs';

const world = new World('rule_kind');
const ITEM = 'G7';
const JUMP = { kind: 'jump', margin: 0.05, severity: 'info' };
const THRESHOLD = { kind: 'threshold', severity: 'warning' };
const NEAR = { kind: 'near', margin: 0.5, clear: 0.5 };
let admin;

const ok = (answer, ...statuses) => {
  assert.ok((statuses.length ? statuses : [200, 201]).includes(answer.status), answer.text);
  return answer.json;
};
const put = async (rule) => ok(await admin.put('/v1/rules/own', { region: '34', items: [ITEM], ...rule }));
const report = (period, value, more) => putCountyReport(admin, { period, items: countyItems({ [ITEM]: { value }, ...more }) });
const open = async () => ok(await admin.get(`/v1/alerts?county=${COUNTY}&limit=1000`)).items
  .filter((a) => a.rule === 'own' && ['pending', 'firing', 'acknowledged'].includes(a.state));
let seen = 0;
// What the rule has told since it was asked last.
async function told() {
  await settled(world);
  const { items } = ok(await admin.get(`/v1/events?after=${seen}&limit=1000`));
  items.forEach((e) => checkMessage('alert.v1', e));
  seen = items.at(-1)?.seq ?? seen;
  return items.filter((e) => e.rule === 'own');
}
const brief = (events) => events.map((e) => [e.type.slice('alert.'.length), e.kind, e.reason, e.period]);

describe('a rule that becomes another kind', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    await putCounty(admin, { period: '2024' });
    await putCounty(admin, { period: '2025', own: false });
  });
  after(() => world.stop());
  beforeEach(() => world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'"));

  it('has its alert withdrawn, and begins another in the same computation, also where that is acknowledged', async () => {
    await put(JUMP);
    await report('2025', 7000);
    const [jump] = await told();
    assert.deepEqual(brief([jump]), [['firing', 'jump', 'tripped', '2025']]);
    ok(await admin.request('POST', `/v1/alerts/${jump.alert}/actions`, { body: { action: 'acknowledge' } }));
    await told();
    await put(THRESHOLD);
    const events = await told();
    assert.deepEqual(brief(events), [['withdrawn', 'jump', 'rule_gone', '2025'], ['firing', 'threshold', 'tripped', '2025']]);
    assert.equal(events[0].alert, jump.alert);
    assert.deepEqual((await open()).map((a) => [a.id, a.kind, a.state]), [[events[1].alert, 'threshold', 'firing']]);
  });

  it('has it withdrawn where the condition that it is now is not there, though the former would go on', async () => {
    await report('2025', 8100);
    await told();
    await put(NEAR);
    const [near] = await told();
    assert.deepEqual(brief([near]), [['firing', 'near', 'tripped', '2025']]);
    await put({ ...THRESHOLD, clear: 0.5 });
    assert.deepEqual(brief(await told()), [['withdrawn', 'near', 'rule_gone', '2025']]);
    assert.deepEqual(await open(), []);
  });

  it('is held back as the kind that it is', async () => {
    await report('2025', 7000, { V1: { confirmed: true, evidence: '通报' } });
    assert.deepEqual(brief(await told()), [['firing', 'threshold', 'tripped', '2025']]);
    await report('2025', 8100, { V1: { confirmed: true, evidence: '通报' } });
    await told();
    await put(NEAR);
    const events = await told();
    assert.deepEqual(events.map((e) => [e.type, e.kind, e.held?.replace(/:.*/, '') ?? null]).at(-1), ['alert.firing', 'near', 'alert']);
  });

  it('while a later year comes: one alert is open, of the new kind, in the later year', async () => {
    await put(THRESHOLD);
    await report('2025', 7000);
    await told();
    await world.monitors[0].kill();
    await putCounty(admin, { period: '2026', own: false });
    await report('2026', 6000);
    await put(JUMP);
    await world.startMonitor();
    const events = await told();
    assert.deepEqual((await open()).map((a) => [a.kind, a.period]), [['jump', '2026']]);
    assert.deepEqual(brief(events)[0].slice(0, 3), ['withdrawn', 'threshold', 'rule_gone']);
    // and the year before says nothing of it
    const [{ id }] = await open();
    await report('2025', 7000.5);
    await put(JUMP);
    await told();
    assert.deepEqual((await open()).map((a) => a.id), [id]);
  });
});
