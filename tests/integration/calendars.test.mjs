// SPDX-License-Identifier: Apache-2.0
// Calendars: what ships, what a province lays over it, how days are counted; mistakes by pointer, versions, and who
// may do what.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { migrate } from '../lib/database.mjs';
import { ROOT } from '../lib/env.mjs';
import { COUNTY, putRegions, putSchool, school as madeUp, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('calendars', { monitors: 0 });
const read = (name) => JSON.parse(fs.readFileSync(path.join(ROOT, name), 'utf8'));
const shipped = (year) => read(`sql/calendars/${year}.json`);
const url = (year, query = '') => `/v1/calendars/${year}${query}`;
const header = (name, value) => ({ headers: { [name]: value } });
const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const errorsOf = ({ status, json, text }) => {
  assert.equal(status, 422, text);
  return Object.fromEntries(json.errors.map((e) => [e.pointer, e.code]));
};
let country; // an admin of the country, …
let province; // … of Anhui, …
let reader; // … and a county's reporter

// Made up.
const OWN = {
  source: '虚构 / made up',
  holidays: [{ name: '三月三', from: '2026-04-20', to: '2026-04-21' }, { name: '春节', from: '2026-02-14' }],
  worked: ['2026-04-25'],
  terms: { first: { begin: '2026-08-31', end: '2027-01-22' }, second: { begin: '2027-02-22', end: '2027-07-09' } },
};

describe('calendars', () => {
  before(async () => {
    await world.start();
    country = await world.as('admin');
    await putRegions(country, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], ['45', '广西壮族自治区']]);
    province = await world.as('admin', '34');
    reader = await world.as('reporter', COUNTY);
  });
  after(() => world.stop());

  it('ships the notices of three years, once', async () => {
    for (const [year, working] of [[2024, 251], [2025, 248], [2026, 248]]) {
      const json = ok(await country.get(url(year)));
      assert.deepEqual([json.region, json.known, json.working_days, json.documents.length], ['', true, working, 1]);
      assert.deepEqual(json.documents[0].document, shipped(year));
      assert.equal(json.documents[0].version, 1);
      assert.deepEqual(json.days.filter((d) => d.working).map((d) => d.date), shipped(year).worked);
      assert.deepEqual(json.terms, { region: '', ...shipped(year).terms });
    }
    const { days } = ok(await country.get(url(2024)));
    assert.ok(!days.some((d) => d.date === '2024-02-09'), 'the notice of 2024 leaves New Year’s Eve a working day');
    assert.deepEqual(days.find((d) => d.date === '2024-02-17'), { date: '2024-02-17', working: false, name: '春节', region: '' });
    assert.equal((await country.get(url(2027))).status, 404);
    ok(await country.delete(url(2025)));
    await migrate(world.url);
    assert.equal((await country.get(url(2025))).status, 404, 'what was removed does not come back by itself');
    assert.deepEqual(ok(await country.put(url(2025), shipped(2025)), 201), { year: '2025', region: '', version: 2, changed: true });
  });

  it('a province lays its own over the country’s', async () => {
    const nation = ok(await country.get(url(2026)));
    const made = await province.put(url(2026), OWN);
    assert.deepEqual(ok(made, 201), { year: '2026', region: '34', version: 1, changed: true });
    assert.equal(made.headers.etag, '"1"');
    assert.deepEqual(ok(await province.put(url(2026), { region: '34', ...OWN })), { year: '2026', region: '34', version: 1, changed: false });
    const json = ok(await reader.get(url(2026)));
    assert.deepEqual(json.documents.map((d) => [d.region, d.version, d.document]), [['', 1, shipped(2026)], ['34', 1, OWN]]);
    const own = json.days.filter((d) => d.region === '34');
    assert.deepEqual(own.map(({ date, working }) => [date, working]), [['2026-02-14', false], ['2026-04-20', false],
      ['2026-04-21', false], ['2026-04-25', true]], 'a worked weekend of the country is a holiday here');
    assert.deepEqual(json.days.filter((d) => d.region === ''), nation.days.filter((d) => d.date !== '2026-02-14'));
    assert.equal(json.working_days, nation.working_days - 2);
    assert.deepEqual(json.terms, { region: '34', default: false, ...OWN.terms });
    assert.deepEqual(ok(await reader.get(url(2026, '?region='))), nation);
    assert.deepEqual(ok(await province.get(url(2026, '?region=3402'))), json);
    assert.deepEqual(ok(await reader.get(url(2026, '?region=45'))), { ...nation, region: '45' });
    // what it leaves out is the country's, also later
    ok(await province.put(url(2026), { source: '虚构' }));
    assert.deepEqual((({ days, terms }) => ({ days, terms }))(ok(await reader.get(url(2026)))), { days: nation.days, terms: nation.terms });
    ok(await province.put(url(2026), OWN));
  });

  it('a province alone does not make a year known', async () => {
    const terms = { first: { begin: '2030-09-01', end: '2031-01-20' }, second: { begin: '2031-02-20', end: '2031-07-10' } };
    ok(await province.put(url(2030), { source: '虚构', terms }), 201);
    const json = ok(await reader.get(url(2030)));
    assert.deepEqual([json.known, json.days, json.terms.region], [false, [], '34']);
    assert.equal((await country.get(url(2030))).status, 404);
    assert.equal(ok(await reader.get(url(2030, '/working-days?from=2030-10-01&days=1'))).provisional, true);
    ok(await province.delete(url(2030)));
  });

  it('counts working days, and says what is provisional', async () => {
    const { cases } = read('tests/golden/calendars/days.json');
    for (const { from, steps } of cases) {
      for (const [days, to, provisional] of steps) {
        const json = ok(await country.get(url(from.slice(0, 4), `/working-days?from=${from}&days=${days}`)));
        assert.deepEqual([json.from, json.days, json.to, json.provisional], [from, days, to, provisional === true], `${from} ${days}`);
        const back = ok(await country.get(url(from.slice(0, 4), `/working-days?from=${from}&to=${to}`)));
        assert.deepEqual(back, json);
      }
    }
    const there = ok(await reader.get(url(2026, '/working-days?from=2026-04-17&days=1')));
    assert.deepEqual(there, { region: '34', from: '2026-04-17', to: '2026-04-22', days: 1, from_working: true, to_working: true, provisional: false });
    assert.equal(ok(await country.get(url(2026, '/working-days?from=2026-04-17&days=1'))).to, '2026-04-20');
    const none = ok(await country.get(url(2026, '/working-days?from=2026-02-17&to=2026-02-17')));
    assert.deepEqual([none.days, none.from_working, none.to_working], [0, false, false]);
  });

  it('refuses a count that is not one', async () => {
    for (const query of ['', '?from=2026-02-10', '?days=1', '?from=2026-02-10&days=1&to=2026-02-11', '?from=2025-02-10&days=1',
      '?from=2026-02-30&days=1', '?from=2026-2-10&days=1', '?from=2026-02-10&days=1001', '?from=2026-02-10&days=-1001', '?from=2026-02-10&days=x',
      '?from=2026-02-10&days=1.5', '?from=2026-02-10&to=2032-01-01', '?from=2026-02-10&to=1999-01-01', '?from=2026-02-10&days=1&region=345',
      '?from=2026-02-10&days=1&more=1']) {
      assert.equal((await country.get(url(2026, `/working-days${query}`), { check: false })).status, 400, query);
    }
    assert.equal((await country.get(url(2099, '/working-days?from=2099-12-30&days=5'))).status, 400);
    assert.equal((await country.get(url(2000, '/working-days?from=2000-01-03&days=-5'))).status, 400);
    assert.equal((await country.get(url(1999), { check: false })).status, 400);
    assert.equal((await country.get(url('2o26'), { check: false })).status, 400);
    assert.equal((await country.get(url(2026, '?region=345'), { check: false })).status, 400);
  });

  it('If-Match takes the version of the region’s own document', async () => {
    const { etag } = (await province.get(url(2026))).headers;
    assert.match(etag, /^"3-[0-9a-f]{32}"$/);
    assert.equal((await reader.get(url(2026), header('If-None-Match', etag))).status, 304);
    assert.equal((await province.put(url(2026), { source: '另' }, header('If-Match', '"1"'))).status, 412);
    ok(await province.put(url(2026), { ...OWN, source: '另 / made up' }, header('If-Match', etag)));
    assert.equal((await reader.get(url(2026), header('If-None-Match', etag))).status, 200);
    assert.equal((await province.delete(url(2026), header('If-Match', etag))).status, 412);
    assert.equal((await province.put(url(2025), OWN, header('If-Match', '*'))).status, 422);
    assert.equal((await province.put(url(2025), { source: '无' }, header('If-Match', '*'))).status, 412);
    // of a province without its own, no version
    assert.match((await country.get(url(2026, '?region=45'))).headers.etag, /^"[0-9a-f]{32}"$/);
  });

  it('names every mistake by pointer, and writes nothing', async () => {
    const counts = await world.tableCounts();
    const holidays = [
      [{ name: '元旦', from: '2026-01-01', to: '2026-01-03' }],
      [{ name: '又一', from: '2026-01-03', to: '2026-01-05' }, '', 'duplicate_key'],
      [{ name: '跨年', from: '2025-12-31', to: '2026-01-10' }, '/from', 'outside_year'],
      [{ name: '跨年', from: '2026-12-30', to: '2027-01-02' }, '/to', 'outside_year'],
      [{ name: '倒', from: '2026-03-05', to: '2026-03-04' }, '/to', 'backwards'],
      [{ name: '无此日', from: '2026-02-29' }, '/from', 'bad_format'],
      [{ name: '数', from: 20260305 }, '/from', 'wrong_type'],
      [{ name: '', from: '2026-03-06' }, '/name', 'empty'],
      [{ name: '长'.repeat(41), from: '2026-03-08' }, '/name', 'too_long'],
      [{ from: '2026-03-07' }, '/name', 'required'],
      [{ name: '无日' }, '/from', 'required'],
      [{ name: '多', from: '2026-03-09', days: 1 }, '/days', 'unknown_field'],
      ['2026-03-10', '', 'wrong_type'],
    ];
    const worked = [['2026-02-28'], ['2026-02-27', '', 'not_weekend'], ['2026-02-28', '', 'duplicate_key'], ['2026-01-03', '', 'duplicate_key'],
      ['2025-02-08', '', 'outside_year'], ['28 February', '', 'bad_format'], [7, '', 'wrong_type']];
    const wanted = { '/note': 'unknown_field', '/region': 'bad_format' };
    for (const [name, list] of Object.entries({ holidays, worked })) {
      list.forEach(([, at, code], i) => { if (code) wanted[`/${name}/${i}${at}`] = code; });
    }
    const bad = await country.put(url(2026), { region: '3402', source: 's', note: 1, holidays: holidays.map(([x]) => x), worked: worked.map(([x]) => x) });
    assert.deepEqual(errorsOf(bad), wanted);
    const first = { begin: '2026-09-01', end: '2027-01-31' };
    const second = { begin: '2027-03-01', end: '2027-07-15' };
    for (const [terms, pointer, code] of [
      [{ first, second: { ...second, begin: '2027-01-31' } }, '/second/begin', 'overlaps'],
      [{ first: second, second: first }, '/second/begin', 'overlaps'],
      [{ first: { begin: '2026-09-02', end: '2026-09-01' }, second }, '/first/end', 'backwards'],
      [{ first: { ...first, begin: '2026-07-31' }, second }, '/first/begin', 'outside_year'],
      [{ first, second: { ...second, end: '2027-08-01' } }, '/second/end', 'outside_year'],
      [{ first }, '/second', 'required'],
      [{ first, second: { begin: '2027-03-01' } }, '/second/end', 'required'],
      [{ first, second, third: first }, '/third', 'unknown_field'],
      [{ first: { ...first, weeks: 20 }, second }, '/first/weeks', 'unknown_field'],
      [{ first, second, default: 'yes' }, '/default', 'wrong_type'],
      [{ first, second: '2027-03-01' }, '/second', 'wrong_type'],
      [[], '', 'wrong_type'],
    ]) {
      assert.deepEqual(errorsOf(await province.put(url(2026), { source: 's', terms })), { [`/terms${pointer}`]: code }, JSON.stringify(terms));
    }
    const code = async (client, body) => errorsOf(await client.put(url(2026), body));
    assert.deepEqual(await code(country, {}), { '/source': 'required', '/holidays': 'required' });
    assert.deepEqual(await code(country, { source: 's', holidays: [] }), { '/holidays': 'empty' });
    assert.deepEqual(await code(province, { source: 'x'.repeat(301), region: 34 }), { '/source': 'too_long', '/region': 'wrong_type' });
    assert.deepEqual(await code(province, { source: 's', worked: Array(61).fill('2026-02-28') }), { '/worked': 'too_many' });
    assert.deepEqual(await code(province, { source: 's', holidays: Array(61).fill(1) }), { '/holidays': 'too_many' });
    assert.equal((await province.put(url(2026), '{"source":')).status, 400);
    assert.equal((await province.put(url(2026), '{}', { type: 'text/plain' })).status, 415);
    assert.equal((await province.put(url(2026), `{"source":"s"${' '.repeat(33000)}}`)).status, 413);
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('is written by admins of the region it is for', async () => {
    const body = { source: '虚构 / made up' };
    for (const [role, region, target, status] of [['supervisor', '34', undefined, 403], ['supervisor', 'all', '', 403], ['admin', '3402', undefined, 403], ['admin', COUNTY, '34', 403],
      ['admin', '34', '', 403], ['admin', '34', '45', 403], ['admin', '45', undefined, 201], ['admin', 'all', '45', 200]]) {
      const client = await world.as(role, region);
      const name = `${role} ${region} ${target}`;
      assert.equal((await client.put(url(2026), target === undefined ? body : { ...(target ? body : shipped(2026)), region: target })).status, status, name);
      if (status === 403) {
        const query = target === undefined ? '' : `?region=${target}`;
        assert.equal((await client.delete(url(2026, query))).status, 403, name);
      }
    }
    assert.equal((await country.put(url(2026), { region: '99', ...body })).status, 404, 'no such province');
    assert.equal((await country.delete(url(2026, '?region=99'))).status, 404);
    ok(await country.delete(url(2026, '?region=45')));
    assert.equal((await world.client().get(url(2026))).status, 401);
    await putSchool(country, schoolCode(1), madeUp(COUNTY));
    const school = await world.as('reporter', schoolCode(1));
    assert.equal(ok(await school.get(url(2026))).region, '34');
    assert.equal((await school.delete(url(2026))).status, 403);
  });

  it('is deleted, its history stays, its versions go on, and changes tell of it', async () => {
    const { version } = ok(await province.get(url(2026))).documents[1];
    assert.deepEqual(ok(await province.delete(url(2026))), { year: '2026', region: '34', version });
    assert.equal((await province.delete(url(2026))).status, 404);
    assert.equal(ok(await province.get(url(2026))).documents.length, 1);
    assert.equal(ok(await province.put(url(2026), OWN), 201).version, version + 1);
    const [[n]] = await world.sql(`SELECT count(*) FROM calendar_history WHERE year = 2026 AND region = '34'`);
    assert.equal(Number(n), version);
    const { items } = ok(await reader.get('/v1/changes?limit=1000'));
    const told = items.filter((i) => i.type === 'calendar' && i.year === '2026');
    assert.deepEqual([...new Set(told.map((i) => [i.region, i.path].join(' ')))], [' /v1/calendars/2026?region=', '34 /v1/calendars/2026?region=34']);
    assert.deepEqual(told.filter((i) => i.region && i.action === 'put').map((i) => i.version), Array.from({ length: version + 1 }, (_, i) => i + 1));
    assert.deepEqual(told.slice(-2).map((i) => [i.action, i.version]), [['delete', version], ['put', version + 1]]);
    for (const { path: where } of told) ok(await reader.get(where));
  });

  it('of those who write at once each has a version of its own', async () => {
    const before = ok(await province.get(url(2026))).documents[1].version;
    const done = await Promise.all(Array.from({ length: 8 }, (_, i) => province.put(url(2026), { source: `虚构 ${i}` })));
    assert.deepEqual(done.map((answer) => ok(answer).version).sort((a, b) => a - b), Array.from({ length: 8 }, (_, i) => before + 1 + i));
    const rows = await world.sql(`SELECT version FROM calendar_history WHERE year = 2026 AND region = '34' ORDER BY version`);
    assert.deepEqual(rows.map(([v]) => Number(v)), Array.from({ length: before + 7 }, (_, i) => i + 1));
  });

  it('the example of the contract is a calendar', async () => {
    const { document } = await import('../lib/contract.mjs');
    const { example } = document.components.schemas.CalendarDocument;
    ok(await country.put(url(2026), example));
    const { region, ...rest } = example;
    assert.deepEqual(ok(await reader.get(url(2026, `?region=${region}`))).documents[1].document, rest);
  });
});
