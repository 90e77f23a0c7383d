// SPDX-License-Identifier: Apache-2.0
// What a workbook is taken for: shown before anything is written, corrected by a person, and never guessed.
// And workbooks that are none.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import archiver from 'archiver';
import JSZip from 'jszip';
import { COUNTY, PERIOD, putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { XLSX, bookOf, bytesOf, columnOf, counts, errors, importEnd, sendImport } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('workbook_mapping');
let reporter;

const send = async (book, options) => sendImport(reporter, Buffer.isBuffer(book) ? book : await bytesOf(book), options);
const commit = (job, choices) => reporter.post(`/v1/imports/${job.id}/commit`, choices);
const reportOf = async (code, period = PERIOD) => (await reporter.get(`/v1/reports/${period}/${code}`)).json;
const preview = (book, query = '') => send(book, { query: `?preview=true${query}`, status: [201] });
const nine = schoolCode(9, '31');
const digest = (bytes) => `sha-256=:${crypto.createHash('sha256').update(bytes).digest('base64')}:`;

describe('mapping', () => {
  before(async () => {
    await world.start();
    const admin = await world.as('admin');
    await putRegions(admin);
    reporter = await world.as('reporter', '34');
    for (const n of [1, 2, 3]) await putSchool(reporter, schoolCode(n), school());
    await putSchool(reporter, nine, school(COUNTY, { kind: '312' }));
  });
  after(() => world.stop());

  it('a sheet a stage, and one of buildings: the rows of a school are one report', async () => {
    const sheets = {
      小学: [['小学基本情况', null, null], ['学校标识码', '在校生数', '专任教师数', '持证上岗教师'], [schoolCode(1), 480, 30, 30], [nine, 600, 40, 40],
        ['合计', 1080, 70, 70]],
      初中: [['学校标识码', '在校生数', '教学班数'], [nine, 300, 7]],
      校舍: [['学校名称', '学校标识码', '教学及辅助用房(平方米)', '运动场地(㎡)'], ['某校', nine, 6000.5, 9000], ['某校', schoolCode(1), 3000, 4000]],
    };
    const job = await preview(bookOf(sheets), `&period=${PERIOD}`);
    assert.deepEqual(job.mapping.sheets.map((s) => s.columns.map((c) => c.field)), [
      ['school', 'primary.students', 'primary.teachers', 'primary.teachers_certified'], ['school', 'junior.students', 'junior.classes'],
      [null, 'school', 'site.teaching_area', 'site.sports_ground_area']]);
    assert.deepEqual(job.mapping.sheets.map((s) => s.period), [PERIOD, PERIOD, PERIOD]);
    const done = await importEnd(reporter, (await commit(job)).json);
    assert.deepEqual([counts(done), done.errors], [['done', 2, 2, 0, 0, 0], []]);
    const { stages, site } = await reportOf(nine);
    assert.deepEqual([stages, site], [{ primary: { students: 600, teachers: 40, teachers_certified: 40 }, junior: { students: 300, classes: 7 } },
      { teaching_area: 6000.5, sports_ground_area: 9000 }]);
    // a part above its whole, a school twice, and a building that two sheets tell otherwise
    sheets.小学[2][3] = 31;
    sheets.初中.push([nine, 300, 7]);
    sheets.附表 = [['学校标识码', '教学及辅助用房面积(㎡)', '超班额班数(小学)'], [schoolCode(1), 3000.01, 0]];
    const wrong = await send(bookOf(sheets), { query: `?period=${PERIOD}` });
    assert.deepEqual(errors(wrong), ['初中!A3 duplicate_report', '附表!B2 differs']);
    delete sheets.附表;
    sheets.初中.pop();
    assert.deepEqual(errors(await send(bookOf(sheets), { query: `?period=${PERIOD}` })), ['小学!D3 exceeds_whole']);
  });

  // Of which stage? In what unit? Which of the two? For which year?
  const doubtful = () => bookOf({ '附表 1': [['统计表'], ['学校标识码', '在校生数', '教学仪器设备资产值', '小学班数', '小学班级数', '备注', '小学专任教师(万元)'],
    [schoolCode(2), 480, 96.5, 12, 13, '好', 1]], 说明: [['请勿改动']] });

  it('what is in doubt is not guessed: without a person the import fails, and says where', async () => {
    const job = await send(doubtful());
    assert.equal(job.state, 'failed');
    assert.match(job.failure, /preview=true/);
    assert.deepEqual(errors(job), ["'附表 1'!A2 required", "'附表 1'!B2 ambiguous", "'附表 1'!C2 unit_missing", "'附表 1'!D2 duplicate_column",
      "'附表 1'!E2 duplicate_column", "'附表 1'!G2 unknown_unit"]);
    const none = await send(bookOf({ 说明: [['没有', '表头'], [1, 2]] }));
    assert.deepEqual([none.state, errors(none)], ['failed', [' no_form']]);
    assert.equal((await reporter.get(`/v1/reports/${PERIOD}/${schoolCode(2)}`)).status, 404);
  });

  it('a person corrects it with the commit; what does not fit is named by its pointer', async () => {
    const job = await preview(doubtful());
    assert.equal(job.state, 'receiving');
    assert.deepEqual(job.mapping.to_settle.map((p) => `${p.pointer} ${p.code}`), ['/period required', '/sheets/附表 1/columns/B ambiguous',
      '/sheets/附表 1/columns/C unit_missing', '/sheets/附表 1/columns/D duplicate_column', '/sheets/附表 1/columns/E duplicate_column',
      '/sheets/附表 1/columns/G unknown_unit']);
    assert.deepEqual(job.mapping.sheets.map((s) => s.form), ['school-reports', null]);
    const b = columnOf(job.mapping, '附表 1', 'B');
    assert.deepEqual([b.heading, b.field, b.first], ['在校生数', null, ['480']]);
    const refused = async (choices) => {
      const { status, json } = await commit(job, choices);
      assert.equal(status, 422);
      return json.errors.map((e) => `${e.pointer} ${e.code}`);
    };
    assert.deepEqual(await refused({}), job.mapping.to_settle.map((p) => `${p.pointer} ${p.code}`));
    assert.deepEqual(await refused({ period: '2098', pages: {}, sheets: { 附表: null, 说明: { columns: { A: 'school' } },
      '附表 1': { columns: { ZZ: null, B: 'primary.pupils', C: { field: 'site.equipment_value', unit: '亿元' }, D: 4, E: {} } } } }),
    ['/period impossible_period', '/pages unknown_field', '/sheets/附表 unknown_sheet', '/sheets/说明/columns no_form',
      '/sheets/附表 1/columns/ZZ unknown_column', '/sheets/附表 1/columns/B unknown_column', '/sheets/附表 1/columns/C/unit unknown_unit',
      '/sheets/附表 1/columns/D wrong_type', '/sheets/附表 1/columns/E/field required']);
    assert.equal((await commit(job, 'nothing')).status, 400);
    const choices = { period: PERIOD, sheets: { '附表 1': { columns: {
      B: 'primary.students', C: { field: 'site.equipment_value', unit: '万元' }, E: 'primary.classes', G: null } } } };
    assert.equal((await reporter.get(`/v1/imports/${job.id}`)).json.state, 'receiving');
    const done = await importEnd(reporter, (await commit(job, choices)).json);
    assert.deepEqual([counts(done), done.errors], [['done', 1, 1, 0, 0, 0], []]);
    const { stages, site } = await reportOf(schoolCode(2));
    assert.deepEqual([stages, site], [{ primary: { students: 480, classes: 13 } }, { equipment_value: 965000 }]);
    const { json: taken } = await reporter.get(`/v1/imports/${job.id}/mapping`);
    assert.deepEqual(['B', 'C', 'D', 'E', 'F', 'G'].map((l) => columnOf(taken, '附表 1', l).field),
      ['primary.students', 'site.equipment_value', null, 'primary.classes', null, null]);
    assert.equal(taken.settled, true);
    assert.equal((await commit(job, choices)).status, 409);
  });

  it('a field that is given to two columns is neither\'s, in whatever order and form it is given', async () => {
    const twice = ['C', 'D'].map((column) => `/sheets/甲/columns/${column} duplicate_column`);
    const job = await preview(bookOf({ 甲: [['学校标识码', '学年', '在校生数', '在校学生', '小学班数'], [schoolCode(1), '2018', 200, 300, 5]] }));
    const students = { field: 'primary.students', unit: '人' };
    for (const columns of [{ C: students.field, D: students.field }, { D: students.field, C: students.field }, { C: students, D: students },
      { C: students, D: students.field }, { C: students.field, D: { field: students.field } }]) {
      const { status, json } = await commit(job, { sheets: { 甲: { columns } } });
      assert.deepEqual([status, json.errors?.map((e) => `${e.pointer} ${e.code}`)], [422, twice], JSON.stringify(columns));
    }
    const done = await importEnd(reporter, (await commit(job, { sheets: { 甲: { columns: { C: null, D: students.field, E: null } } } })).json);
    assert.equal(done.state, 'done');
    assert.deepEqual((await reportOf(schoolCode(1), '2018')).stages, { primary: { students: 300 } });
  });

  // How many there are is not how large they are.
  it('of music and art rooms only areas are read: neither how many there are, nor money, nor 万', async () => {
    const taken = async (...headings) => {
      const above = headings.some(Array.isArray) ? [[null, null, null, ...headings.map((h) => h[0])]] : [];
      const below = headings.map((h) => (Array.isArray(h) ? h[1] : h));
      const job = await preview(bookOf({ 甲: [...above, ['学校标识码', '学年', '小学在校生数', ...below], [schoolCode(1), '2019', 200, ...below.map(() => 2)]] }));
      await reporter.delete(`/v1/imports/${job.id}`);
      return job.mapping.sheets[0].columns.slice(-below.length).map((c) => [c.field, c.problem?.code]);
    };
    const area = ['site.music_rooms', undefined];
    const [unit, unknown] = [[null, 'unknown_unit'], [null, 'unknown_column']];
    assert.deepEqual(await taken('音乐专用教室(间)', '美术专用教室(个)'), [unit, unit]);
    assert.deepEqual(await taken('音乐专用教室(元)', '美术专用教室(万平方米)'), [unit, unit]);
    assert.deepEqual(await taken('音乐专用教室数', '美术专用教室各间面积数'), [unknown, unknown]);
    assert.deepEqual(await taken(['音乐专用教室', '间数'], ['美术专用教室', '合计']), [unknown, unknown]);
    assert.deepEqual(await taken('音乐专用教室(㎡)', '美术专用教室数(间)'), [area, unknown]);
    assert.deepEqual(await taken(['音乐专用教室', '面积(平方米)'], ['美术专用教室', '(㎡)']), [area, ['site.art_rooms', undefined]]);
    const job = await preview(bookOf({ 甲: [['学校标识码', '学年', '小学在校生数', '音乐专用教室(间)'], [schoolCode(1), '2019', 200, 2]] }));
    const refused = await commit(job, { sheets: { 甲: { columns: { D: { field: 'site.music_rooms', unit: '万平方米' } } } } });
    assert.deepEqual([refused.status, refused.json.errors?.[0].code], [422, 'unknown_unit']);
    assert.equal((await importEnd(reporter, (await commit(job, { sheets: { 甲: { columns: { D: null } } } })).json)).state, 'done');
    assert.equal((await reportOf(schoolCode(1), '2019')).site, undefined);
  });

  it('hidden sheets and those that are left out are not read; a title names the school year', async () => {
    const row = (n) => [schoolCode(n), 100];
    const head = ['学校标识码', '小学在校生数'];
    const book = bookOf({ 甲: [['某县2024—2025学年初教育统计'], head, row(1)], 乙: [head, row(2)], 丙: [head, row(3)] });
    book.getWorksheet('乙').state = 'hidden';
    const job = await preview(book);
    assert.deepEqual(job.mapping.sheets.map((s) => [s.hidden, s.form, s.period]), [[false, 'school-reports', '2024'], [true, null, null], [false, 'school-reports', null]]);
    assert.deepEqual(job.mapping.to_settle.map((p) => p.pointer), ['/period']);
    const done = await importEnd(reporter, (await commit(job, { sheets: { 丙: null } })).json);
    assert.deepEqual(counts(done), ['done', 1, 1, 0, 0, 0]);
    assert.deepEqual((await reportOf(schoolCode(1), '2024')).stages, { primary: { students: 100 } });
    // of one that is nothing but hidden, why nothing is read
    const hidden = bookOf({ 说明: [['请勿改动']], 甲: [head, row(1)] });
    hidden.getWorksheet('甲').state = 'veryHidden';
    const failed = await send(hidden);
    assert.deepEqual(errors(failed), [' no_form']);
    assert.match(failed.errors[0].detail, /表“甲”是隐藏的.* \/ this sheet is hidden/);
    const looked = await preview(hidden);
    await reporter.delete(`/v1/imports/${looked.id}`);
    assert.deepEqual(looked.mapping.to_settle.map((p) => [p.pointer, p.code, p.detail]), [['/sheets', 'no_form', failed.errors[0].detail]]);
  });

  it('in parts, with a look before the commit; options of a workbook are for a workbook', async () => {
    const bytes = await bytesOf(bookOf({ Sheet1: [['学校标识码', '学年', '小学在校生数'], [schoolCode(3), '2023', 120]] }));
    const { json: job } = await reporter.request('POST', '/v1/imports', { body: '', type: XLSX });
    assert.equal((await reporter.get(`/v1/imports/${job.id}/mapping`)).status, 404);
    const half = bytes.length >> 1;
    for (const [n, part] of [[2, bytes.subarray(half)], [1, bytes.subarray(0, half)]]) {
      const put = await reporter.put(`/v1/imports/${job.id}/parts/${n}`, part, { type: 'application/octet-stream', headers: { 'Content-Digest': digest(part) } });
      assert.equal(put.status, 200);
    }
    assert.equal((await reporter.get(`/v1/imports/${job.id}/mapping`)).json.settled, true);
    const done = await importEnd(reporter, (await commit(job)).json);
    assert.deepEqual(counts(done), ['done', 1, 1, 0, 0, 0]);
    const other = await reporter.request('POST', '/v1/imports?preview=true', { body: '{}', type: 'application/x-ndjson' });
    assert.equal(other.status, 400);
    const { json: lines } = await reporter.request('POST', '/v1/imports', { body: '', type: 'text/csv' });
    assert.equal((await commit(lines, { period: '2023' })).status, 422);
    assert.equal((await reporter.get(`/v1/imports/${lines.id}/mapping`)).status, 404);
    assert.equal((await reporter.request('POST', '/v1/imports?preview=maybe', { body: bytes, type: XLSX })).status, 400);
    assert.equal((await reporter.request('POST', '/v1/imports?period=25', { body: bytes, type: XLSX })).status, 400);
  });

  // --- what is no workbook -------------------------------------------------------------------

  // A workbook whose part was changed.
  async function spoilt(change) {
    const zip = await JSZip.loadAsync(await bytesOf(bookOf({ Sheet1: [['学校标识码', '学年', '小学在校生数'], [schoolCode(1), '2023', 1]] })));
    await change(zip);
    return packed(zip);
  }

  // Packed by the platform's zlib: a bomb is large.
  async function packed(zip) {
    const archive = archiver('zip', { zlib: { level: 1 } });
    const chunks = [];
    archive.on('data', (chunk) => chunks.push(chunk));
    for (const file of Object.values(zip.files)) {
      if (!file.dir) archive.append(await file.async('nodebuffer'), { name: file.name });
    }
    await archive.finalize();
    return Buffer.concat(chunks);
  }

  it('a bomb, a DOCTYPE, half a file and other things: the import fails with the reason, and the API lives', async () => {
    const good = await bytesOf(bookOf({ Sheet1: [['学校标识码', '学年', '小学在校生数'], [schoolCode(1), '2023', 1]] }));
    const doctype = await spoilt(async (zip) => {
      const text = await zip.file('xl/worksheets/sheet1.xml').async('string');
      zip.file('xl/worksheets/sheet1.xml', text.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>'));
    });
    const bomb = await spoilt((zip) => zip.file('xl/worksheets/sheet1.xml', Buffer.alloc(140 << 20, 0x20)));
    const cases = [['half', good.subarray(0, good.length >> 1)], ['doctype', doctype], ['bomb', bomb], ['text', Buffer.from('学校,学年\n')],
      ['old', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])]];
    const reasons = new Set();
    for (const [name, bytes] of cases) {
      const job = await send(bytes);
      assert.deepEqual(counts(job), ['failed', 0, 0, 0, 0, 0], name);
      assert.match(job.failure, /.+ \/ .+/, name);
      assert.doesNotMatch(job.failure, /internal/, name);
      reasons.add(job.failure);
      const { status, json } = await reporter.request('POST', '/v1/imports?preview=true', { body: bytes, type: XLSX });
      assert.ok(status === 422 || (status === 413 && name === 'bomb'), `${name}: ${status}`);
      assert.ok(json.detail || json.errors, name);
    }
    assert.ok(reasons.size >= 4, [...reasons].join('\n'));
    assert.equal((await world.client().get('/readyz')).status, 200);
    // none of the previews waits for a commit
    assert.deepEqual(await world.sql(`SELECT count(*) FROM import_job WHERE state = 'receiving' AND parts > 0`), [['0']]);
  });

  it('a workbook above 16 MiB is refused before it is read', async () => {
    const { json: job } = await reporter.request('POST', '/v1/imports', { body: '', type: XLSX });
    for (let n = 1; n <= 9; n++) {
      const part = crypto.randomBytes(2 << 20);
      const { status } = await reporter.put(`/v1/imports/${job.id}/parts/${n}`, part, { type: 'application/octet-stream', headers: { 'Content-Digest': digest(part) } });
      assert.equal(status, 200);
    }
    const { status, json } = await commit(job);
    assert.equal(status, 413);
    assert.match(json.detail, /16777216/);
    assert.equal((await reporter.get(`/v1/imports/${job.id}/mapping`)).status, 413);
  });
});
