// SPDX-License-Identifier: Apache-2.0
// Every figure of an imported report is stored as it was sent, to the last digit.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { freshSeed, random } from '../lib/random.mjs';
import { World } from '../lib/world.mjs';

const world = new World('import_figures', { monitors: 0 });
const SCHOOLS = 200;
const FIGURES = ['classes', 'teachers', 'teachers_pe_art_visiting', 'zone_students'];
const AMOUNTS = ['teaching_area', 'sports_ground_area', 'extra_sports_area', 'equipment_value', 'public_funds', 'training_budget'];
const LISTS = ['music_rooms', 'art_rooms'];
const DECLARED = Array.from({ length: 16 }, (_, i) => `figure_${String(i).padStart(2, '0')}`);
const STANDARD = { title: '示例省办法', source: '虚构 / made up', base: 'national-2017', region: '34', valid_from: '2024',
  fields: Object.fromEntries(DECLARED.map((name) => [name, { unit: 'money', zh: name }])) };
let reporter;

// Hundredths about where the store's digits begin and end: powers of ten, and what is beside them.
function hundredths(r) {
  const power = 10 ** r.n(15);
  const some = [0, 1, 10, 99, power, power - 1, power + 1, power * r.n(9), r.n(1e9), 123456789012345, 9e14];
  return Math.min(r.one(some), 9e14);
}

const decimal = (n) => `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`;
const array = (list) => `{${list.join(',')}}`;

// A school's figures as they are sent, and the columns that they are to become; null is a figure that is not sent.
function made(r) {
  const some = (make) => (r.chance(0.3) ? null : make());
  const figures = Object.fromEntries(FIGURES.map((name) => [name, some(() => r.one([0, 1, 255, 256, 65536, r.n(1e7), 1e7]))]));
  figures.zone_students = null;
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, some(() => hundredths(r))]));
  const lists = Object.fromEntries(LISTS.map((name) => [name, some(() => Array.from({ length: r.one([0, 1, 2, 64]) }, () => hundredths(r)))]));
  const declared = some(() => DECLARED.slice(r.n(16)).map((name) => [name, hundredths(r)]));
  return { figures: { students: 1e7, ...figures }, amounts, lists, declared };
}

const kept = (object, make) => Object.entries(object).filter(([, value]) => value !== null).map(([name, value]) => [name, make(value)]);

// JSON of a made one, with its decimals as they are: no number of JavaScript is written.
function line(code, { figures, amounts, lists, declared }) {
  const object = (pairs) => `{${pairs.map(([name, text]) => `"${name}":${text}`).join()}}`;
  const site = object([...kept(amounts, decimal), ...kept(lists, (list) => `[${list.map(decimal).join()}]`)]);
  const stages = object([['primary', object(kept(figures, String))]]);
  const more = declared ? [['declared', object(declared.map(([name, n]) => [name, decimal(n)]))]] : [];
  return object([['type', '"report"'], ['period', '"2025"'], ['school', `"${code}"`], ['stages', stages], ['site', site], ...more]);
}

const columns = ({ figures, amounts, lists, declared }) => [
  ...Object.values(figures).map((n) => (n === null ? '-' : String(n))),
  ...Object.values(amounts).map((n) => (n === null ? '-' : decimal(n))),
  ...Object.values(lists).map((list) => (list === null ? '-' : array(list.map(decimal)))),
  declared ? array(declared.map(([name]) => name)) : '-',
  declared ? array(declared.map(([, n]) => decimal(n))) : '-',
];

describe('figures of imports', () => {
  before(async () => {
    await world.start();
    const admin = await world.as('admin');
    await putRegions(admin);
    const { status, text } = await admin.put('/v1/standards/declares', STANDARD);
    assert.equal(status, 201, text);
    reporter = await world.as('reporter', '34');
    for (let i = 1; i <= SCHOOLS; i++) await putSchool(reporter, schoolCode(i), school());
  });
  after(() => world.stop());

  it('are stored as they were sent, the longest and the missing ones, too', async () => {
    const seed = freshSeed();
    const r = random(seed);
    const reports = Array.from({ length: SCHOOLS }, () => made(r));
    const body = reports.map((report, i) => `${line(schoolCode(i + 1), report)}\n`).join('');
    const { json } = await reporter.request('POST', '/v1/imports', { body, type: 'application/x-ndjson' });
    assert.deepEqual([json.created, json.rejected], [SCHOOLS, 0], `SEED=${seed} ${JSON.stringify(json.errors?.[0])}`);
    const names = ['students', ...FIGURES].map((name) => `primary_${name}`);
    const text = [...names, ...AMOUNTS, ...LISTS, 'declared', 'declared_values'].map((name) => `coalesce(${name}::text, '-')`);
    const stored = await world.sql(`SELECT ${text.join()} FROM report ORDER BY school`);
    reports.forEach((report, i) => assert.deepEqual(stored[i], columns(report), `SEED=${seed} school ${i + 1}`));
  });
});
