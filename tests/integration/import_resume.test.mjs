// SPDX-License-Identifier: Apache-2.0
// junhengctl import, interrupted: the service is killed and started again, the import itself is
// killed. It goes on behind what was acknowledged, and in the end everything is in.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BUILD, waitFor } from '../lib/env.mjs';
import { report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const PERIODS = ['2016', '2017', '2018', '2019', '2020', '2021', '2022', '2023', '2024', '2025'];
const COUNTIES = ['340201', '340202', '340203', '340204'];
const CONNECTIONS = 4;
const WAITING = CONNECTIONS * 65 * 4; // lines at most that are sent out of order, generously

const world = new World('import_resume', { apis: 2, monitors: 0 });
let admin;
let supervisor;
let key;
let next = 1; // first school of the next set

const textOf = (lines) => lines.map((l) => `${JSON.stringify(l)}\n`).join('');

// The files of a folder: { name: text }, of schools that no other set has.
function setOf(schools) {
  const codes = Array.from({ length: schools }, () => schoolCode(next++));
  return { codes, files: {
    '01-regions.ndjson': textOf([{ type: 'region', code: '34', name: '安徽省' }, { type: 'region', code: '3402', name: '芜湖市' },
      ...COUNTIES.map((code) => ({ type: 'region', code, name: `县${code}` }))]),
    '02-schools.ndjson': textOf(codes.map((code, i) => ({ type: 'school', code, ...school(COUNTIES[i % 4]) }))),
    '10-reports.ndjson': textOf(PERIODS.flatMap((period) =>
      codes.map((code) => ({ type: 'report', period, school: code, ...report(100 + (Number(code) % 7) * 100) })))),
    'notes.txt': 'not an import\n', '.hidden.ndjson': 'nor this\n' } };
}

function folder(name, files) {
  const dir = path.join(world.dir, name);
  fs.mkdirSync(dir);
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, file), text);
  return dir;
}

const lineCount = (files) => Object.entries(files).filter(([n]) => /^\d.*ndjson$/.test(n))
  .reduce((n, [, text]) => n + text.split('\n').length - 1, 0);

const environment = (api = world.apis[0]) => ({ ...process.env, JUNHENG_URL: `http://127.0.0.1:${api.port}`, JUNHENG_KEY: key });
const ctl = (args, { input, env = {} } = {}) => world.ctl(['import', ...args], { env: { JUNHENG_KEY: key, ...env }, input });

// An import that is under way: { child, ended, stderr() }
function begin(args) {
  const child = spawn(path.join(BUILD, 'junhengctl'), ['import', ...args], { env: environment(), cwd: world.dir });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdout.resume();
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  return { child, ended, stderr: () => stderr };
}

function stateOf(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return { lines: 0 };
  }
}

// Answers given so far, by the service's own count; each question counts itself.
async function answers() {
  const { text } = await supervisor.get('/metrics');
  return [...text.matchAll(/^junheng_http_requests_total\{[^}]*\} (\d+)$/gm)].reduce((n, [, v]) => n + Number(v), 0);
}

async function allIn({ codes }) {
  const [[schools, reports]] = await world.sql(`SELECT
    (SELECT count(*) FROM school WHERE code BETWEEN '${codes[0]}' AND '${codes.at(-1)}'),
    (SELECT count(*) FROM report WHERE school BETWEEN '${codes[0]}' AND '${codes.at(-1)}')`);
  assert.deepEqual([Number(schools), Number(reports)], [codes.length, codes.length * PERIODS.length]);
  for (const code of [codes[0], codes.at(-1)]) {
    const { json } = await admin.get(`/v1/reports/${PERIODS.at(-1)}/${code}`);
    assert.deepEqual(json.stages, report(100 + (Number(code) % 7) * 100).stages);
  }
}

describe('import', () => {
  before(async () => {
    await world.start({ monitor: false });
    key = await world.key('admin');
    admin = world.client(key);
    supervisor = await world.as('supervisor');
  });
  after(() => world.stop());

  it('takes a folder in the order of its names', async () => {
    const set = setOf(8);
    const dir = folder('ordered', set.files);
    const { status, stdout, stderr } = await ctl([`${dir}/`]);
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(`lines ${lineCount(set.files)}: 新建 / created ${lineCount(set.files)},`), stdout);
    await allIn(set);
    assert.ok(!fs.existsSync(`${dir}.import-state`));
    const empty = await ctl([folder('empty', { 'x.txt': '' })]);
    assert.equal(empty.status, 1);
    assert.match(empty.stderr, /ndjson/);
  });

  it('names the file of a refused line, and is done with it', async () => {
    const dir = folder('refused', { 'a.ndjson': '\n{"type":"region","code":"34","name":"安徽省"}\n',
      'b.ndjson': '{"type":"region","code":"34"}\nnonsense\n' });
    const { status, stderr } = await ctl([dir]);
    assert.equal(status, 4);
    assert.match(stderr, /b\.ndjson 第 1 行/);
    assert.match(stderr, /b\.ndjson 第 2 行/);
    assert.ok(!fs.existsSync(`${dir}.import-state`));
  });

  it('ends with everything in when the service is killed and started in the middle', async () => {
    const set = setOf(200);
    const dir = folder('restarted', set.files);
    const running = begin([dir]);
    for (const lines of [300, 900]) {
      await waitFor(`${lines} acknowledged lines`, () => stateOf(`${dir}.import-state`).lines > lines, { every: 1 });
      await world.apis[0].kill();
      await world.startApi();
    }
    assert.deepEqual(await running.ended, { code: 0, signal: null }, running.stderr());
    await allIn(set);
    assert.ok(!fs.existsSync(`${dir}.import-state`));
  });

  for (const signal of ['SIGKILL', 'SIGINT']) {
    it(`goes on where it was after ${signal}, and sends nothing again`, async () => {
      const set = setOf(200);
      const dir = folder(`ended-${signal}`, set.files);
      const total = lineCount(set.files);
      const first = await answers();
      const running = begin([dir]);
      await waitFor('500 acknowledged lines', () => stateOf(`${dir}.import-state`).lines > 500, { every: 1 });
      running.child.kill(signal);
      assert.deepEqual(await running.ended, { code: null, signal });
      const { lines } = stateOf(`${dir}.import-state`);
      // requests that were under way are answered by now, or never
      let sent = -1;
      await waitFor('the service to be idle', async () => {
        const before_ = sent;
        sent = (await answers()) - first;
        return sent === before_ + 1;
      }, { every: 100 });
      assert.ok(lines > 500 && lines < total, `${lines} of ${total}`);
      assert.ok(lines <= sent && sent <= lines + WAITING, `${sent} were sent, ${lines} are known to be`);
      const again = await answers();
      const { status, stderr, stdout } = await ctl([dir]);
      assert.equal(status, 0, stderr);
      assert.ok(stderr.includes(`behind line ${lines}`), stderr);
      assert.equal((await answers()) - again - 1, total - lines, stdout);
      assert.ok(!fs.existsSync(`${dir}.import-state`));
      await allIn(set);
    });
  }

  it('knows that another input, or another service, was not sent', async () => {
    const set = setOf(30);
    const dir = folder('changed', set.files);
    const state = path.join(world.dir, 'kept');
    const total = lineCount(set.files);
    const interrupt = async () => {
      const running = begin([dir, '--state', state]);
      await waitFor('some lines', () => stateOf(state).lines > 40, { every: 1 });
      running.child.kill('SIGKILL');
      await running.ended;
      assert.ok(stateOf(state).lines < total);
    };
    await interrupt();
    const other = await ctl([dir, '--state', state], { env: { JUNHENG_URL: environment(world.apis[1]).JUNHENG_URL } });
    assert.equal(other.status, 0, other.stderr);
    assert.match(other.stderr, /beginning anew/);
    assert.match(other.stdout, new RegExp(`unchanged ${total}|created`));
    assert.ok(!fs.existsSync(state));
    await interrupt();
    const file = path.join(dir, '02-schools.ndjson');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('某某小学', '改名小学'));
    const changed = await ctl([dir, '--state', state]);
    assert.equal(changed.status, 0, changed.stderr);
    assert.match(changed.stderr, /beginning anew/);
    assert.equal((await admin.get(`/v1/schools/${set.codes[0]}`)).json.name, '改名小学');
    fs.writeFileSync(state, 'nonsense');
    assert.equal((await ctl([dir, '--state', state])).status, 0);
  });

  it('remembers standard input when it is told where', async () => {
    const set = setOf(20);
    const input = Object.entries(set.files).filter(([n]) => /^\d/.test(n)).map(([, text]) => text).join('');
    const state = path.join(world.dir, 'of-stdin');
    const running = begin(['-', '--state', state]);
    running.child.stdin.write(input.slice(0, input.length / 2));
    await waitFor('some lines', () => stateOf(state).lines > 20, { every: 1 });
    running.child.kill('SIGKILL');
    await running.ended;
    const wrong = await ctl(['-', '--state', state], { input: input.slice(1) });
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /not the one of before/);
    const { status, stderr } = await ctl(['-', '--state', state], { input });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /going on behind line/);
    await allIn(set);
    assert.ok(!fs.existsSync(state));
  });

  it('keeps its place when it is given up', async () => {
    const set = setOf(100);
    const dir = folder('given-up', set.files);
    ({ token: key } = await world.newKey('admin', 'all', '--label', 'given up'));
    const [[id]] = await world.sql(`SELECT id FROM api_key WHERE label = 'given up'`);
    const running = begin([dir]);
    await waitFor('some lines', () => stateOf(`${dir}.import-state`).lines > 100, { every: 1 });
    assert.equal((await world.ctl(['key', 'revoke', id])).status, 0);
    assert.deepEqual(await running.ended, { code: 4, signal: null }, running.stderr());
    assert.match(running.stderr(), /run it again to go on/);
    const { lines } = stateOf(`${dir}.import-state`);
    assert.ok(lines > 100 && lines < lineCount(set.files));
    key = await world.key('admin');
    const { status, stderr } = await ctl([dir]);
    assert.equal(status, 0, stderr);
    assert.ok(stderr.includes(`behind line ${lines}`), stderr);
    await allIn(set);
  });

  it('is one at a time', async () => {
    const state = path.join(world.dir, 'busy');
    const running = begin(['-', '--state', state]);
    await waitFor('the state', () => fs.existsSync(state));
    const { status, stderr } = await ctl(['-', '--state', state], { input: '' });
    assert.equal(status, 4, stderr);
    assert.match(stderr, /under way/);
    running.child.stdin.end();
    assert.deepEqual(await running.ended, { code: 0, signal: null });
    assert.ok(!fs.existsSync(state));
  });

  it('does without a state where none can be kept, unless it was asked for', async () => {
    const file = path.join(world.dir, 'one.ndjson');
    fs.writeFileSync(file, '{"type":"region","code":"34","name":"安徽省"}\n');
    fs.mkdirSync(`${file}.import-state`);
    const { status, stderr } = await ctl([file]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /is not kept/);
    assert.equal((await ctl([file, '--state', '/nonexistent/x'])).status, 1);
  });
});
