// SPDX-License-Identifier: Apache-2.0
// junhengctl import, interrupted: the service is killed or stopped and started again, the import itself is
// killed, both while parts are sent and while the job runs. It goes on with the parts that are missing and
// with the same job, and in the end everything is in, once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hold, waiting } from '../lib/database.mjs';
import { BUILD, run, waitFor } from '../lib/env.mjs';
import { report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const PERIODS = ['2016', '2017', '2018', '2019', '2020', '2021', '2022', '2023', '2024', '2025'];
const COUNTIES = ['340201', '340202', '340203', '340204'];
const PART = 16384;
// above 1 MiB a commit is answered while the job runs; half of an input is more than is read at once
const SCHOOLS = { parts: 30, job: 200, input: 450 };

// Small parts: the import learns it from the first answers.
const world = new World('import_resume', { apis: 2, monitors: 0, env: { JUNHENG_IMPORT_BODY_MAX: String(PART) } });
let admin;
let key;
let next = 1; // first school of the next set

const textOf = (lines) => lines.map((l) => `${JSON.stringify(l)}\n`).join('');
const reportOf = (code) => report(100 + (Number(code) % 7) * 100);

// One file of schools that no other set has, and their reports.
function fileOf(name, schools = 30) {
  const codes = Array.from({ length: schools }, () => schoolCode(next++));
  const file = path.join(world.dir, `${name}.ndjson`);
  const text = textOf([...codes.map((code, i) => ({ type: 'school', code, ...school(COUNTIES[i % 4]) })),
    ...PERIODS.flatMap((period) => codes.map((code) => ({ type: 'report', period, school: code, ...reportOf(code) })))]);
  fs.writeFileSync(file, text);
  return { codes, file, text, state: `${file}.state`, rows: schools * (1 + PERIODS.length) };
}

const environment = (api = world.apis[0]) => ({ ...process.env, JUNHENG_URL: `http://127.0.0.1:${api.port}`, JUNHENG_KEY: key });
const ctl = (args, { input, env = {} } = {}) => world.ctl(['import', ...args], { env: { JUNHENG_KEY: key, ...env }, input });

// An import that is under way: { child, ended, stderr() }
function begin(args) {
  const child = spawn(path.join(BUILD, 'junhengctl'), ['import', ...args], { env: environment(), cwd: world.dir });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdout.resume();
  child.stdin.on('error', () => {}); // it may end without reading
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  return { child, ended, stderr: () => stderr };
}

function stateOf(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

const partsOf = (state) => stateOf(state).now?.parts.length ?? 0;

// Where an import can be held up: at a part, or when its reports are about to be written.
const PLACES = { parts: 1, job: 2 };

function makePlaces() {
  const at = (n, when, each, table) => `CREATE FUNCTION place${n}() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_advisory_xact_lock_shared(4242, ${n}); RETURN NEW; END';
    CREATE TRIGGER place${n} BEFORE INSERT ON ${table} FOR EACH ${each} ${when} EXECUTE FUNCTION place${n}();`;
  return world.sql(at(PLACES.parts, 'WHEN (NEW.n = 5)', 'ROW', 'import_part') + at(PLACES.job, '', 'STATEMENT', 'report'));
}

// An import that does not get further than that, until release() is called.
async function stuck(where, args, state) {
  const unlock = await hold(world.url, `SELECT pg_advisory_xact_lock(4242, ${PLACES[where]})`);
  let released;
  const release = () => (released ??= unlock());
  world.closers.unshift(release);
  const running = begin(state ? [...args, '--state', state] : args);
  await waiting(world.url);
  if (where === 'job' && state) await waitFor('the commit to be known', () => stateOf(state).now?.committed);
  return { ...running, release, now: state && stateOf(state).now };
}

async function allIn({ codes }) {
  const [[schools, reports, again]] = await world.sql(`SELECT
    (SELECT count(*) FROM school WHERE code BETWEEN '${codes[0]}' AND '${codes.at(-1)}'),
    (SELECT count(*) FROM report WHERE school BETWEEN '${codes[0]}' AND '${codes.at(-1)}'),
    (SELECT count(*) FROM report_history WHERE school BETWEEN '${codes[0]}' AND '${codes.at(-1)}')`);
  assert.deepEqual([schools, reports, again].map(Number), [codes.length, codes.length * PERIODS.length, 0]);
  for (const code of [codes[0], codes.at(-1)]) {
    const { json } = await admin.get(`/v1/reports/${PERIODS.at(-1)}/${code}`);
    assert.deepEqual(json.stages, reportOf(code).stages);
  }
}

const jobs = async () => Number((await world.sql('SELECT count(*) FROM import_job'))[0][0]);
const restart = async (how) => {
  await world.apis[0][how]();
  await world.startApi();
};

describe('import, interrupted', () => {
  before(async () => {
    await world.start({ monitor: false });
    await makePlaces();
    key = await world.key('admin');
    admin = world.client(key);
    const regions = textOf([{ type: 'region', code: '34', name: '安徽省' }, { type: 'region', code: '3402', name: '芜湖市' },
      ...COUNTIES.map((code) => ({ type: 'region', code, name: `县${code}` }))]);
    const { status, stderr } = await ctl(['-'], { input: regions });
    assert.equal(status, 0, stderr);
    // a job that waits is not kept from being looked at, and one that was cut off is found soon
    for (const api of world.apis) api.expected.push(/"cause":"[^"]*(terminat|lock|connection)/);
  });
  after(() => world.stop());

  for (const how of ['kill', 'stop']) {
    for (const where of ['parts', 'job']) {
      it(`ends with everything in when the service is gone for a while (${how}), at its ${where}`, async () => {
        const set = fileOf(`service-${how}-${where}`, SCHOOLS[where]);
        const count = await jobs();
        const running = await stuck(where, [set.file], set.state);
        // asked to stop, it ends what it is doing: which cannot end
        if (how === 'stop') await running.release();
        await restart(how);
        if (how === 'kill') await running.release();
        assert.deepEqual(await running.ended, { code: 0, signal: null }, running.stderr());
        await allIn(set);
        assert.equal(await jobs(), count + 1);
        assert.ok(!fs.existsSync(set.state));
      });
    }
  }

  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM']) {
    for (const where of ['parts', 'job']) {
      it(`goes on after ${signal} at its ${where}`, async () => {
        const set = fileOf(`ctl-${signal}-${where}`, SCHOOLS[where]);
        const count = await jobs();
        const running = await stuck(where, [set.file], set.state);
        running.child.kill(signal);
        assert.deepEqual(await running.ended, { code: null, signal });
        if (signal !== 'SIGKILL') assert.match(running.stderr(), /run it again to go on/);
        await running.release();
        const parts = partsOf(set.state);
        assert.ok(parts >= running.now.parts.length, 'what the service had is known');
        const { status, stderr, stdout } = await ctl([set.file, '--state', set.state]);
        assert.equal(status, 0, stderr);
        assert.ok(stderr.includes(`parts that are there: ${parts}`), stderr);
        assert.match(stdout, new RegExp(`rows ${set.rows}:`));
        await allIn(set);
        assert.equal(await jobs(), count + 1);
        assert.ok(!fs.existsSync(set.state));
      });
    }
  }

  it('goes on where the parts ended: none is sent again', async () => {
    const set = fileOf('counted', SCHOOLS.job);
    const running = await stuck('parts', [set.file], set.state);
    running.child.kill('SIGKILL');
    await running.ended;
    await running.release();
    const { parts, job } = stateOf(set.state).now;
    const sentAt = `SELECT n, xmin FROM import_part WHERE job = ${job} AND n <= ${parts.length} ORDER BY n`;
    const before_ = await world.sql(sentAt);
    assert.equal(before_.length, parts.length);
    const again = await stuck('job', [set.file], set.state);
    assert.deepEqual(await world.sql(sentAt), before_);
    await again.release();
    assert.deepEqual(await again.ended, { code: 0, signal: null }, again.stderr());
    await allIn(set);
  });

  it('without a state asks the service to cancel', async () => {
    const set = fileOf('cancelled', SCHOOLS.job);
    for (const where of ['parts', 'job']) {
      const running = await stuck(where, [set.file]);
      running.child.kill('SIGINT');
      // the cancelling waits for the job's row, which the part's statement has
      if (where === 'parts') await running.release();
      assert.deepEqual(await running.ended, { code: null, signal: 'SIGINT' });
      const [, id, told] = /import (\d+): .* \/ (.*)/.exec(running.stderr());
      assert.equal(told, where === 'parts' ? 'cancelled' : 'being cancelled');
      assert.deepEqual(await world.sql(`SELECT cancel FROM import_job WHERE id = ${id}`), [['t']]);
      await running.release();
    }
  });

  it('knows that another input, or another service, was not sent', async () => {
    const set = fileOf('changed');
    const interrupt = async (where) => {
      const running = await stuck(where, [set.file], set.state);
      running.child.kill('SIGKILL');
      await running.ended;
      await running.release();
      return running.now.job;
    };
    await interrupt('parts');
    const other = await ctl([set.file, '--state', set.state], { env: { JUNHENG_URL: environment(world.apis[1]).JUNHENG_URL } });
    assert.equal(other.status, 0, other.stderr);
    assert.match(other.stderr, /beginning anew/);
    await allIn(set);

    set.text = set.text.replace('某某小学', '改名小学');
    fs.writeFileSync(set.file, set.text);
    const old = await interrupt('parts');
    fs.writeFileSync(set.file, set.text.replace('改名小学', '更名小学'));
    const changed = await ctl([set.file, '--state', set.state]);
    assert.equal(changed.status, 0, changed.stderr);
    assert.match(changed.stderr, /not the one of before: beginning anew/);
    assert.equal((await admin.get(`/v1/schools/${set.codes[0]}`)).json.name, '更名小学');
    assert.equal((await admin.get(`/v1/imports/${old}`)).json.state, 'cancelled');
    fs.writeFileSync(set.state, '{"version":1,"what":"cut o');
    assert.equal((await ctl([set.file, '--state', set.state])).status, 0);
    // what is no state is somebody's: it is neither written over nor removed
    fs.writeFileSync(set.state, 'school,period\n');
    const foreign = await ctl([set.file, '--state', set.state]);
    assert.deepEqual([foreign.status, /is no state of an import/.test(foreign.stderr)], [1, true], foreign.stderr);
    assert.equal(fs.readFileSync(set.state, 'utf8'), 'school,period\n');
    fs.rmSync(set.state);
  });

  it('waits for a job that a killed service had begun to open, however short its patience', async () => {
    const set = fileOf('reserved', 2);
    const args = [set.file, '--state', set.state, '--retry-for', '0'];
    const release = await hold(world.url, 'LOCK TABLE import_job IN SHARE ROW EXCLUSIVE MODE');
    const first = begin(args);
    const mine = await waitFor('it to be reserved', async () => {
      const name = stateOf(set.state).now?.key;
      return name && (await world.sql(`SELECT key FROM idempotency WHERE key = '${name}'`))[0]?.[0];
    });
    await world.apis[0].kill();
    assert.equal((await first.ended).code, 3, first.stderr());
    await release();
    await world.startApi();
    const second = begin(args);
    await waitFor('it to wait', () => /trying again: .*409/.test(second.stderr()));
    await world.sql(`UPDATE idempotency SET created_at = created_at - interval '61 s' WHERE key = '${mine}'`);
    assert.equal((await second.ended).code, 0, second.stderr());
    await allIn(set);
  });

  it('begins anew when the job is gone', async () => {
    const set = fileOf('gone');
    const running = await stuck('parts', [set.file], set.state);
    running.child.kill('SIGKILL');
    await running.ended;
    await running.release();
    assert.equal((await admin.delete(`/v1/imports/${running.now.job}`)).status, 200);
    const { status, stderr } = await ctl([set.file, '--state', set.state]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /beginning anew/);
    await allIn(set);
  });

  it('remembers standard input when it is told where', async () => {
    const set = fileOf('of-stdin', SCHOOLS.input);
    const running = begin(['-', '--state', set.state]);
    running.child.stdin.write(set.text.slice(0, set.text.length / 2));
    await waitFor('some parts', () => partsOf(set.state) > 3, { every: 1 });
    running.child.kill('SIGKILL');
    await running.ended;
    const wrong = await ctl(['-', '--state', set.state], { input: set.text.replace('某某小学', '改名小学') });
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /not the one of before/);
  });

  it('goes on with standard input', async () => {
    const set = fileOf('of-stdin-again', SCHOOLS.input);
    const running = begin(['-', '--state', set.state]);
    running.child.stdin.write(set.text.slice(0, set.text.length / 2));
    await waitFor('some parts', () => partsOf(set.state) > 3, { every: 1 });
    running.child.kill('SIGKILL');
    await running.ended;
    // a pipe that brings nothing changes nothing
    const empty = await ctl(['-', '--state', set.state], { input: '' });
    assert.equal(empty.status, 4, empty.stderr);
    assert.match(empty.stderr, /is empty.*\n.*run it again to go on/);
    const { status, stderr } = await ctl(['-', '--state', set.state], { input: set.text });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /going on with import/);
    await allIn(set);
    assert.ok(!fs.existsSync(set.state));
  });

  it('goes on with the files of a folder that are left', async () => {
    const sets = ['a', 'b', 'c'].map((name) => fileOf(`left-${name}`, 8));
    const dir = path.join(world.dir, 'left');
    fs.mkdirSync(dir);
    sets.forEach((set, i) => fs.renameSync(set.file, path.join(dir, `${i}.ndjson`)));
    const state = `${dir}.state`;
    const count = await jobs();
    const running = begin([dir, '--state', state]);
    await waitFor('the first file', () => stateOf(state).done?.length === 1 && partsOf(state) >= 1, { every: 1 });
    running.child.kill('SIGKILL');
    await running.ended;
    const { status, stderr, stdout } = await ctl([dir, '--state', state]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`rows ${sets.length * sets[0].rows}: 新建 / created ${sets.length * sets[0].rows},`));
    for (const set of sets) await allIn(set);
    assert.equal(await jobs(), count + sets.length);
    assert.ok(!fs.existsSync(state));
  });

  it('keeps its place when it is given up', async () => {
    const set = fileOf('given-up');
    ({ token: key } = await world.newKey('admin', 'all', '--label', 'given up'));
    const [[id]] = await world.sql(`SELECT id FROM api_key WHERE label = 'given up'`);
    const running = await stuck('parts', [set.file], set.state);
    assert.equal((await world.ctl(['key', 'revoke', id])).status, 0);
    await running.release();
    assert.deepEqual(await running.ended, { code: 4, signal: null }, running.stderr());
    assert.match(running.stderr(), /run it again to go on/);
    key = await world.key('admin');
    // the service away for longer than it is waited for: the same
    await world.apis[0].stop();
    const away = await ctl([set.file, '--state', set.state, '--retry-for', '0']);
    assert.equal(away.status, 3, away.stderr);
    await world.startApi();
    const { status, stderr } = await ctl([set.file, '--state', set.state]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /going on with import/);
    await allIn(set);
  });

  it('is one at a time', async () => {
    const state = path.join(world.dir, 'busy');
    const running = begin(['-', '--state', state]);
    await waitFor('the state', () => fs.existsSync(state));
    const { status, stderr } = await ctl(['-', '--state', state], { input: '' });
    assert.equal(status, 4, stderr);
    assert.match(stderr, /under way/);
    running.child.stdin.end(fileOf('busy', 8).text);
    assert.deepEqual(await running.ended, { code: 0, signal: null });
    assert.ok(!fs.existsSync(state));
    assert.equal((await ctl(['-', '--state', '/nonexistent/x'], { input: '' })).status, 1);
  });

  it('has its place behind a link, which stays', async () => {
    const [link, behind] = ['link.state', 'behind.state'].map((name) => path.join(world.dir, name));
    fs.symlinkSync(behind, link);
    const { child, ended } = begin(['-', '--state', link]);
    child.stdin.write(fileOf('linked', 8).text);
    await waitFor('the state', () => fs.existsSync(behind) && fs.statSync(behind).size > 0);
    assert.ok(fs.lstatSync(link).isSymbolicLink());
    child.stdin.end();
    assert.deepEqual(await ended, { code: 0, signal: null });
    assert.deepEqual([fs.lstatSync(link).isSymbolicLink(), fs.existsSync(behind)], [true, false]);
  });

  // Of a process whose files may not grow; a full disk is the same to it.
  it('on a full disk says so, sends nothing, and leaves nothing half written', async () => {
    const state = path.join(world.dir, 'full.state');
    const { file } = fileOf('full', 8);
    const count = await jobs();
    const { status, stderr } = await run('/bin/sh', ['-c', `ulimit -f 0; exec "$@"`, 'sh', path.join(BUILD, 'junhengctl'), 'import', file, '--state', state],
      { env: environment() });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^junhengctl: .*full\.state: /m);
    assert.equal(await jobs(), count);
    assert.ok(!fs.existsSync(`${state}.new`));
    assert.equal((await ctl([file, '--state', state])).status, 0);
  });
});
