// SPDX-License-Identifier: Apache-2.0
// Imports whose rows are all wrong, and long: they are told, and the API's memory stays below what README.md says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import JSZip from 'jszip';
import { ROOT, SLOW, waitFor } from '../lib/env.mjs';
import { PERIOD, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { XLSX, sendImport } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const STREAMS = 12;
const world = new World('import_memory', { monitors: 0, env: { JUNHENG_STREAMS_MAX: String(STREAMS) } });
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';
let reporter;

function staysSmall() {
  const said = /API.*at most (\d+) MB/.exec(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8'));
  // Sanitizers keep what was freed.
  if (SLOW === 1) assert.ok(world.apis[0].peak() < Number(said[1]) * 1000, `${world.apis[0].peak()} KB`);
}

const send = (body, type, query = '') => sendImport(reporter, body, { type, query });

// One that is read as it comes: its status, how many rows it has, and its last bytes. begun: is not read further than that.
const download = (id, begun) => new Promise((resolve, reject) => {
  const rq = http.get({ host: '127.0.0.1', port: reporter.port, path: `/v1/imports/${id}/errors.csv`, agent: false,
    headers: { Authorization: `Bearer ${reporter.key}` } }, (rs) => {
    let [rows, tail] = [0, ''];
    if (begun) {
      rs.on('error', () => {});
      resolve({ status: rs.statusCode, end: () => rq.destroy() });
      return;
    }
    rs.setEncoding('latin1');
    rs.on('data', (chunk) => {
      for (let i = chunk.indexOf('\n'); i >= 0; i = chunk.indexOf('\n', i + 1)) rows += 1;
      tail = (tail + chunk).slice(-400);
    });
    rs.on('error', reject);
    rs.on('end', () => resolve({ status: rs.statusCode, rows, tail }));
  });
  rq.on('error', reject);
});
const several = (n, what) => Promise.all(Array.from({ length: n }, what));

// Few bytes: every row has the same long text so many times.
async function workbook(rows, cells) {
  const text = (t) => `<c t="inlineStr"><is><t>${t}</t></is></c>`;
  const row = (i) => `<row>${text(schoolCode(1 + i))}${text(PERIOD)}${text('x')}${'<c t="s"><v>0</v></c>'.repeat(cells)}</row>`;
  const headings = ['学校标识码', '学年', '小学在校生数', '备注'].map(text).join('');
  const zip = new JSZip();
  zip.file('_rels/.rels', `<Relationships xmlns="${PACKAGE}"><Relationship Id="b" Type="${REL}/officeDocument" Target="/xl/b.xml"/></Relationships>`);
  zip.file('xl/b.xml', `<workbook xmlns="${MAIN}" xmlns:r="${REL}"><sheets><sheet name="S" sheetId="1" r:id="s"/></sheets></workbook>`);
  zip.file('xl/_rels/b.xml.rels', `<Relationships xmlns="${PACKAGE}"><Relationship Id="s" Type="${REL}/worksheet" Target="s.xml"/>`
    + `<Relationship Id="t" Type="${REL}/sharedStrings" Target="t.xml"/></Relationships>`);
  zip.file('xl/t.xml', `<sst xmlns="${MAIN}"><si><t>${'字'.repeat(1365)}</t></si></sst>`);
  zip.file('xl/s.xml', `<worksheet xmlns="${MAIN}"><sheetData><row>${headings}</row>${Array.from({ length: rows }, (_, i) => row(i)).join('')}</sheetData></worksheet>`);
  return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}

describe('imports with long rows that are wrong', () => {
  before(async () => {
    await world.start();
    await putRegions(await world.as('admin'));
    reporter = await world.as('reporter', '34');
    await putSchool(reporter, schoolCode(1), school());
  });
  after(() => world.stop());

  it('a row with many mistakes stands behind each, and downloads at the same time are cheap', async () => {
    const more = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`a${i}`, '"'.repeat(600)]));
    const line = (i) => JSON.stringify({ type: 'report', period: String(2000 + i), school: schoolCode(1), ...report(), ...more });
    const job = await send(Array.from({ length: 16 }, (_, i) => line(i)).join('\n'), 'application/x-ndjson');
    assert.deepEqual([job.state, job.rejected, job.errors.length], ['failed', 16, 16 * 49]);
    staysSmall();
    const { text } = await reporter.get(`/v1/imports/${job.id}/errors.csv`);
    const rows = text.trimEnd().split('\r\n').slice(1);
    assert.equal(rows.length, 16 * 49);
    for (const [i, row] of rows.entries()) {
      const n = Math.floor(i / 49);
      const whole = `,"${line(n).replaceAll('"', '""')}"`;
      assert.ok(row.startsWith(`${n + 1},/a`) && row.endsWith(whole), `${i}: ${row.slice(0, 200)}`);
    }
    for (const got of await several(8, () => download(job.id))) assert.deepEqual([got.status, got.rows], [200, 16 * 49 + 1]);
    await several(8, async () => assert.equal((await reporter.get(`/v1/imports/${job.id}`)).json.errors.length, 16 * 49));
    staysSmall();
  });

  it('a small workbook of very long rows: all mistakes are told, and rows up to a limit', async () => {
    const job = await send(await workbook(300, 60), XLSX);
    assert.deepEqual([job.state, job.rejected, job.errors.length], ['failed', 300, 300]);
    staysSmall();
    await several(4, async () => assert.equal((await reporter.get(`/v1/imports/${job.id}`)).json.errors.length, 300));
    staysSmall();
    const [[rows, bytes]] = await world.sql(`SELECT count(*), sum(octet_length(line)) FROM import_line WHERE job = ${job.id}`);
    assert.ok(Number(bytes) <= 64 << 20 && Number(bytes) > 63 << 20 && Number(rows) < 300, `${rows} rows, ${bytes} bytes`);
    for (const got of await several(4, () => download(job.id))) {
      assert.deepEqual([got.status, got.rows], [200, 301]);
      assert.match(got.tail, /\r\n301,S!C301,\w+,[^\r\n]+,\r\n$/, 'of the last there is no more than its mistake');
    }
    staysSmall();
  });

  it('downloads that nobody reads are as many as streams may be', async () => {
    const [[id]] = await world.sql('SELECT max(id) FROM import_job');
    const begun = await several(STREAMS, () => download(id, true));
    assert.deepEqual([...new Set(begun.map((d) => d.status))], [200]);
    const refused = await reporter.get(`/v1/imports/${id}/errors.csv`);
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '1']);
    assert.equal((await reporter.get(`/v1/imports/${id}/events`)).status, 503);
    for (const d of begun) d.end();
    await waitFor('a place to be free', async () => (await download(id)).status === 200, { deadline: 60000 });
    staysSmall();
  });
});
