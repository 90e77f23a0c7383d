// SPDX-License-Identifier: Apache-2.0
// The province's view: its numbers are those of its counties' own answers, counted again here.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FIVE, R2_FAR, close, countyItems, putCounty, putReport, putSchool, report, school, schoolCode, site,
  stage } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';
import { thisYear, waitFor } from '../lib/env.mjs';

const world = new World('summary');
let admin;
let supervisor;

const YEAR = thisYear();
// Long ago, and fell back; this year; only next year.
const RECOGNISED = { 340102: '2019', 340201: String(YEAR), 340202: String(YEAR + 1) };
const TARGETS = { ensure: { 2018: 0.1, 2019: 0.2, 2030: 0.31, [YEAR]: 0.2 }, strive: { 2027: 0, 2035: 1.0 },
  ensures: { 2027: 0.5 } };
const REGIONS = [['34', '安徽省'], ['3401', '合肥市'], ['3402', '芜湖市'], ['340101', '甲县'],
  ['340102', '乙县'], ['340103', '丙县'], ['340104', '丁县'], ['340201', '戊县'], ['340202', '己县'],
  ['340203', '庚县'], ['349001', '省直辖县'], ['340204', '辛县'], ['340205', '壬县'],
  ['35', '福建省'], ['3501', '福州市'], ['350101', '外县']];
const COUNTIES = REGIONS.map(([code]) => code).filter((c) => /^34\d{4}$/.test(c)).sort();
const ITEMS = ['primary', 'junior'].flatMap((s) => [1, 2, 3, 4, 5, 6, 7].map((n) => `R${n}.${s}.cv`)
  .concat(`schools.${s}`)).concat(Object.keys(countyItems()), ['G3', 'G4', 'G5', 'G9', 'G12', 'G13', 'Q4']);

const statusOf = async (code, period) =>
  (await supervisor.get(`/v1/counties/${code}/status?period=${period}`)).json;
const get = async (code, query = '') => {
  const answer = await supervisor.get(`/v1/regions/${code}/summary${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const lines = async (code, query = '') => {
  const answer = await supervisor.get(`/v1/regions/${code}/counties?${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

// Two schools, the second far off: R2's difference fails. more: of the second school.
async function putApart(county, period, first, more = {}) {
  await putCounty(admin, { county, period, first, n: 1 });
  await putSchool(admin, schoolCode(first + 1), school(county));
  return putReport(admin, period, schoolCode(first + 1), report(200, { primary: R2_FAR, ...more }));
}

async function putFive(county, first) {
  let version;
  for (const [i, [pupils, amount]] of FIVE.entries()) {
    await putSchool(admin, schoolCode(first + i), school(county));
    version = await putReport(admin, '2025', schoolCode(first + i),
      { stages: { primary: stage(pupils) }, site: site(pupils, { teaching_area: amount }) });
  }
  return version;
}

function recognition(codes, own) {
  const out = { recognised: 0, on_track: 0, lagging: 0, undecided: 0 };
  const of = { met: 'on_track', not_met: 'lagging' };
  for (const code of codes) {
    const is = RECOGNISED[code] && Number(RECOGNISED[code]) <= YEAR;
    out[is ? 'recognised' : of[stateOf(own.get(code))] ?? 'undecided'] += 1;
  }
  return out;
}

// Where a county stands, by its own answer; null: it has none.
function stateOf(s) {
  if (s.status === 404) return 'no_reports';
  return s.version === 0 ? 'not_computed' : s.verdict;
}

function kindOf(s, item) {
  if (s.failing.includes(item)) return 'not_met';
  if (s.items[item]) return s.items[item].status;
  const [name, stageName] = item.split('.');
  const undef = s.resources[stageName].indicators[name]?.cv_status === 'undefined';
  return undef ? 'undefined' : 'no_data';
}

function countStates(codes, own) {
  const out = { total: codes.length, met: 0, not_met: 0, incomplete: 0, not_computed: 0, no_reports: 0 };
  for (const code of codes) out[stateOf(own.get(code))] += 1;
  return out;
}

function countItems(codes, own) {
  const out = [];
  for (const item of ITEMS) {
    const row = { item, not_met: 0, no_data: 0, undefined: 0, counties: [] };
    for (const code of codes) {
      const s = own.get(code);
      if (!s.version || ![...s.failing, ...s.missing].includes(item)) continue;
      row[kindOf(s, item)] += 1;
      if (s.failing.includes(item)) row.counties.push(code);
    }
    if (row.not_met + row.no_data + row.undefined) out.push(row);
  }
  return out.sort((a, b) => b.not_met - a.not_met || b.no_data - a.no_data || b.undefined - a.undefined
    || (a.item < b.item ? -1 : 1));
}

function countFailing(judged) {
  const numbers = judged.map((s) => s.failing.length);
  return Array.from({ length: Math.max(0, ...numbers) + 1 },
    (_, items) => ({ items, counties: numbers.filter((n) => n === items).length }));
}

function sumStage(judged, name) {
  const sum = (key) => judged.reduce((n, s) => n + s.resources[name][key], 0);
  return { records: sum('records'), records_met: sum('records_met'), students: sum('students') };
}

// The whole summary again, from the counties' own answers.
async function recount(codes, period, previous) {
  const own = new Map();
  const then = new Map();
  for (const code of codes) own.set(code, await statusOf(code, period));
  for (const code of previous ? codes : []) then.set(code, await statusOf(code, previous));
  const judged = [...own.values()].filter((s) => s.version > 0);
  const both = codes.filter((code) => own.get(code).version > 0 && then.get(code)?.version > 0);
  const newly = (verdict) => both.filter((code) =>
    own.get(code).verdict === verdict && then.get(code).verdict !== verdict);
  const times = judged.map((s) => s.computed_at).sort();
  return { counties: countStates(codes, own),
    behind: [...own.values()].filter((s) => s.version < s.accepted_version).length,
    computed_at: { first: times[0] ?? null, last: times.at(-1) ?? null },
    failing: countFailing(judged),
    stages: { primary: sumStage(judged, 'primary'), junior: sumStage(judged, 'junior') },
    missing_schools: judged.reduce((n, s) => n + s.missing_schools.length, 0),
    items: countItems(codes, own),
    prefectures: [...new Set(codes.map((c) => c.slice(0, 4)))].map((code) => {
      const below = codes.filter((c) => c.startsWith(code));
      const [worst] = countItems(below, own);
      return { code, name: REGIONS.find(([c]) => c === code)?.[1] ?? null,
        counties: countStates(below, own), recognition: recognition(below, own),
        most_failing: worst?.not_met ? { item: worst.item, not_met: worst.not_met } : null };
    }),
    recognition: { ...recognition(codes, own), recognised_failing: codes.filter((c) =>
      Number(RECOGNISED[c] ?? YEAR + 1) <= YEAR && stateOf(own.get(c)) === 'not_met') },
    previous: previous ? { period: previous, compared: both.length, newly_met: newly('met'),
      newly_failing: newly('not_met') } : null };
}

async function agrees(code, period, previous) {
  const codes = COUNTIES.filter((c) => c.startsWith(code));
  const { against_targets: _a, targets: _t, name, ...got } = await get(code, `?period=${period}`);
  const wanted = await recount(codes, period, previous);
  assert.equal(name, REGIONS.find(([c]) => c === code)[1]);
  if (code.length > 2) wanted.prefectures = [];
  assert.deepEqual(got, { code, period, ...wanted });
}

describe('summary', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    supervisor = await world.as('supervisor');
    for (const [code, name] of REGIONS) {
      const body = { name, ...(code === '34' && { targets: TARGETS }),
        ...(RECOGNISED[code] && { recognised: RECOGNISED[code] }) };
      assert.equal((await admin.put(`/v1/regions/${code}`, body)).status, 201);
    }
    const wanted = [];
    const put = async (county, period, version) => wanted.push([county, period, await version]);
    await put('340101', '2024', putApart('340101', '2024', 100));
    await put('340101', '2025', putCounty(admin, { county: '340101', first: 100 }));
    await put('340102', '2024', putCounty(admin, { county: '340102', period: '2024', first: 200 }));
    await put('340102', '2025', putApart('340102', '2025', 200));
    await putSchool(admin, schoolCode(399), school('340103')); // does not report
    await put('340103', '2025', putCounty(admin, { county: '340103', first: 300 }));
    await put('340201', '2025', putFive('340201', 400));
    await put('340202', '2024', putCounty(admin, { county: '340202', period: '2024', first: 500 }));
    await put('340203', '2022', putCounty(admin, { county: '340203', period: '2022', first: 600 }));
    await put('340203', '2025', putApart('340203', '2025', 600, { site: { multimedia_rooms: 90 } }));
    const nobody = report(200, { primary: { teachers_pe_art: 0 } });
    await putSchool(admin, schoolCode(700), school('349001'));
    await put('349001', '2025', putReport(admin, '2025', schoolCode(700), nobody));
    await put('350101', '2026', putCounty(admin, { county: '350101', period: '2026', first: 800 }));
    for (const [county, period, version] of wanted) await world.status(county, period, version);
    // a school that is put later counts in all periods of its county
    await waitFor('nothing to be behind', async () => (await world.sql(`
      SELECT count(*) FROM county_period p JOIN county_result r USING (county, period)
      WHERE r.computed_version < p.version OR r.stale`))[0][0] === '0');
  });
  after(() => world.stop());

  it('the made province has every outcome', async () => {
    const { counties } = await get('34');
    assert.deepEqual(counties, { total: 10, met: 1, not_met: 4, incomplete: 1, not_computed: 0, no_reports: 4 });
  });

  it('a province: what its counties say themselves', () => agrees('34', '2025', '2024'));
  it('a prefecture', () => agrees('3401', '2025', '2024'));
  it('a prefecture of which no county has data in the year before', () => agrees('3402', '2025', '2024'));
  it('a county is a region of one', () => agrees('340201', '2025', null));
  it('another period', () => agrees('34', '2024', '2022'));
  it('a period that nobody has reported', () => agrees('34', '2031', '2025'));

  it('names who became what since the period before', async () => {
    const { previous } = await get('34', '?period=2025');
    assert.deepEqual(previous, { period: '2024', compared: 2, newly_met: ['340101'], newly_failing: ['340102'] });
    assert.equal((await get('34', '?period=2022')).previous, null);
    assert.equal((await get('340203', '?period=2025')).previous.period, '2022');
  });

  it('the latest period of its counties by default, whatever others have', async () => {
    assert.equal((await get('34')).period, '2025');
    assert.equal((await get('340202')).period, '2024');
    assert.equal((await lines('35')).period, '2026');
  });

  it('targets: exact shares of all counties, against those recognised by then, and on track', async () => {
    const got = await get('34');
    assert.deepEqual(got.targets, JSON.parse(JSON.stringify(TARGETS)));
    const of = (kind, year, share, needed, recognised, short, then) => ({ kind, year: String(year), share,
      needed, recognised, on_track: Number(year) < YEAR ? 0 : 1, short, short_with_on_track: then });
    assert.deepEqual(got.against_targets, [of('ensure', 2018, 0.1, 1, 0, 1, 1), of('ensure', 2019, 0.2, 2, 1, 1, 1),
      of('ensure', YEAR, 0.2, 2, 2, 0, 0), of('ensure', 2030, 0.31, 4, 2, 2, 1),
      of('strive', 2027, 0, 0, 2, 0, 0), of('strive', 2035, 1, 10, 2, 8, 7)]);
    assert.deepEqual((await get('3401')).against_targets, [], 'a region\'s own only');
  });

  it('a county is recognised in a year, next year at the latest; no other region is', async () => {
    assert.equal((await admin.get('/v1/regions/340102')).json.recognised, '2019');
    assert.equal((await admin.get('/v1/regions/340101')).json.recognised, undefined);
    const refused = async (code, recognised, reason) => {
      const { status, json } = await admin.put(`/v1/regions/${code}`, { name: '某', recognised });
      assert.equal(status, 422);
      assert.deepEqual(json.errors.map((e) => [e.pointer, e.code]), [['/recognised', reason]]);
    };
    await refused('34', '2019', 'not_allowed');
    await refused('3401', '2019', 'not_allowed');
    await refused('340101', String(YEAR + 2), 'too_big');
    await refused('340101', '1999', 'bad_format');
    await refused('340101', '19', 'bad_format');
    await refused('340101', 2019, 'wrong_type');
    const same = await admin.put('/v1/regions/340102', { name: '乙县', recognised: '2019' });
    assert.equal(same.json.changed, false);
  });

  it('the counties, the worst first; each line as the county\'s own answer', async () => {
    const { items, next, region, period } = await lines('34', 'period=2025&limit=1000');
    assert.deepEqual([next, region, period], [null, '34', '2025']);
    assert.deepEqual(items.map((i) => i.county).sort(), COUNTIES);
    const excess = (i) => (i.worst ? i.worst.value / i.worst.limit : 0);
    const sorted = [...items].sort((a, b) => b.failing_items - a.failing_items || excess(b) - excess(a)
      || (a.county < b.county ? -1 : 1));
    assert.deepEqual(items.map((i) => i.county), sorted.map((i) => i.county));
    for (const line of items) {
      const own = await statusOf(line.county, '2025');
      assert.equal(line.verdict, stateOf(own), line.county);
      assert.equal(line.name, REGIONS.find(([code]) => code === line.county)[1]);
      assert.equal(line.failing_items, line.failing.length);
      if (own.status === 404) {
        assert.deepEqual([line.failing, line.missing, line.worst, line.version, line.computed_at], [[], [], null, 0, null]);
        continue;
      }
      for (const key of ['failing', 'missing', 'version', 'accepted_version', 'computed_at']) {
        assert.deepEqual(line[key], own[key], `${line.county} ${key}`);
      }
      const failing = own.failing.filter((i) => i.endsWith('.cv')).map((i) => {
        const [name, s] = i.split('.');
        const { cv, cv_limit: limit } = own.resources[s].indicators[name];
        return { item: i, value: cv, limit };
      }).sort((a, b) => b.value / b.limit - a.value / a.limit);
      if (!failing.length) assert.equal(line.worst, null);
      else assert.ok(close(line.worst.value, failing[0].value) && line.worst.limit === failing[0].limit);
    }
  });

  it('pages of the counties follow one another', async () => {
    const all = (await lines('34', 'limit=1000')).items;
    const seen = [];
    let url = '/v1/regions/34/counties?limit=3&period=2025';
    while (url) {
      const { status, json, headers } = await supervisor.get(url);
      assert.equal(status, 200);
      seen.push(...json.items);
      url = /^<(.+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
      assert.equal(url === undefined, json.next === null);
    }
    assert.deepEqual(seen, all);
  });

  it('the counties of one verdict, or that fail one item', async () => {
    const codes = async (query) => (await lines('34', query)).items.map((i) => i.county).sort();
    for (const verdict of ['met', 'not_met', 'incomplete', 'not_computed', 'no_reports']) {
      const { items } = await lines('34', `verdict=${verdict}`);
      assert.ok(items.every((i) => i.verdict === verdict));
      assert.equal(items.length, (await get('34')).counties[verdict]);
    }
    for (const { item, counties } of (await get('34')).items) assert.deepEqual(await codes(`item=${item}`), counties);
    assert.deepEqual(await codes('item=R2.primary.cv&verdict=met'), []);
  });

  it('refuses what it does not know', async () => {
    const cursors = ['x', '1:2', '1:nan:340101', '1:0x1p3:340101', '1: 1:340101', '99:1:340101', '-1:1:340101',
      '1:-1:340101', '1::340101', '1:1:34010', '1:1e999:340101', '1:1:2:340101'].map((c) =>
      `cursor=${Buffer.from(c).toString('base64url')}`);
    for (const query of ['verdict=good', 'item=R8.primary.cv', 'limit=0', 'limit=1001', 'period=25', 'x=1',
      'cursor=%21', ...cursors]) {
      const { status } = await supervisor.get(`/v1/regions/34/counties?${query}`);
      assert.equal(status, 400, query);
    }
    for (const query of ['period=25', 'verdict=met', 'limit=5']) {
      assert.equal((await supervisor.get(`/v1/regions/34/summary?${query}`)).status, 400, query);
    }
    for (const route of ['summary', 'counties']) {
      assert.equal((await supervisor.get(`/v1/regions/345/${route}`)).status, 400);
      assert.equal((await supervisor.get(`/v1/regions/36/${route}`)).status, 404, 'no such region');
      assert.equal((await supervisor.get(`/v1/regions/36/${route}?period=2025`)).status, 404);
      assert.equal((await supervisor.get(`/v1/regions/340204/${route}`)).status, 404, 'never any data');
      assert.equal((await supervisor.get(`/v1/regions/340204/${route}?period=2025`)).status, 200);
    }
  });

  it('is for keys of the region, or of one above', async () => {
    const ask = async (region, code, route) => (await world.as('reporter', region)).get(`/v1/regions/${code}/${route}`);
    for (const route of ['summary', 'counties']) {
      assert.equal((await ask('34', '34', route)).status, 200);
      assert.equal((await ask('34', '3401', route)).status, 200);
      assert.equal((await ask('340101', '340101', route)).status, 200);
      assert.equal((await ask('35', '34', route)).status, 403);
      assert.equal((await ask('340101', '34', route)).status, 403);
      assert.equal((await ask('340101', '3401', route)).status, 403);
      assert.equal((await ask('3402', '3401', route)).status, 403);
      assert.equal((await ask(schoolCode(100), '340101', route)).status, 403);
      assert.equal((await world.client().get(`/v1/regions/34/${route}`)).status, 401);
    }
  });

  it('junhengctl prints it, and gives it raw', async () => {
    const env = { JUNHENG_KEY: await world.key('reporter', '34') };
    const shown = await world.ctl(['status', '34'], { env });
    assert.equal(shown.status, 0, shown.stderr);
    for (const part of ['安徽省', '合肥市', 'R2.primary.cv', '确保 / ensure', '31 %', '340102']) {
      assert.ok(shown.stdout.includes(part), `${part}: ${shown.stdout}`);
    }
    const raw = await world.ctl(['status', '3401', '--period', '2024', '--json'], { env });
    assert.deepEqual(JSON.parse(raw.stdout), await get('3401', '?period=2024'));
    assert.equal((await world.ctl(['status', '35'], { env })).status, 4);
  });

  it('has an ETag that changes with the figures, and tells how current it is', async () => {
    const url = '/v1/regions/34/summary?period=2025';
    const { headers: { etag } } = await supervisor.get(url);
    assert.equal((await supervisor.get(url, { headers: { 'If-None-Match': etag } })).status, 304);
    await world.monitors[0].stop();
    await putReport(admin, '2025', schoolCode(100), report(300));
    const version = await putCounty(admin, { county: '340204', first: 900 });
    const stale = await get('34', '?period=2025');
    assert.equal(stale.behind, 2);
    assert.equal(stale.counties.not_computed, 1);
    assert.equal((await supervisor.get(url, { headers: { 'If-None-Match': etag } })).status, 200);
    await agrees('34', '2025', '2024');
    const [line] = (await lines('34', 'verdict=not_computed')).items;
    assert.deepEqual([line.county, line.version, line.accepted_version], ['340204', 0, version]);
    await world.startMonitor();
    await waitFor('every county to be current', async () => (await get('34', '?period=2025')).behind === 0);
    await agrees('34', '2025', '2024');
  });

  it('counts no region that was removed', async () => {
    assert.equal((await admin.delete('/v1/regions/340205')).status, 200);
    COUNTIES.splice(COUNTIES.indexOf('340205'), 1);
    await agrees('34', '2025', '2024');
    assert.equal((await lines('34')).items.length, COUNTIES.length);
  });
});
