// SPDX-License-Identifier: Apache-2.0
// The rectification ledger: opened, met, struck off and brought back by the data; filled in, confirmed and returned by
// people; listed, summed up, and as the office's table.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import ExcelJS from 'exceljs';
import { hold } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, countyItems, putCounty, putCountyReport, putRegions, putReport, putSchool,
  report, school, schoolCode } from '../lib/fixtures.mjs';
import { settled } from '../lib/load.mjs';
import { World } from '../lib/world.mjs';

const world = new World('ledger');
const LATER = String(Number(PERIOD) + 1);
const EARLIER = String(Number(PERIOD) - 1);
const THERE = '341023';
const R2 = 'R2.primary.cv';
let admin;
let supervisor;
let reporter;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const errorsOf = ({ status, json, text }) => {
  assert.equal(status, 422, text);
  return Object.fromEntries(json.errors.map((e) => [e.pointer, e.code]));
};
const list = async (query = '', client = admin) => ok(await client.get(`/v1/ledger${query}`)).items;
const find = async (item, county = COUNTY) => (await list(`?county=${county}&item=${item}`))[0];
const entryOf = async (item, county) => ok(await admin.get(`/v1/ledger/${(await find(item, county)).id}`));
const actions = (entry) => entry.history.map((h) => h.action).reverse();
const settle = (version, period = PERIOD, county = COUNTY) => world.status(county, period, version);
const set = async (figures, { period = PERIOD, code = schoolCode(2), site } = {}) => {
  const version = await putReport(admin, period, code, report(200, { primary: figures, site }));
  return settle(version, period);
};
const own = async (items, period = PERIOD) => settle(await putCountyReport(admin, { items: countyItems(items), period }), period);

describe('ledger', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], ['3410', '黄山市'], [COUNTY, '鸠江区'], [THERE, '黟县']]);
    supervisor = world.client((await world.newKey('supervisor', '3402', '--label', '市督导室')).token);
    reporter = world.client((await world.newKey('reporter', COUNTY, '--label', '县教育局填报')).token);
    await settle(await putCounty(admin));
  });
  after(() => world.stop());

  it('a county that meets everything has no entries', async () => {
    assert.deepEqual(await list(), []);
    assert.deepEqual(ok(await admin.get('/v1/regions/34/ledger')).counties, []);
  });

  it('an item that falls opens an entry, with what is lacking, in the transaction of the figures', async () => {
    const { version } = await set(R2_FAR);
    const entry = await entryOf(R2);
    assert.equal((await list()).length, 1, 'R2 alone');
    const { id, shortfall, opened_at: at, changed_at: changed, history, ...rest } = entry;
    assert.ok(id > 0 && at === changed && Math.abs(Date.parse(at) - Date.now()) < 600000);
    assert.deepEqual(rest, { county: COUNTY, name: '鸠江区', item: R2, state: 'open', overdue: false, period: PERIOD,
      data_version: version, value: rest.value, limit: 0.5, met: null, struck_off_at: null, department: null, responsible: null,
      deadline: null, evidence: [], notes: null, version: 1, history_more: false });
    assert.ok(Math.abs(rest.value - 9 / 11) < 1e-12);
    assert.match(shortfall.title.zh, /^小学.*骨干教师数校际差异系数$/);
    assert.deepEqual([shortfall.compare, shortfall.unit, shortfall.lack, shortfall.figures, shortfall.more],
      ['at_most', 'cv', Math.round(1e6 * (9 / 11 - 0.5)) / 1e6, [], 0]);
    // 4 and 40 of 200 pupils each: the mean is 11 per hundred, which is 18 more for the first
    assert.deepEqual(shortfall.schools, [{ school: schoolCode(1), name: '第1小学', stage: 'primary',
      lacks: [{ indicator: 'R2', figure: '/stages/primary/teachers_backbone', to: 'mean', lack: 18, unit: 'teachers' }] }]);
    assert.deepEqual(history, [{ version: 1, at, action: 'opened', by: null, period: PERIOD, data_version: version,
      value: rest.value, limit: 0.5, note: null, changes: null }]);
  });

  it('figures that move bring it up to date, and are no transition; unchanged ones write nothing', async () => {
    const { version } = await set({ teachers_backbone: 30 });
    const entry = await entryOf(R2);
    assert.deepEqual([entry.version, entry.data_version, entry.history.length], [1, version, 1]);
    assert.ok(Math.abs(entry.value - 13 / 17) < 1e-12);
    assert.equal(entry.shortfall.schools[0].lacks[0].lack, 13);
    const stored = () => world.sql('SELECT id, xmin, ctid FROM ledger_entry');
    const before = await stored();
    await set({ teachers_backbone: 30, migrant_students: 1 });
    await set({ teachers_backbone: 30 });
    assert.deepEqual(await stored(), before, 'other figures of the county leave its row alone');
    const now = await stored();
    const [[at]] = await world.sql(`SELECT computed_at FROM county_result WHERE county = '${COUNTY}'`);
    await world.sql(`UPDATE county_result SET stale = true WHERE county = '${COUNTY}'`);
    await waitFor('the same county, computed again', async () => (
      await world.sql(`SELECT computed_at FROM county_result WHERE county = '${COUNTY}' AND NOT stale`))[0]?.[0] !== at);
    assert.deepEqual(await stored(), now);
  });

  it('says what schools lack: the standard as a whole, an item of schools, rooms', async () => {
    await set({ teachers_backbone: 30, largest_class: 47, teachers_above_degree: 5, teachers_pe_art: 0 },
      { site: { music_rooms: [96, 40], art_rooms: [], multimedia_rooms: 1 } });
    const records = await find('schools.primary');
    assert.deepEqual([records.value, records.limit, records.shortfall.unit, records.shortfall.lack], [1, 0, 'schools', 1]);
    // R1 needs 4.2 %, so 9 teachers; R3 0.9 %, so 2; R7 2.3 %, so 5 rooms. One may stay at its floor: of R1 8 are 85 %
    const [{ school: code, lacks }] = records.shortfall.schools;
    assert.equal(code, schoolCode(2));
    assert.equal(lacks.length, 3);
    assert.ok(lacks.every((l) => l.lack > 0 && ['threshold', 'floor'].includes(l.to)));
    const lack = (indicator, to) => lacks.find((l) => l.indicator === indicator && (!to || l.to === to));
    assert.equal(lacks.filter((l) => l.to === 'floor').length, 1);
    assert.deepEqual(['R1', 'R3', 'R7'].filter((i) => lack(i)), ['R1', 'R3', 'R7']);
    if (lack('R3', 'threshold')) assert.equal(lack('R3').lack, 2);
    if (lack('R7', 'threshold')) assert.equal(lack('R7').lack, 4);
    const rooms = await find('G3');
    assert.deepEqual(rooms.shortfall.schools, [{ school: schoolCode(2), name: '第2小学',
      lacks: [{ figure: '/site/art_rooms', to: 'threshold', area: 90, lack: 1, unit: 'rooms' }] }]);
    const classes = await find('G5');
    assert.equal(classes.shortfall.schools[0].school, schoolCode(2));
    assert.ok(classes.shortfall.schools[0].lacks.some((l) => l.figure.endsWith('/largest_class')));
  });

  it('… and of the county’s own figures', async () => {
    await own({ G7: { value: 7000.5 }, G11: { eligible: 100, moved: 7, backbone_moved: 2 }, G1: { confirmed: false } });
    const g7 = await find('G7');
    assert.deepEqual([g7.value, g7.limit, g7.shortfall.lack, g7.shortfall.unit, g7.shortfall.compare],
      [7000.5, 8000, 999.5, 'yuan', 'at_least']);
    assert.deepEqual(g7.shortfall.figures, [{ figure: '/items/G7/value', name: '特殊教育学校生均公用经费', to: 'threshold', lack: 999.5, unit: 'yuan' }]);
    const g11 = await find('G11');
    assert.deepEqual([g11.value, g11.shortfall.lack, g11.shortfall.unit], [7, 3, 'percent']);
    assert.deepEqual(g11.shortfall.figures.map(({ name, ...f }) => [typeof name, f]), [['string', { figure: '/items/G11/moved', to: 'threshold', lack: 3, unit: 'number' }]]);
    const g1 = await find('G1');
    assert.deepEqual([g1.value, g1.shortfall.lack, g1.shortfall.unit, g1.shortfall.figures], [null, null, null, []]);
    await own({});
    await set({ teachers_backbone: 30 });
    assert.deepEqual((await list('?state=open')).map((e) => e.item), [R2]);
    assert.deepEqual((await list('?state=met')).map((e) => e.item).sort(),
      ['G1', 'G11', 'G3', 'G5', 'G7', 'R1.primary.cv', 'R3.primary.cv', 'R7.primary.cv', 'schools.primary']);
  });

  it('a correction meets it, with the version that showed it; nobody but a person, or a later year, strikes it off', async () => {
    const { version } = await set(R2_MET);
    let entry = await entryOf(R2);
    assert.equal(entry.state, 'met');
    assert.equal(entry.shortfall.lack, 0);
    assert.deepEqual(entry.shortfall.schools, []);
    assert.deepEqual([entry.met.period, entry.met.data_version], [PERIOD, version]);
    await set({ ...R2_MET, migrant_students: 1 });
    await set(R2_MET);
    entry = await entryOf(R2);
    assert.deepEqual([entry.state, actions(entry)], ['met', ['opened', 'met']]);
  });

  it('is confirmed by a supervisor, once', async () => {
    const { id } = await find(R2);
    const url = `/v1/ledger/${id}/confirm`;
    assert.equal((await reporter.post(url, { note: 'x' })).status, 403);
    const key = { headers: { 'Idempotency-Key': 'confirm-1' } };
    const first = await supervisor.post(url, { note: '现场核查属实' }, key);
    assert.deepEqual(ok(first), { id, county: COUNTY, version: 3, changed: true, state: 'struck_off' });
    assert.deepEqual(ok(await supervisor.post(url, { note: '现场核查属实' }, key)), first.json, 'replayed');
    assert.equal((await supervisor.post(url)).status, 409, 'it is struck off');
    const entry = await entryOf(R2);
    assert.ok(entry.struck_off_at >= entry.met.at);
    assert.deepEqual(actions(entry), ['opened', 'met', 'struck_off']);
    assert.equal(entry.history[0].note, '现场核查属实');
    assert.equal(entry.history[0].by.label, '市督导室');
    assert.deepEqual(errorsOf(await supervisor.post(url, { note: '', more: 1 })), { '/note': 'empty', '/more': 'unknown_field' });
  });

  it('falls again: it is the same entry, back', async () => {
    const before = await find(R2);
    await set(R2_FAR);
    const entry = await entryOf(R2);
    assert.equal(entry.id, before.id);
    assert.deepEqual([entry.state, entry.met, entry.struck_off_at], ['open', null, null]);
    assert.deepEqual(actions(entry), ['opened', 'met', 'struck_off', 'back']);
    await settled(world);
    const results = () => world.sql(`SELECT period, xmin, due_at FROM county_result WHERE county = '${COUNTY}' ORDER BY period`);
    const were = await results();
    assert.equal((await supervisor.post(`/v1/ledger/${entry.id}/confirm`)).status, 409, 'the data do not show it');
    assert.equal((await supervisor.post(`/v1/ledger/${entry.id}/reopen`, { reason: 'x' })).status, 409);
    const late = { headers: { 'If-Match': '"1"' } };
    assert.equal((await supervisor.patch(`/v1/ledger/${entry.id}`, { deadline: '2020-06-30' }, late)).status, 412);
    assert.deepEqual(await results(), were, 'nothing is computed again for what was refused');
  });

  it('people say who, by when and what shows it; each change is kept with the key’s label', async () => {
    const { id } = await find(R2);
    const url = `/v1/ledger/${id}`;
    const said = { department: '县教育局', responsible: '张某', deadline: '2020-06-30', evidence: ['合同 https://example.org/1', '照片'], notes: '暑期' };
    const got = await reporter.get(url);
    const answer = ok(await reporter.patch(url, said, { headers: { 'If-Match': got.headers.etag } }));
    assert.deepEqual(answer, { id, county: COUNTY, version: 5, changed: true });
    let entry = await entryOf(R2);
    assert.deepEqual(Object.fromEntries(Object.keys(said).map((k) => [k, entry[k]])), said);
    assert.deepEqual([entry.state, entry.overdue, entry.history[0].action, entry.history[0].changes], ['open', true, 'edited', said]);
    assert.equal(entry.history[0].by.label, '县教育局填报');
    assert.equal(ok(await reporter.patch(url, { department: '县教育局' })).changed, false);
    ok(await reporter.patch(url, { deadline: '2099-01-01', responsible: null }));
    entry = await entryOf(R2);
    assert.deepEqual([entry.overdue, entry.responsible, entry.history[0].changes], [false, null, { deadline: '2099-01-01', responsible: null }]);
    assert.equal((await reporter.patch(url, { notes: 'y' }, { headers: { 'If-Match': '"5"' } })).status, 412);
    assert.equal(ok(await reporter.patch(url, { deadline: '2020-06-30' }, { headers: { 'If-Match': '"6"' } })).version, 7);
    assert.equal((await reporter.get(url, { headers: { 'If-None-Match': (await reporter.get(url)).headers.etag } })).status, 304);
  });

  it('names what is wrong by pointer, and writes nothing', async () => {
    const { id } = await find(R2);
    const counts = await world.tableCounts();
    const bad = await reporter.patch(`/v1/ledger/${id}`, { department: '', responsible: '人'.repeat(61), deadline: '2026-02-30',
      evidence: ['x', 7, 'y'.repeat(501)], notes: 7, state: 'met' });
    assert.deepEqual(errorsOf(bad), { '/department': 'empty', '/responsible': 'too_long', '/deadline': 'bad_format',
      '/evidence/1': 'wrong_type', '/evidence/2': 'too_long', '/notes': 'wrong_type', '/state': 'unknown_field' });
    assert.equal(errorsOf(await reporter.patch(`/v1/ledger/${id}`, { evidence: Array(21).fill('x') }))['/evidence'], 'too_many');
    assert.equal((await reporter.patch(`/v1/ledger/${id}`, '[')).status, 400);
    assert.equal((await reporter.patch('/v1/ledger/999999', {})).status, 404);
    assert.equal((await admin.get('/v1/ledger/x')).status, 400);
    assert.deepEqual(errorsOf(await supervisor.post(`/v1/ledger/${id}/reopen`, {})), { '/reason': 'required' });
    for (const query of ['state=none', 'item=G', 'overdue=yes', 'cursor=x', 'county=34020', 'limit=0']) {
      assert.equal((await admin.get(`/v1/ledger?${query}`)).status, 400, query);
    }
    assert.equal((await admin.get('/v1/regions/34/ledger?since=yesterday')).status, 400);
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('what is returned stays so until a supervisor confirms it, or it falls', async () => {
    await set(R2_MET);
    const { id } = await find(R2);
    assert.equal((await reporter.post(`/v1/ledger/${id}/reopen`, { reason: 'x' })).status, 403);
    assert.equal(ok(await supervisor.post(`/v1/ledger/${id}/reopen`, { reason: '名册不符' })).state, 'returned');
    await set({ ...R2_MET, migrant_students: 1 });
    await set(R2_MET);
    let entry = await entryOf(R2);
    assert.deepEqual([entry.state, entry.overdue, entry.history[0].note], ['returned', true, '名册不符']);
    assert.equal(ok(await supervisor.post(`/v1/ledger/${id}/confirm`)).state, 'struck_off');
    ok(await supervisor.post(`/v1/ledger/${id}/reopen`, { reason: '再核' }));
    await set(R2_FAR);
    entry = await entryOf(R2);
    assert.deepEqual([entry.state, actions(entry).slice(-5)], ['open', ['met', 'returned', 'struck_off', 'returned', 'back']]);
  });

  it('a later year decides: carried, met, struck off; an earlier one brings nothing back', async () => {
    for (const n of [1, 2]) await set(n === 2 ? R2_FAR : {}, { period: LATER, code: schoolCode(n) });
    let entry = await entryOf(R2);
    assert.deepEqual([entry.state, entry.period, entry.history[0].action, entry.history[0].period], ['open', LATER, 'carried', LATER]);
    await set(R2_MET); // the year before says met: the later one does not
    assert.equal((await entryOf(R2)).state, 'open');
    await set(R2_MET, { period: LATER });
    entry = await entryOf(R2);
    assert.deepEqual([entry.state, entry.met.period], ['met', LATER]);
    const third = String(Number(LATER) + 1);
    for (const n of [1, 2]) await set({}, { period: third, code: schoolCode(n) });
    entry = await entryOf(R2);
    assert.deepEqual([entry.state, entry.period, entry.history[0].action, entry.history[0].by], ['struck_off', third, 'struck_off', null]);
    const { length } = entry.history;
    for (const period of [EARLIER, PERIOD, LATER]) {
      if (period === EARLIER) await set({}, { period, code: schoolCode(1) });
      await set(R2_FAR, { period });
    }
    entry = await entryOf(R2);
    assert.deepEqual([entry.state, entry.history.length], ['struck_off', length]);
    // … until the later one knows nothing any more: then the latest that does
    const gone = ok(await admin.delete(`/v1/reports/${third}/${schoolCode(2)}`));
    await settle(gone.version, third);
    entry = await waitFor('the year before to be judged again', async () => {
      const e = await entryOf(R2);
      return e.state === 'open' && e;
    });
    assert.deepEqual([entry.state, entry.period, entry.history[0].action], ['open', LATER, 'back']);
    // struck off by the data as by a person: it begins anew
    assert.deepEqual([entry.deadline, entry.overdue, entry.department, entry.history[0].changes], [null, false, '县教育局', { deadline: null }]);
    ok(await reporter.patch(`/v1/ledger/${entry.id}`, { deadline: '2020-06-30' }));
  });

  it('is withdrawn when there is no data any more', async () => {
    await settle(ok(await admin.delete(`/v1/reports/${LATER}/${schoolCode(2)}`)).version, LATER);
    let entry = await waitFor('the year before to be judged again', async () => {
      const e = await entryOf(R2);
      return e.period === PERIOD && e;
    });
    assert.deepEqual(actions(entry).slice(-2), ['withdrawn', 'back'], 'the year before is the latest to know it');
    assert.deepEqual([entry.state, entry.period], ['open', PERIOD]);
    await settle(ok(await admin.delete(`/v1/reports/${EARLIER}/${schoolCode(2)}`)).version, EARLIER);
    await settle(ok(await admin.delete(`/v1/reports/${PERIOD}/${schoolCode(2)}`)).version, PERIOD);
    entry = await entryOf(R2);
    assert.deepEqual([entry.state, entry.history[0].action], ['withdrawn', 'withdrawn']);
    await set(R2_FAR);
    assert.deepEqual([(await entryOf(R2)).state, actions(await entryOf(R2)).at(-1)], ['open', 'back']);
  });

  // The year before decides again, and is held by who acts just then: the computation leaves it to them to mark it.
  const refusals = {
    'what is refused of the entry': async () => {
      const { id } = await find(R2);
      return [409, () => admin.request('POST', `/v1/ledger/${id}/confirm`)];
    },
    'what changes nothing of the alert': async () => {
      const { items } = ok(await admin.get(`/v1/alerts?county=${COUNTY}&state=firing&limit=1000`));
      const { id } = items.find((a) => a.item === R2 && a.rule === 'threshold');
      return [409, () => admin.request('POST', `/v1/alerts/${id}/actions`, { body: { action: 'snooze', until: null } })];
    },
  };
  for (const [name, prepare] of Object.entries(refusals)) {
    it(`… and nobody loses the year before by ${name} meanwhile`, async () => {
      await settle(await putReport(admin, LATER, schoolCode(2), report(200, { primary: R2_FAR })), LATER);
      assert.deepEqual(((e) => [e.state, e.period])(await find(R2)), ['open', LATER]);
      const [status, act] = await prepare();
      const begin = await hold(world.url, 'LOCK county_plan IN ACCESS EXCLUSIVE MODE');
      const { version } = ok(await admin.delete(`/v1/reports/${LATER}/${schoolCode(2)}`));
      const waiting = (n) => waitFor(`${n} to wait`, async () => Number((await world.sql(`SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`))[0][0]) === n);
      let acted;
      try {
        await waiting(1); // a monitor that has the year, and the county's turn
        acted = act();
        await waiting(2);
      } finally {
        await begin();
      }
      assert.equal((await acted).status, status);
      await settle(version, LATER);
      const entry = await waitFor('the year before to be judged again', async () => {
        const e = await find(R2);
        return e.period === PERIOD && e;
      });
      assert.equal(entry.state, 'open');
    });
  }

  it('a standard that asks for it no longer withdraws it', async () => {
    await own({ G1: { confirmed: false } });
    assert.equal((await find('G1')).state, 'open');
    await world.sql(`INSERT INTO ledger_entry (county, item, state, period, version, shortfall, opened_at, changed_at)
      VALUES ('${COUNTY}', 'X9', 'open', '${PERIOD}', 1, '{"title":{"zh":"旧项","en":"old"},"compare":null,"unit":null,"lack":null,"figures":[],"schools":[],"more":0}', now(), now())`);
    await own({});
    const [gone] = await list('?item=X9');
    assert.deepEqual([gone.state, gone.shortfall.title.zh], ['withdrawn', '旧项']);
  });

  it('a monitor that is killed changes nothing, and nothing twice', async () => {
    const before = await entryOf(R2);
    await world.monitors[0].kill();
    const version = await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: R2_MET }));
    assert.deepEqual(await entryOf(R2), before, 'nobody has judged it');
    await world.startMonitor();
    await settle(version);
    const entry = await entryOf(R2);
    assert.deepEqual([entry.state, entry.history.length], ['met', before.history.length + 1]);
  });

  it('… also at any moment of its work: every transition follows from the one before, with the figures that made it', async () => {
    for (let round = 0; round < 8; round++) {
      const [version] = await Promise.all([
        putReport(admin, PERIOD, schoolCode(2), report(200, { primary: round % 2 ? R2_MET : R2_FAR })), world.monitors[0].kill()]);
      await world.startMonitor();
      await settle(version);
      const [[behind]] = await world.sql(`SELECT count(*) FROM ledger_entry e JOIN county_result r USING (county, period)
        WHERE e.county = '${COUNTY}' AND e.item = '${R2}' AND (e.state = 'open') <> (e.item = ANY (r.failing))`);
      assert.equal(behind, '0', 'the ledger and the figures are of one transaction');
    }
    const done = actions(await entryOf(R2)).slice(-8);
    assert.deepEqual(done, Array(4).fill(['back', 'met']).flat());
    const { history, version } = await entryOf(R2);
    assert.deepEqual(history.map((h) => h.version), Array.from({ length: version }, (_, i) => version - i));
  });

  it('is listed below one’s region, by state, item, lateness and department, page by page', async () => {
    await set(R2_FAR);
    await putSchool(admin, schoolCode(31), school(THERE));
    await settle(await putReport(admin, PERIOD, schoolCode(31), report(200, { primary: { largest_class: 60 } })), PERIOD, THERE);
    const all = await list();
    assert.ok(all.some((e) => e.county === THERE && e.item === 'G5'));
    assert.deepEqual(all.map((e) => e.id), [...all.map((e) => e.id)].sort((a, b) => a - b));
    const ids = (items) => items.map((e) => e.id);
    assert.deepEqual(ids(await list('', reporter)), ids(all.filter((e) => e.county === COUNTY)));
    assert.deepEqual(ids(await list('?region=3410')), ids(all.filter((e) => e.county === THERE)));
    assert.deepEqual(ids(await list(`?region=34&county=${THERE}`)), ids(all.filter((e) => e.county === THERE)));
    assert.deepEqual(await list(`?region=3402&county=${THERE}`), []);
    for (const state of ['open', 'returned', 'met', 'struck_off', 'withdrawn']) {
      assert.deepEqual(ids(await list(`?state=${state}`)), ids(all.filter((e) => e.state === state)), state);
    }
    const late = all.filter((e) => e.overdue);
    assert.deepEqual(late.map((e) => e.item), [R2]);
    assert.deepEqual(ids(await list('?overdue=true')), ids(late));
    assert.equal((await list('?overdue=false')).length, all.length - late.length);
    assert.deepEqual(ids(await list(`?department=${encodeURIComponent('县教育局')}`)), ids(late));
    assert.deepEqual(await list('?department=nobody'), []);
    const paged = [];
    let next = '';
    do {
      const page = ok(await admin.get(`/v1/ledger?limit=3${next && `&cursor=${next}`}`));
      assert.ok(page.items.length <= 3);
      paged.push(...page.items);
      next = page.next;
    } while (next);
    assert.deepEqual(ids(paged), ids(all));
  });

  it('belongs to those whose region it is', async () => {
    const there = await world.as('supervisor', THERE);
    const { id } = await find(R2);
    for (const answer of [await there.get(`/v1/ledger/${id}`), await there.patch(`/v1/ledger/${id}`, { notes: 'x' }),
      await there.post(`/v1/ledger/${id}/confirm`), await there.post(`/v1/ledger/${id}/reopen`, { reason: 'x' }),
      await there.get('/v1/ledger?region=3402'), await there.get('/v1/ledger.xlsx?region=34'), await there.get('/v1/regions/3402/ledger')]) {
      assert.equal(answer.status, 403, answer.text);
    }
    assert.equal((await world.client().get('/v1/ledger')).status, 401);
    const ownKey = await world.as('reporter', schoolCode(1));
    assert.equal((await ownKey.get('/v1/ledger')).status, 403);
  });

  it('is summed up by county and state', async () => {
    const all = await list();
    const count = (county, test) => all.filter((e) => (!county || e.county === county) && test(e)).length;
    const wanted = (county) => ({ states: Object.fromEntries(['open', 'returned', 'met', 'struck_off', 'withdrawn']
      .map((s) => [s, count(county, (e) => e.state === s)])), overdue: count(county, (e) => e.overdue) });
    const sum = ok(await admin.get('/v1/regions/34/ledger?since=2026-01-01'));
    const struck = (county) => count(county, (e) => e.state === 'struck_off');
    assert.deepEqual(sum, { region: '34', name: '安徽省', since: '2026-01-01T00:00:00.000000Z', ...wanted(), struck_off_since: struck(),
      counties: [{ county: COUNTY, name: '鸠江区', ...wanted(COUNTY), struck_off_since: struck(COUNTY) },
        { county: THERE, name: '黟县', ...wanted(THERE), struck_off_since: struck(THERE) }] });
    assert.ok(sum.states.struck_off > 0);
    const none = ok(await admin.get('/v1/regions/3402/ledger?since=2098-01-01T00:00:00Z'));
    assert.deepEqual([none.struck_off_since, none.counties.length], [0, 1]);
    assert.equal(ok(await admin.get(`/v1/regions/${COUNTY}/ledger`)).struck_off_since, null);
    assert.equal((await admin.get('/v1/regions/99/ledger')).status, 404);
  });

  it('is the office’s table, with what is late marked', async () => {
    const { id } = await find('G3'); // one that was struck off
    await world.sql(`UPDATE ledger_entry SET opened_at = '2026-02-28T15:59:59.999999Z', struck_at = '2026-02-28T16:00:00Z' WHERE id = ${id}`);
    const { status, bytes, headers, text } = await admin.get('/v1/ledger.xlsx?region=34');
    assert.equal(status, 200, text);
    assert.match(headers['content-type'], /spreadsheetml/);
    assert.equal(decodeURIComponent(headers['content-disposition'].split("''")[1]), '整改台账-34.xlsx');
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(bytes);
    assert.deepEqual(book.worksheets.map((s) => s.name), ['整改台账', '说明']);
    const sheet = book.worksheets[0];
    const heads = sheet.getRow(2).values.slice(1);
    for (const head of ['序号', '县', '问题', '现状', '标准', '差距', '责任部门', '责任人', '整改期限', '状态', '佐证', '备注']) assert.ok(heads.includes(head), head);
    const rows = [];
    sheet.eachRow((row, n) => { if (n > 2) rows.push(row); });
    const cell = (row, head) => row.getCell(heads.indexOf(head) + 1).value ?? '';
    const all = await list();
    assert.deepEqual(rows.map((r) => [cell(r, '县代码'), cell(r, '指标'), Number(cell(r, '条目编号'))]), all.map((e) => [e.county, e.item, e.id]));
    const at = (item, county = COUNTY) => rows[all.findIndex((e) => e.item === item && e.county === county)];
    const r2 = at(R2);
    assert.deepEqual(['县', '现状', '标准', '差距', '责任部门', '整改期限', '状态', '是否逾期', '佐证', '备注'].map((h) => cell(r2, h)),
      ['鸠江区', '0.818', '≤ 0.5', '0.3182', '县教育局', '2020-06-30', '整改中', '逾期', '合同 https://example.org/1\n照片', '暑期']);
    assert.match(cell(r2, '所涉学校与数量'), /第1小学\(小学\):R2 .*缺 18 人\(至县均值\)/);
    const red = (row) => row.getCell(2).fill?.fgColor?.argb;
    assert.equal(red(r2), 'FFFFC7CE');
    assert.deepEqual(rows.filter(red).length, 1);
    assert.deepEqual(['状态', '立项日期', '销号日期'].map((h) => cell(at('G3'), h)), ['已销号', '2026-02-28', '2026-03-01'], 'days in China, as the deadline');
    assert.equal(cell(r2, '销号日期'), '');
    assert.equal(cell(at('G5', THERE), '标准'), '每所学校达标');
    assert.match(book.worksheets[1].getCell('A1').value, /整改台账/);
    const one = new ExcelJS.Workbook();
    await one.xlsx.load((await reporter.get(`/v1/ledger.xlsx?county=${COUNTY}&state=open`)).bytes);
    assert.equal(one.worksheets[0].rowCount, 2 + all.filter((e) => e.county === COUNTY && e.state === 'open').length);
  });

  it('what people changed is among the changes', async () => {
    const { id, version } = await entryOf(R2);
    const { items } = ok(await admin.get(`/v1/changes?county=${COUNTY}&limit=1000`));
    const told = items.filter((i) => i.type === 'ledger');
    assert.ok(told.length >= 6);
    assert.ok(told.every((i) => i.action === 'put' && i.region === COUNTY && i.path === `/v1/ledger/${i.entry}`));
    const mine = told.filter((i) => i.entry === String(id)).map((i) => i.version);
    assert.deepEqual(mine, [...mine].sort((a, b) => a - b));
    assert.ok(mine.at(-1) <= version);
  });
});
