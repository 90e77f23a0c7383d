// SPDX-License-Identifier: Apache-2.0
// Entries of the ledger whose deadline is over are alerts: raised when it passes, without any data; over when the entry is
// done, or has more time.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkMessage } from '../lib/contract.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const world = new World('ledger_overdue');
const ITEM = 'R2.primary.cv';
const DAY = 86400000;
const LATER = String(Number(PERIOD) + 1);
let admin, supervisor, entry;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
// A date in China, so many days from today.
const china = (days) => new Date(Date.now() + 8 * 3600000 + days * DAY).toISOString().slice(0, 10);
const patch = async (body) => ok(await supervisor.patch(`/v1/ledger/${entry}`, body));
const get = async () => ok(await admin.get(`/v1/ledger/${entry}`));
const state = async () => (await get()).state;
const set = async (figures, period = PERIOD) => {
  const version = await putReport(admin, period, schoolCode(2), report(200, { primary: figures }));
  await world.status(COUNTY, period, version);
};
const dueAt = async (period = PERIOD) => (await world.sql(
  `SELECT to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') FROM county_result WHERE county = '${COUNTY}' AND period = '${period}'`))[0][0];
const overdue = async () => ok(await admin.get('/v1/events?after=0&limit=1000')).items.filter((e) => e.rule === 'overdue');

let seen = 0;
async function next(type) {
  const event = await waitFor(`${type} of overdue`, async () => (await overdue()).find((e) => e.seq > seen));
  seen = event.seq;
  checkMessage('alert.v1', event);
  assert.deepEqual([event.type, event.kind, event.item, event.county], [`alert.${type}`, 'overdue', ITEM, COUNTY]);
  return event;
}
async function quiet(why) {
  await waitFor('the county to be looked at', async () => (await world.sql(
    `SELECT count(*) FROM county_result WHERE county = '${COUNTY}' AND (stale OR due_at <= now())`))[0][0] === '0');
  assert.deepEqual((await overdue()).filter((e) => e.seq > seen), [], why);
}

describe('overdue entries', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    supervisor = await world.as('supervisor', '3402');
    await putCounty(admin);
    await set(R2_FAR);
    entry = ok(await admin.get(`/v1/ledger?county=${COUNTY}&item=${ITEM}`)).items[0].id;
  });
  after(() => world.stop());

  it('a deadline that is over when it is set raises it at once, without any data', async () => {
    assert.ok(await dueAt() > china(1), 'a step of the alert that is open, days on');
    await patch({ deadline: china(-1), department: '县教育局' });
    const fired = await next('firing');
    assert.deepEqual([fired.severity, fired.reason, fired.limit, fired.period], ['warning', 'tripped', 0.5, PERIOD]);
    assert.deepEqual([fired.schools, fired.schools_count], [[schoolCode(1)], 1], 'who is below the mean');
    assert.match(fired.summary, /整改逾期.*overdue/);
    const { items } = ok(await admin.get(`/v1/alerts?county=${COUNTY}&state=firing`));
    assert.deepEqual(items.map((a) => a.rule).sort(), ['overdue', 'threshold']);
  });

  it('moved to a day to come it is over; that day, to its end in China, is when it comes due', async () => {
    await patch({ deadline: china(2) });
    assert.equal((await next('resolved')).reason, 'cleared');
    assert.equal(await dueAt(), `${china(3)} 00:00:00`);
    await patch({ deadline: china(0) });
    await quiet('the day is not over');
    assert.equal(await dueAt(), `${china(1)} 00:00:00`);
  });

  it('it passes without data, also while no monitor is there', async () => {
    await world.monitors[0].kill();
    await world.sql(`WITH moved AS (UPDATE ledger_entry SET document = jsonb_set(document, '{deadline}', '"${china(-1)}"'), revision = revision + 1
      WHERE id = ${entry} RETURNING *)
      INSERT INTO ledger_history (entry, revision, at, action, key, period, version, changes)
      SELECT id, revision, now(), 'edited', 0, period, version, jsonb_build_object('deadline', document -> 'deadline') FROM moved;
      UPDATE county_result SET due_at = now() WHERE county = '${COUNTY}' AND period = '${PERIOD}'`);
    await world.startMonitor();
    await next('firing');
  });

  it('what else people write of it is nothing to the alert', async () => {
    const [[before_]] = await world.sql(`SELECT count(*) FROM county_result_log WHERE county = '${COUNTY}'`);
    await patch({ notes: '已调配教师' });
    await quiet('the same deadline');
    assert.deepEqual(await world.sql(`SELECT count(*) FROM county_result_log WHERE county = '${COUNTY}'`), [[before_]], 'nor looked at');
  });

  it('the data show it met: over, in the transaction of the figures; returned, it is late again; confirmed, it is done', async () => {
    await set(R2_MET);
    assert.equal(await state(), 'met');
    await next('resolved');
    ok(await supervisor.post(`/v1/ledger/${entry}/reopen`, { reason: '材料不全' }));
    await next('firing');
    ok(await supervisor.post(`/v1/ledger/${entry}/confirm`, { note: '已核' }));
    await next('resolved');
  });

  it('fallen back, it is not late from the start: a deadline that is over is cleared, who is in charge stays', async () => {
    await set(R2_FAR);
    const back = await get();
    assert.deepEqual([back.state, back.deadline, back.overdue, back.department], ['open', null, false, '县教育局']);
    const [first, ...rest] = back.history;
    assert.deepEqual([first.action, first.by, first.changes], ['back', null, { deadline: null }]);
    assert.deepEqual(rest.find((h) => h.changes?.deadline).changes, { deadline: china(-1) }, 'what it was is kept');
    await quiet('it has no deadline');
    await patch({ deadline: china(-1) });
    await next('firing');
  });

  it('… and one that is still ahead stays', async () => {
    await patch({ deadline: china(1) });
    await next('resolved');
    await set(R2_MET);
    ok(await supervisor.post(`/v1/ledger/${entry}/confirm`));
    await set(R2_FAR);
    const back = await get();
    assert.deepEqual([back.state, back.deadline, back.history[0].action, back.history[0].changes], ['open', china(1), 'back', null]);
    assert.equal(await dueAt(), `${china(2)} 00:00:00`);
    await quiet('the day is not over');
  });

  it('what nobody struck off was never done: its deadline stays, over or not', async () => {
    await patch({ deadline: china(-1) });
    await next('firing');
    await set(R2_MET);
    await next('resolved');
    await set(R2_FAR);
    assert.deepEqual([(await get()).history[0].action, (await get()).deadline], ['back', china(-1)]);
    await next('firing');
    await set(R2_MET);
    await next('resolved');
    ok(await supervisor.post(`/v1/ledger/${entry}/reopen`, { reason: '材料不全' }));
    await next('firing');
    await set(R2_FAR);
    assert.deepEqual([(await get()).history[0].action, (await get()).deadline], ['back', china(-1)]);
    await quiet('it goes on');
  });

  it('one that was returned is late until somebody confirms it, whatever a later school year says', async () => {
    await set(R2_MET);
    await next('resolved');
    ok(await supervisor.post(`/v1/ledger/${entry}/reopen`, { reason: '材料不全' }));
    await next('firing');
    await putReport(admin, LATER, schoolCode(1), report());
    await set(R2_MET, LATER);
    await quiet('it goes on');
    assert.deepEqual([await state(), (await get()).period], ['returned', PERIOD]);
    await patch({ deadline: china(5) });
    await next('resolved');
    await patch({ deadline: china(-1) });
    assert.equal((await next('firing')).period, PERIOD);
  });

  it('a later school year takes entry and alert over; without data there, they go', async () => {
    await putReport(admin, LATER, schoolCode(1), report());
    await set(R2_FAR, LATER);
    await quiet('it goes on');
    const [alert] = ok(await admin.get(`/v1/alerts?county=${COUNTY}&state=firing`)).items.filter((a) => a.rule === 'overdue');
    assert.equal(alert.period, LATER);
    await patch({ deadline: china(2) }); // before any step of an alert comes due, whatever day of the week it is
    assert.equal((await next('resolved')).period, LATER);
    assert.equal(await dueAt(LATER), `${china(3)} 00:00:00`);
    await patch({ deadline: china(-1) });
    await next('firing');
    for (const n of [1, 2]) ok(await admin.delete(`/v1/reports/${LATER}/${schoolCode(n)}`));
    const gone = await next('withdrawn');
    assert.deepEqual([gone.reason, gone.schools], ['no_data', []]);
  });

  it('tried on what has been, it raises what was raised, by the deadlines of then', async () => {
    const tried = async (body) => ok(await admin.post('/v1/rules/overdue/try', { region: '34', kind: 'overdue', ...body }));
    const all = await tried({});
    const items = await new Told().use(admin).sameAs(all, 'overdue');
    assert.ok(items.length >= 5 && items.every((a) => a.item === ITEM && a.county === COUNTY));
    assert.equal(items.at(-1).end, 'withdrawn');
    assert.equal((await tried({ items: ['G*'] })).fired, 0, 'of which nobody set a deadline');
    // held for a day, none would have: each was over, or moved, before
    assert.equal((await tried({ hold: { days: 1 } })).fired, 0);
  });

  it('a history of the ledger that is too long is not replayed by half', async () => {
    await world.sql(`INSERT INTO ledger_history (entry, revision, at, action, key, period, version)
      SELECT ${entry}, 100000 + i, now(), 'edited', 0, '${PERIOD}', 1 FROM generate_series(1, 1001) i`);
    const { status, json } = await admin.post('/v1/rules/overdue/try', { region: '34', kind: 'overdue' });
    assert.deepEqual([status, json.type], [409, '/problems/conflict']);
    await world.sql(`DELETE FROM ledger_history WHERE entry = ${entry} AND revision > 100000`);
  });

  it('a region may switch it off', async () => {
    const province = await world.as('admin', '34');
    await set(R2_FAR);
    await waitFor('the entry to be back', async () => (await state()) === 'open');
    await next('firing');
    ok(await province.put('/v1/rules/overdue', { region: '34', kind: 'overdue', enabled: false }), 201);
    assert.equal((await next('withdrawn')).reason, 'rule_gone');
  });
});
