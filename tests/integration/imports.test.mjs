// SPDX-License-Identifier: Apache-2.0
// Imports: what a file does, what is wrong with it row by row, and that nothing is ever half done.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import zlib from 'node:zlib';
import { hold } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, countyItems, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('imports');
const THERE = '341023';
let reporter, admin;

const NDJSON = 'application/x-ndjson';
const lines = (rows) => rows.map((row) => JSON.stringify(row)).join('\n') + '\n';
const reportLine = (code, body = report(), more = {}) => ({ type: 'report', period: PERIOD, school: code, ...more, ...body });
const schoolLine = (code, more = {}) => ({ type: 'school', code, ...school(COUNTY, more) });

async function send(body, { query = '', type = NDJSON, headers, client = reporter, check } = {}) {
  const { status, json, text } = await client.request('POST', `/v1/imports${query}`, { body, type, headers, check });
  assert.ok([200, 202].includes(status), text);
  return ended(json, client);
}

async function ended(json, client = reporter) {
  if (!['receiving', 'queued', 'running'].includes(json.state)) return json;
  return waitFor(`the end of import ${json.id}`, async () => {
    const got = (await client.get(`/v1/imports/${json.id}`)).json;
    return !['queued', 'running'].includes(got.state) && got;
  }, { deadline: 60000 });
}

const csv = (body, options = {}) => send(body, { type: 'text/csv', ...options });
const counts = ({ state, rows, created, updated, unchanged, rejected }) => [state, rows, created, updated, unchanged, rejected];
const errors = (job) => job.errors.map((e) => `${e.row} ${e.pointer ?? e.column} ${e.code}`);
const digest = (bytes) => `sha-256=:${crypto.createHash('sha256').update(bytes).digest('base64')}:`;

// Everything that a report consists of, as a CSV of one stage.
const COLUMNS = ['school', 'period', 'primary.students', 'primary.teachers', 'site.teaching_area', 'site.music_rooms'];
const table = (rows, columns = COLUMNS, end = '\r\n') => [columns, ...rows].map((r) => r.join(',')).join(end) + end;

async function versions() {
  return world.sql('SELECT county, period, version FROM county_period ORDER BY 1, 2');
}

describe('imports', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], ['3410', '黄山市'], [THERE, '黟县']]);
    reporter = await world.as('reporter', '34');
    for (const n of [1, 2, 3]) await putSchool(reporter, schoolCode(n), school(COUNTY, { name: `第${n}小学` }));
    await putSchool(reporter, schoolCode(9), school(THERE));
  });
  after(() => world.stop());

  it('writes what a PUT would write, with one version of a county and period', async () => {
    const done = await send(lines([1, 2].map((n) => reportLine(schoolCode(n)))));
    assert.deepEqual(counts(done), ['done', 2, 2, 0, 0, 0]);
    assert.deepEqual(await versions(), [[COUNTY, PERIOD, '1']]);
    const { json } = await reporter.get(`/v1/reports/${PERIOD}/${schoolCode(1)}`);
    assert.deepEqual({ stages: json.stages, site: json.site }, report());
    const same = await reporter.put(`/v1/reports/${PERIOD}/${schoolCode(1)}`, report());
    assert.deepEqual([same.status, same.json.changed], [200, false]);
    await world.status(COUNTY, PERIOD, 1);
  });

  it('rows that are stored already are unchanged, and make no version and no history', async () => {
    const before = [await versions(), await world.tableCounts()];
    const done = await send(lines([1, 2].map((n) => reportLine(schoolCode(n)))));
    assert.deepEqual(counts(done), ['done', 2, 0, 0, 2, 0]);
    assert.deepEqual([await versions(), await world.tableCounts()], before);
  });

  it('an update supersedes: the former version is history, and stays what it was', async () => {
    const done = await send(lines([reportLine(schoolCode(1), report(300)), reportLine(schoolCode(2)), reportLine(schoolCode(3))]));
    assert.deepEqual(counts(done), ['done', 3, 1, 1, 1, 0]);
    const history = await world.sql(`SELECT school, version, primary_students FROM report_history`);
    assert.deepEqual(history, [[schoolCode(1), '1', '200']]);
    const [[{ length }], [gap]] = [await world.sql(`SELECT at FROM county_version WHERE county = '${COUNTY}'`),
      await world.sql(`SELECT count(*) FROM report_history h JOIN report r USING (school, period) WHERE h.superseded_at <> r.received_at`)];
    assert.ok(length);
    assert.deepEqual(gap, ['0']);
    const status = await world.status(COUNTY, PERIOD, 2);
    assert.equal(status.resources.primary.students, 700);
  });

  it('brings regions, schools, campuses, reports and a county\'s own, in any order', async () => {
    const rows = [
      reportLine(schoolCode(21), report(), { period: '2024' }),
      { type: 'county_report', period: '2024', county: '340208', items: countyItems() },
      { type: 'school', code: schoolCode(22), ...school('340208', { parent: schoolCode(21) }) },
      { type: 'school', code: schoolCode(21), ...school('340208') },
      { type: 'region', code: '340208', name: '三山区', targets: { met: 0.5 } },
    ];
    const done = await send(lines(rows), { client: admin });
    assert.deepEqual([counts(done), done.errors], [['done', 5, 5, 0, 0, 0], []]);
    const { json: { items: told } } = await admin.get('/v1/changes?county=340208');
    const items = told.filter((c) => !['standard', 'calendar', 'rule'].includes(c.type));
    assert.deepEqual(items.map((c) => c.path).sort(),
      ['/v1/county-reports/2024/340208', '/v1/regions/340208', `/v1/reports/2024/${schoolCode(21)}`,
        ...[21, 22].map((n) => `/v1/schools/${schoolCode(n)}`)]);
    assert.equal(items[0].type, 'region');
    assert.deepEqual(counts(await send(lines(rows), { client: admin })), ['done', 5, 0, 0, 5, 0]);
    assert.equal((await admin.get('/v1/regions/340208')).json.targets.met, 0.5);
    assert.equal((await admin.get(`/v1/schools/${schoolCode(22)}`)).json.parent, schoolCode(21));
    assert.deepEqual((await admin.get('/v1/county-reports/2024/340208')).json.items, countyItems());
    await world.status('340208', '2024', 1);
    const changed = await send(lines([{ ...rows[3], name: '改名小学' }, { ...rows[4], name: '三山新区' },
      { ...rows[1], items: countyItems({ G7: { value: 8300 } }) }]), { client: admin });
    assert.deepEqual(counts(changed), ['done', 3, 0, 3, 0, 0]);
    assert.deepEqual(await world.sql(`SELECT version FROM county_period WHERE county = '340208'`), [['2']]);
    assert.deepEqual(await world.sql(`SELECT name, version FROM school_history WHERE code = '${schoolCode(21)}'`), [['某某小学', '1']]);
    assert.deepEqual(await world.sql(`SELECT count(*) FROM county_report_history WHERE county = '340208'`), [['1']]);
    await world.status('340208', '2024', 2);
  });

  it('names each mistake of a row, by pointer and code', async () => {
    const before = await world.tableCounts();
    await putSchool(reporter, schoolCode(4), school(COUNTY, { closed: true }));
    const body = report();
    const bad = [
      '{"type":"report"', // not JSON
      JSON.stringify({ type: 'teacher' }),
      JSON.stringify({ ...reportLine(schoolCode(1)), site: { teaching_area: 1.234, gym: 1 } }),
      JSON.stringify({ type: 'report', school: '21', period: PERIOD, stages: { primary: { students: -1 } } }),
      JSON.stringify(reportLine(schoolCode(1), body, { period: '1999' })),
      JSON.stringify(reportLine(schoolCode(1), body, { period: '2098' })),
      JSON.stringify(reportLine(schoolCode(77))),
      JSON.stringify(reportLine(schoolCode(4))),
      JSON.stringify(reportLine(schoolCode(2), body, { county: THERE })),
      JSON.stringify(reportLine(schoolCode(2), { stages: { ...body.stages, junior: { students: 1 } } }, { period: '2024' })),
      JSON.stringify(reportLine(schoolCode(3), body, { period: '2023' })),
      JSON.stringify(reportLine(schoolCode(3), report(100), { period: '2023' })),
      JSON.stringify(schoolLine(schoolCode(1), { county: THERE })),
      JSON.stringify(schoolLine(schoolCode(31), { county: '340299' })),
      JSON.stringify(schoolLine(schoolCode(32), { parent: schoolCode(99) })),
      JSON.stringify(schoolLine(schoolCode(33), { kind: '999' })),
      JSON.stringify(schoolLine(schoolCode(3), { kind: '311' })),
      JSON.stringify({ type: 'county_report', county: COUNTY, period: PERIOD, items: { G99: {} } }),
      JSON.stringify({ type: 'region', code: COUNTY, name: '改名' }),
      `{"type":"report","pad":"${'x'.repeat(70000)}"}`,
    ];
    const wanted = ['1  malformed', '2 /type not_allowed', '3 /site/teaching_area too_many_decimals', '3 /site/gym unknown_field',
      '4 /school bad_format', '4 /stages/primary/students negative', '5 /period impossible_period', '6 /period impossible_period',
      '7 /school unknown_school', '8 /school closed_school', '9 /county other_county', '10 /stages/junior not_of_kind',
      '12 /school duplicate_report', '13  needs_put', '14 /county unknown_county', '15 /parent unknown_parent',
      '16 /kind not_allowed', '17 /kind kind_in_use', '18 /items/G99 unknown_item', '19 /type beyond_role', '20  too_long'];
    const atomic = await send(bad.join('\n'));
    assert.deepEqual(errors(atomic), wanted);
    assert.deepEqual(counts(atomic), ['failed', 20, 0, 0, 0, 19]);
    assert.match(atomic.failure, /nothing was written/);
    for (const { detail } of atomic.errors) assert.match(detail, /.+ \/ .+/);
    const after = await world.tableCounts();
    assert.deepEqual(after.filter((r) => !/^(school|county_period)/.test(r)), before.filter((r) => !/^(school|county_period)/.test(r)));
    const dry = await send(bad.join('\n'), { query: '?mode=partial&dry_run=true' });
    assert.deepEqual(errors(dry), wanted);
    assert.deepEqual(counts(dry), ['done', 20, 1, 0, 0, 19]);
    assert.deepEqual(await world.tableCounts(), after);
    const partial = await send(bad.join('\n'), { query: '?mode=partial' });
    assert.deepEqual([counts(partial), errors(partial)], [counts(dry), wanted]);
    assert.equal((await reporter.get(`/v1/reports/2023/${schoolCode(3)}`)).status, 200);
  });

  // Mended and sent again, a file is not to have mistakes that could have been told at first.
  it('what a file has twice is told though one of the rows, or both, are wrong in a figure', async () => {
    const bad = { ...report(), stages: { primary: { students: -1 } } };
    const at = (n, body) => reportLine(schoolCode(n), body, { period: '2011' });
    const rows = [at(1, bad), at(2), at(3, bad), at(1), at(2, bad), at(3, bad), at(3, bad),
      schoolLine(schoolCode(61), { kind: '999' }), schoolLine(schoolCode(61)), reportLine('21', bad), reportLine('21', bad),
      reportLine(schoolCode(1), bad, { period: '2010' }),
      ...['X', 'Y'].map((G99) => ({ type: 'county_report', county: COUNTY, period: '2024', items: { G99 } }))];
    const wanted = ['1 /school duplicate_report', '1 /stages/primary/students negative', '3 /stages/primary/students negative',
      '5 /school duplicate_report', '5 /stages/primary/students negative', '6 /school duplicate_report', '6 /stages/primary/students negative',
      '7 /school duplicate_report', '7 /stages/primary/students negative', '8 /code duplicate_school', '8 /kind not_allowed',
      '10 /school bad_format', '10 /stages/primary/students negative', '11 /school bad_format', '11 /stages/primary/students negative',
      '12 /stages/primary/students negative', '13 /items/G99 unknown_item', '14 /county duplicate_county_report', '14 /items/G99 unknown_item'];
    const atomic = await send(lines(rows));
    assert.deepEqual([errors(atomic), counts(atomic)], [wanted, ['failed', 14, 0, 0, 0, 11]]);
    const partial = await send(lines(rows), { query: '?mode=partial' });
    assert.deepEqual([errors(partial), counts(partial)], [wanted, ['done', 14, 3, 0, 0, 11]]);
    const columns = await csv(table([[schoolCode(1), '2010', '-1', '1', '', ''], [schoolCode(1), '2010', '10', '1', '', '']]));
    assert.deepEqual([errors(columns), counts(columns)],
      [['2 school duplicate_report', '2 primary.students negative'], ['failed', 2, 0, 0, 0, 1]]);
  });

  it('a campus is of a school that will be there as it is', async () => {
    const campus = (n, parent) => schoolLine(schoolCode(n), { parent: schoolCode(parent) });
    // 9 is another county's, whatever the file says; 52 is a campus itself, and remains one
    await putSchool(reporter, schoolCode(51), school(COUNTY));
    await putSchool(reporter, schoolCode(52), school(COUNTY, { parent: schoolCode(51) }));
    const done = await send(lines([schoolLine(schoolCode(9)), campus(53, 9), schoolLine(schoolCode(52)), campus(54, 52),
      schoolLine(schoolCode(51), { name: '本部' }), campus(55, 51), schoolLine(schoolCode(56)), campus(57, 56)]), { query: '?mode=partial' });
    assert.deepEqual(errors(done), ['1  needs_put', '2 /parent unknown_parent', '3  needs_put', '4 /parent unknown_parent']);
    assert.deepEqual(counts(done), ['done', 8, 3, 1, 0, 4]);
    for (const n of [53, 54]) assert.equal((await reporter.get(`/v1/schools/${schoolCode(n)}`)).status, 404);
  });

  it('a key reaches its region only', async () => {
    const county = await world.as('reporter', COUNTY);
    const done = await send(lines([reportLine(schoolCode(9)), schoolLine(schoolCode(41), { county: THERE }), reportLine(schoolCode(2))]),
      { client: county, query: '?mode=partial' });
    assert.deepEqual(errors(done), ['1  beyond_region', '2 /county beyond_region']);
    assert.deepEqual(counts(done), ['done', 3, 0, 0, 1, 2]);
    const there = await world.as('reporter', THERE);
    assert.equal((await there.get(`/v1/imports/${done.id}`)).status, 404);
    assert.equal((await reporter.get(`/v1/imports/${done.id}`)).status, 200);
    const own = await world.as('reporter', schoolCode(2));
    assert.equal((await own.request('POST', '/v1/imports', { body: '{}', type: NDJSON })).status, 403);
  });

  it('what a key has begun, a key of a lesser role does not add to', async () => {
    const began = await world.as('admin', '34');
    const { json: { id } } = await began.request('POST', '/v1/imports', { body: '', type: NDJSON });
    const part = Buffer.from(lines([{ type: 'region', code: '340298', name: '某县' }]));
    const put = (client) => client.request('PUT', `/v1/imports/${id}/parts/1`,
      { body: part, type: 'application/octet-stream', headers: { 'Content-Digest': digest(part) } });
    const commit = (client) => client.request('POST', `/v1/imports/${id}/commit`);
    assert.equal((await put(reporter)).status, 403);
    assert.equal((await put(await world.as('admin', '3402'))).status, 404, 'its region is wider');
    assert.equal((await put(admin)).status, 200);
    for (const client of [reporter, await world.as('supervisor', '34')]) {
      assert.equal((await commit(client)).status, 403);
      assert.equal((await client.delete(`/v1/imports/${id}`)).status, 403);
      assert.equal((await client.get(`/v1/imports/${id}`)).json.state, 'receiving', 'it is read all the same');
    }
    assert.equal((await reporter.get('/v1/regions/340298')).status, 404);
    assert.deepEqual(counts(await ended((await commit(began)).json)), ['done', 1, 1, 0, 0, 0]);
  });

  it('CSV: the same rows in UTF-8, with a mark, in GB18030, packed, with quotes and line breaks', async () => {
    const columns = ['school', 'county', 'period', 'primary.students', 'primary.teachers', 'site.teaching_area', 'site.music_rooms'];
    const row = (n) => [schoolCode(n), COUNTY, '"2022"', '120', '', '840.50', '96;90.5'];
    const text = table([row(1), row(2)], columns);
    assert.deepEqual(counts(await csv(text)), ['done', 2, 2, 0, 0, 0]);
    const { json } = await reporter.get(`/v1/reports/2022/${schoolCode(1)}`);
    assert.deepEqual([json.stages, json.site], [{ primary: { students: 120 } }, { teaching_area: 840.5, music_rooms: [96, 90.5] }]);
    const coded = (coding, body) => [coding, body, { 'Content-Encoding': coding }];
    for (const [name, body, headers] of [['mark', `\ufeff${text}`], ['lf', text.replaceAll('\r\n', '\n')],
      ['no end', text.trimEnd()], ...['gzip', 'GZip', 'x-gzip', 'X-GZIP'].map((c) => coded(c, zlib.gzipSync(text))), coded('Identity', text),
      ['quoted', text.replace('primary.students', '"primary.students"').replaceAll('120', '"120"')]]) {
      assert.deepEqual(counts(await csv(body, { headers })), ['done', 2, 0, 0, 2, 0], name);
    }
    // 安徽 in GB18030, in a cell that is wrong anyway, and a line break in another: rows stay rows
    const wrong = Buffer.concat([Buffer.from(`${columns}\r\n${schoolCode(1)},`), Buffer.from([0xb0, 0xb2, 0xbb, 0xd5]),
      Buffer.from(`,2022,120,,840.5,96\r\n"2\r\n1",${COUNTY},2022,1,,,\r\n`)]);
    const job = await csv(wrong, { query: '?mode=partial' });
    assert.deepEqual(errors(job), ['2 county bad_format', '3 school bad_format']);
    const { text: all, headers } = await reporter.get(`/v1/imports/${job.id}/errors.csv`);
    assert.match(headers['content-type'], /^text\/csv/);
    assert.ok(all.startsWith(`\ufeffrow,column,code,detail,${columns}\r\n`), all);
    assert.ok(all.includes(`,${schoolCode(1)},安徽,2022,120,,840.5,96\r\n`), all);
    assert.ok(all.includes('"2\r\n1"'), all);
  });

  it('CSV: cells and columns that are wrong are named; a cell is no formula', async () => {
    const job = await csv(table([[schoolCode(1), '2021', '12.0', '=1+1', '1.239', '1;x'], ['', '', '-3', '1', '9e9', ''],
      [schoolCode(1), '2021', '', '', '5', ''], [schoolCode(2), '2021', '10', '11', '1', '1', '7'],
      [schoolCode(3), '2021', '10', '11', '', ';']], [...COLUMNS.slice(0, 4), 'site.teaching_area', 'site.music_rooms']));
    assert.deepEqual(errors(job), ['2 primary.students not_integer', '2 primary.teachers wrong_type', '2 site.teaching_area too_many_decimals',
      '2 site.music_rooms wrong_type', '3 primary.students negative', '3 site.teaching_area wrong_type', '3 school required',
      '3 period required', '4 school duplicate_report', '4  empty', '5  too_many_cells']);
    assert.deepEqual(counts(job), ['failed', 5, 0, 0, 0, 4]);
    const { text } = await reporter.get(`/v1/imports/${job.id}/errors.csv`);
    assert.ok(text.includes(`"'=1+1"`) && text.includes(`"'-3"`), text);
    const columns = await csv('school,primary.students,primary.students,primary.pupils\n2134000001,1,1,1\n');
    assert.deepEqual(errors(columns), ['1 primary.students duplicate_column', '1 primary.pupils unknown_column', '1 period required']);
    assert.equal(columns.state, 'failed');
    // -0 is 0, as it is in a row of JSON
    const zeros = await csv(table([[schoolCode(1), '2015', '5', '-0', '-0.00', '-0;90']]));
    assert.deepEqual([counts(zeros), errors(zeros)], [['done', 1, 1, 0, 0, 0], []]);
    const same = `{"type":"report","period":"2015","school":"${schoolCode(1)}","stages":{"primary":{"students":5,"teachers":-0}},`
      + '"site":{"teaching_area":-0.00,"music_rooms":[-0,90]}}\n';
    assert.deepEqual(counts(await send(same)), ['done', 1, 0, 0, 1, 0]);
    const below = await csv(table([[schoolCode(1), '2015', '5', '-1', '-0.01', '90;-0.5'], [schoolCode(2), '2015', '5', '-', '-.', '--0']]));
    assert.deepEqual(errors(below), ['2 primary.teachers negative', '2 site.teaching_area negative', '2 site.music_rooms negative',
      '3 primary.teachers wrong_type', '3 site.teaching_area wrong_type', '3 site.music_rooms wrong_type']);
    // cells behind the header's are a mistake when they hold something
    const wide = await csv(`${COLUMNS.slice(0, 3)}\r\n${schoolCode(1)},2016,5,\r\n${schoolCode(2)},2016,6${','.repeat(200)}\r\n`
      + `${schoolCode(3)},2016,7,,x\r\n${schoolCode(3)},2016,7${','.repeat(200)}x\r\n`, { query: '?mode=partial' });
    assert.deepEqual([counts(wide), errors(wide)], [['done', 4, 2, 0, 0, 2], ['4  too_many_cells', '5  too_long']]);
    const named = await csv(`school,period,音乐/美术~室,,primary.students,\n${schoolCode(1)},2021,1,1,1,\n`);
    assert.deepEqual(errors(named), ['1 音乐/美术~室 unknown_column', '1  unknown_column']);
    assert.match(named.errors[1].detail, /第 4 列/);
    // commas that a spreadsheet leaves behind the last name are no column, unless there is something below
    const commas = await csv(`${COLUMNS.slice(0, 3)},,\r\n${schoolCode(1)},2014,5,,\r\n${schoolCode(2)},2014,6\r\n${schoolCode(3)},2014,7,,8\r\n`,
      { query: '?mode=partial' });
    assert.deepEqual([counts(commas), errors(commas)], [['done', 3, 2, 0, 0, 1], ['4  too_many_cells']]);
    assert.match(commas.errors[0].detail, /比表头的列名多 \/ there are more cells than names of columns/);
    // rows have the numbers that a spreadsheet shows, and those that were emptied say nothing
    const gaps = await csv(`\r\n${COLUMNS.slice(0, 3)}\r\n\r\n,,\r\n${schoolCode(1)},2021,-1\r\n,,\r\n\r\n${schoolCode(999)},2021,1\r\n`);
    assert.deepEqual([counts(gaps), errors(gaps)], [['failed', 2, 0, 0, 0, 2], ['5 primary.students negative', '8 school unknown_school']]);
    assert.ok((await reporter.get(`/v1/imports/${gaps.id}/errors.csv`)).text.includes(`,${schoolCode(1)},2021,"'-1"\r\n`));
    const strange = await csv(Buffer.from(`\ufeff${COLUMNS}\r\n`, 'utf16le'));
    assert.deepEqual([strange.state, strange.errors, /UTF-16/.test(strange.failure)], ['failed', [], true]);
    // what is found for all rows at once is named by its column, too
    const unknown = await csv(table([[schoolCode(999), '2021', '10', '1']], COLUMNS.slice(0, 4)));
    assert.deepEqual(errors(unknown), ['2 school unknown_school']);
    assert.match((await reporter.get(`/v1/imports/${unknown.id}/errors.csv`)).text, /\r\n2,school,unknown_school,/);
    const stage = await csv(table([[schoolCode(1), '2021', '10', '', '7', '3']],
      ['school', 'period', 'primary.students', 'junior.students', 'junior.classes', 'senior.students']));
    assert.deepEqual(errors(stage), ['2 junior.classes not_of_kind', '2 senior.students not_of_kind']);
    assert.deepEqual(counts(stage), ['failed', 1, 0, 0, 0, 1]);
    const quote = await csv(`${COLUMNS}\n"${'x'.repeat(2000)}`);
    assert.deepEqual([quote.state, /quote/.test(quote.failure)], ['failed', true]);
  });

  it('refuses what it cannot take', async () => {
    const post = async (body, type, headers, query = '') => (await reporter.request('POST', `/v1/imports${query}`,
      { body, type, headers })).status;
    assert.equal(await post('{}', 'application/json'), 415);
    assert.equal(await post('{}', NDJSON, { 'Content-Encoding': 'br' }), 415);
    assert.equal(await post('{}', NDJSON, undefined, '?mode=some'), 400);
    assert.equal(await post('{}', NDJSON, undefined, '?dry_run=1'), 400);
    assert.equal(await post(Buffer.alloc(2097153, 'a'), NDJSON), 413);
    assert.equal((await reporter.request('GET', '/v1/imports/999999')).status, 404);
    const bomb = await send(zlib.gzipSync(Buffer.alloc(30 << 20, ' \n')), { headers: { 'Content-Encoding': 'gzip' } });
    assert.deepEqual([bomb.state, /times as large/.test(bomb.failure)], ['failed', true]);
    const broken = await send(zlib.gzipSync('{}').subarray(0, 15), { headers: { 'Content-Encoding': 'gzip' } });
    assert.deepEqual([broken.state, /gzip/.test(broken.failure)], ['failed', true]);
  });

  it('takes a large file in parts, each by its digest, in any order and again', async () => {
    const file = Buffer.from(lines([1, 2, 3].map((n) => reportLine(schoolCode(n), report(400)))));
    const cut = file.length / 2 | 0;
    const { status, json } = await reporter.request('POST', '/v1/imports', { body: '', type: NDJSON });
    assert.deepEqual([status, json.state], [201, 'receiving']);
    const put = (n, bytes, headers) => reporter.request('PUT', `/v1/imports/${json.id}/parts/${n}`,
      { body: bytes, type: 'application/octet-stream', headers });
    const half = file.subarray(cut), packed = zlib.gzipSync(file.subarray(0, cut));
    assert.equal((await put(2, half)).status, 400);
    const mismatch = await put(2, half, { 'Content-Digest': digest(packed) });
    assert.deepEqual([mismatch.status, mismatch.json.errors[0].code], [422, 'digest_mismatch']);
    assert.equal((await put(2, half, { 'Content-Digest': digest(half) })).status, 200);
    assert.equal((await reporter.request('POST', `/v1/imports/${json.id}/commit`)).status, 409, 'part 1 is missing');
    assert.equal((await put(0, half, { 'Content-Digest': digest(half) })).status, 400);
    for (const bytes of [half, packed]) {
      const done = await put(1, bytes, { 'Content-Digest': digest(bytes), ...(bytes === packed && { 'Content-Encoding': 'gzip' }) });
      assert.equal(done.status, 200, done.text);
    }
    const committed = await reporter.request('POST', `/v1/imports/${json.id}/commit`);
    assert.deepEqual(counts(await ended(committed.json)), ['done', 3, 0, 3, 0, 0]);
    assert.deepEqual(await world.sql('SELECT count(*) FROM import_part'), [['0']]);
    assert.equal((await put(1, half, { 'Content-Digest': digest(half) })).status, 409);
    assert.equal((await reporter.delete(`/v1/imports/${json.id}`)).status, 409);
  });

  // Schools enough that a file of their reports is no small one, and of several turns.
  const LARGE = ['340301', '340302', '340303'];
  const EACH = 1000;
  const large = (period, students = 200) => lines(LARGE.flatMap((county, c) =>
    Array.from({ length: EACH }, (_, i) => reportLine(schoolCode(1000 * (c + 1) + i), report(students), { period, county }))));

  async function makeLarge() {
    await putRegions(admin, [['3403', '蚌埠市'], ...LARGE.map((code) => [code, '某县'])]);
    for (const [c, county] of LARGE.entries()) {
      await world.sql(`INSERT INTO school (code, county, name, kind, locale, sponsor)
        SELECT '2134' || to_char(${1000 * (c + 1)} + i, 'FM000000'), '${county}', '某校', '211', '111', 3 FROM generate_series(0, ${EACH - 1}) i`);
    }
  }

  const stored = async (period) => Number((await world.sql(`SELECT count(*) FROM report WHERE period = '${period}' AND county IN ('${LARGE.join("','")}')`))[0][0]);
  const whole = (period) => world.sql(`SELECT county, school, primary_students, teaching_area, music_rooms FROM report
    WHERE period = '${period}' AND county ~ '^3403' ORDER BY 1, 2`);

  // Somebody else has the turn of a county: an import gets as far as that, and waits.
  async function holding(county, during) {
    const psql = spawn('psql', ['-X', '-q', world.url], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = new Promise((resolve) => psql.on('close', resolve));
    psql.stdin.write(`BEGIN; SELECT pg_advisory_xact_lock_shared(x'4a49'::integer, ${county});\n`);
    try {
      await waitFor('the turn to be taken', async () => (await locks(county, true)) === 1);
      await during(() => waitFor('the import to wait', async () => (await locks(county, false)) === 1));
    } finally {
      psql.stdin.end();
      await ended;
    }
  }

  async function locks(county, granted) {
    return Number((await world.sql(`SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
      WHERE locktype = 'advisory' AND classid = x'4a49'::integer::oid AND objid = ${county}::oid AND granted = ${granted}`))[0][0]);
  }

  it('goes on in the background, tells how far it is, and every county is current afterwards', async () => {
    await makeLarge();
    const { status, json } = await reporter.request('POST', '/v1/imports', { body: large('2019'), type: NDJSON });
    assert.equal(status, 202);
    assert.ok(['queued', 'running'].includes(json.state), json.state);
    const { text, headers } = await reporter.get(`/v1/imports/${json.id}/events`);
    assert.match(headers['content-type'], /^text\/event-stream/);
    const told = [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event, data]) => [event, JSON.parse(data)]);
    assert.equal(told.at(-1)[0], 'done');
    assert.deepEqual(counts(told.at(-1)[1]), ['done', 3 * EACH, 3 * EACH, 0, 0, 0]);
    for (const county of LARGE) await world.status(county, '2019', 1);
    assert.deepEqual(counts(await send(large('2019'), { query: '?mode=partial' })), ['done', 3 * EACH, 0, 0, 3 * EACH, 0]);
  });

  for (const mode of ['atomic', 'partial']) {
    const period = mode === 'atomic' ? '2017' : '2018';
    it(`${mode}: an API that is killed in the middle and started again comes to the same end`, async () => {
      let job;
      await holding(LARGE[2], async (waits) => {
        job = (await reporter.request('POST', `/v1/imports?mode=${mode}`, { body: large(period), type: NDJSON })).json;
        await waits();
        assert.equal(await stored(period), mode === 'atomic' ? 0 : 2 * EACH, 'what the others see meanwhile');
        await world.apis[0].kill();
        assert.equal(await stored(period), mode === 'atomic' ? 0 : 2 * EACH, 'and what is left of it');
      });
      await world.startApi();
      const done = await ended(job);
      const left = mode === 'atomic' ? 0 : 2 * EACH;
      assert.deepEqual(counts(done), ['done', 3 * EACH, 3 * EACH - left, 0, left, 0]);
      assert.deepEqual(await whole(period), await whole('2019'));
      assert.deepEqual(await world.sql(`SELECT DISTINCT version FROM county_period WHERE period = '${period}'`), [['1']]);
      assert.deepEqual(await world.sql('SELECT count(*) FROM import_part'), [['0']]);
    });
  }

  it('is cancelled while it runs: an atomic one has written nothing', async () => {
    let job;
    await holding(LARGE[2], async (waits) => {
      job = (await reporter.request('POST', '/v1/imports', { body: large('2016'), type: NDJSON })).json;
      await waits();
      assert.equal((await reporter.delete(`/v1/imports/${job.id}`)).status, 200);
    });
    const done = await ended(job);
    assert.deepEqual([done.state, await stored('2016')], ['cancelled', 0]);
  });

  it('a single writer of the county waits for it, and history has no hole', async () => {
    const code = schoolCode(1000);
    const wanted = [];
    const put = async (n) => wanted.push((await reporter.put(`/v1/reports/2019/${code}`, report(n))).status);
    await Promise.all([send(large('2019', 300)), ...[401, 402, 403, 404].map(put), send(large('2019', 500), { query: '?mode=partial' })]);
    assert.deepEqual(wanted, [200, 200, 200, 200]);
    const [[holes]] = await world.sql(`SELECT count(*) FROM report_history h
      WHERE NOT EXISTS (SELECT FROM report_history n WHERE n.school = h.school AND n.period = h.period AND n.received_at = h.superseded_at)
      AND NOT EXISTS (SELECT FROM report r WHERE r.school = h.school AND r.period = h.period AND r.received_at = h.superseded_at)`);
    assert.equal(holes, '0');
    const [[kept]] = await world.sql(`SELECT count(*) FROM report_history WHERE school = '${code}' AND period = '2019'`);
    assert.equal(kept, '6');
  });

  for (const [mode, period] of [['atomic', '2014'], ['partial', '2013']]) {
    it(`${mode}: a school that moves after it was looked up takes its new county's turn along`, async () => {
      const turn = (county) => hold(world.url, `SELECT pg_advisory_xact_lock_shared(x'4a49'::integer, ${county})`);
      const [waited, moved] = [schoolCode(1001), schoolCode(2000 + Number(period) - 2000)];
      const first = await turn(LARGE[0]);
      const second = await turn(LARGE[2]);
      const job = send(lines([waited, moved].map((code) => reportLine(code, report(), { period }))), { query: `?mode=${mode}` });
      await waitFor('the import to wait', async () => (await locks(LARGE[0], false)) === 1);
      await putSchool(reporter, moved, school(LARGE[2]));
      await first();
      await waitFor('the import to wait for the new county', async () => (await locks(LARGE[2], false)) === 1);
      await second();
      assert.deepEqual(counts(await job), ['done', 2, 2, 0, 0, 0]);
      const { json } = await reporter.get(`/v1/reports/${period}/${moved}`);
      assert.equal(json.county, LARGE[2]);
    });
  }

  it('does not keep the API from ending while it waits for somebody, and is done after', async () => {
    const code = schoolCode(1001);
    const release = await hold(world.url, `SELECT pg_advisory_xact_lock_shared(x'4a49'::integer, ${LARGE[0]})`);
    const body = lines([reportLine(code, report(), { period: '2012' })]);
    const sent = reporter.request('POST', '/v1/imports', { body, type: 'application/x-ndjson' }).catch(() => 'cut off');
    await waitFor('the import to wait', async () => (await locks(LARGE[0], false)) === 1);
    await world.apis[0].stop({ deadline: 5000 });
    await sent;
    assert.equal((await locks(LARGE[0], false)), 0);
    await release();
    await world.startApi();
    await waitFor('the report', async () => (await reporter.get(`/v1/reports/2012/${code}`)).status === 200);
  });

  it('is cancelled before it begins', async () => {
    const { json } = await reporter.request('POST', '/v1/imports', { body: '', type: 'text/csv' });
    const done = await reporter.delete(`/v1/imports/${json.id}`);
    assert.deepEqual([done.status, done.json.state], [200, 'cancelled']);
    const committed = await reporter.request('POST', `/v1/imports/${json.id}/commit`);
    assert.equal(committed.status, 409);
    assert.match(committed.json.detail, /已结束,状态为 cancelled \/ .*it is cancelled$/);
  });
});
