// SPDX-License-Identifier: Apache-2.0
// A rule tried on what has been raises what the same rule, in force all the time, has raised: random reports, corrections and
// gaps of a county, its plans and its ledger, each computed before the next; then every rule is tried, and its answer is held
// against the event log. SEED=… repeats a run, SEEDS=… and STEPS=… set how many, and how long.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COUNTY, countyItems, putCountyReport, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { settled } from '../lib/load.mjs';
import { random } from '../lib/random.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const FIRST = Number(process.env.SEED ?? 20261128);
const SEEDS = Number(process.env.SEEDS ?? (process.env.SEED ? 1 : 3));
const STEPS = Number(process.env.STEPS ?? 40);

const CV = 'R2.primary.cv';
const PERIODS = ['2023', '2024', '2025'];
const items = ['R2*', 'G7'];
const RULES = {
  threshold: { kind: 'threshold', items: [...items, 'schools.*'], margin: 0.1, clear: 0.05 },
  twice: { kind: 'threshold', items, hold: { confirmations: 2 }, clear_hold: { confirmations: 2 } },
  near: { kind: 'near', items, margin: 0.3, clear: 0.1 },
  jump: { kind: 'jump', items, margin: 0.2 },
  jumps: { kind: 'jump', of: 'schools', margin: 0.3 },
  plan: { kind: 'plan', items, margin: 0.05 },
  forecast: { kind: 'forecast', items },
  overdue: { kind: 'overdue', items },
  stale: { kind: 'stale', due: '06-30' },
};

const ok = ({ status, text, json }, ...wanted) => {
  assert.ok((wanted.length ? wanted : [200, 201]).includes(status), text);
  return json;
};

// What may happen. Each of its changes is computed before the next: what is accepted while a computation is under way is
// known to have been there when that was written, and not whether it had read it.
function deeds(world, admin, { n, one, chance }) {
  const done = async (change) => {
    const answer = await change;
    await settled(world);
    return answer;
  };
  const code = () => schoolCode(1 + n(3));
  const backbone = () => ({ primary: { teachers_backbone: one([4, 4, 5, 6, 8, 10, 14, 40]) } });
  const withdraw = (path) => done(admin.delete(path));
  return {
    report: async (which = code()) => {
      await done(putSchool(admin, which, school(COUNTY)));
      await done(putReport(admin, one(PERIODS), which, report(200, backbone())));
    },
    noReport: () => withdraw(`/v1/reports/${one(PERIODS)}/${code()}`),
    noSchool: async (which = code()) => {
      for (const period of PERIODS) await withdraw(`/v1/reports/${period}/${which}`);
      await withdraw(`/v1/schools/${which}`);
    },
    closed: async (which = code()) => {
      if ((await admin.get(`/v1/schools/${which}`)).status === 200) await done(putSchool(admin, which, school(COUNTY, { closed: true })));
    },
    junior: () => done(putSchool(admin, schoolCode(9, '31'), school(COUNTY, { kind: '311', closed: chance(0.5) }))),
    county: () => done(putCountyReport(admin, { period: one(PERIODS), items: countyItems({ G7: { value: one([7000, 7900, 8000, 8100, 9000, 12000]) } }) })),
    noCounty: () => withdraw(`/v1/county-reports/${one(PERIODS)}/${COUNTY}`),
    plan: async () => ok(await done(admin.put(`/v1/plans/${COUNTY}`, { recognition_year: one(['2027', '2028', '2029']),
      milestones: chance(0.5) ? [] : [{ item: CV, year: '2027', target: 0.3 }] }))),
    noPlan: () => withdraw(`/v1/plans/${COUNTY}`),
    deadline: async () => {
      const { items: entries } = ok(await admin.get(`/v1/ledger?county=${COUNTY}`));
      if (entries.length) ok(await done(admin.patch(`/v1/ledger/${one(entries).id}`, { deadline: one(['2025-01-01', '2099-01-01', null]) })));
    },
  };
}

// Each alert that fired, by its events: of which item, with which figures, and how it ended.
function fired(events) {
  const ends = new Map(events.filter((e) => /resolved|withdrawn/.test(e.type)).map((e) => [e.alert, e.type.slice('alert.'.length)]));
  return events.filter((e) => e.type === 'alert.firing').map((e) => [e.item, e.value, e.limit, ends.get(e.alert) ?? null]);
}
// As text, item by item: of those of one item the order is that of time.
const byItem = (list) => list.map(([item, ...more], i) => [item, i, more]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]))
  .map(([item, , more]) => `${item} ${more.join(' ')}`);

async function live(seed) {
  const world = new World(`trials_${seed}`, { monitors: 2, env: { JUNHENG_SWEEP_MS: '50' } });
  const told = new Told();
  const [admin, province] = await told.begin(world);
  const draw = random(seed);
  const may = deeds(world, admin, draw);
  const weighted = [...Object.keys(may), 'report', 'report', 'report', 'county'];
  const log = [];
  try {
    for (const [id, rule] of Object.entries(RULES)) ok(await province.put(`/v1/rules/${id}`, { region: '34', ...rule }));
    for (let i = 0; i < STEPS; i++) {
      const deed = draw.one(weighted);
      log.push(deed);
      await may[deed]();
    }
    for (const [id, rule] of Object.entries(RULES)) {
      const answer = ok(await province.request('POST', `/v1/rules/${id}/try?limit=1000`, { body: { region: '34', ...rule } }));
      const tried = answer.items.map((a) => [a.item, a.value, a.limit, a.end]);
      assert.deepEqual(byItem(tried), byItem(fired(await told.events(id))), `SEED=${seed} ${id}: ${log.join(' ')}`);
    }
  } finally {
    await world.stop();
  }
}

describe(`rules tried on what has been (SEED=${FIRST}, SEEDS=${SEEDS}, STEPS=${STEPS})`, () => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) it(`raise what they have raised: SEED=${seed}`, () => live(seed));
});
