// SPDX-License-Identifier: Apache-2.0
// The command line as scripts use it: exit codes, what goes to which stream, every command.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BUILD, run, waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, putCounty, putRegions, putReport, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('ctl');
const NOWHERE = { JUNHENG_DATABASE_URL: 'postgresql://x:y@127.0.0.1:9/x?connect_timeout=2',
  JUNHENG_URL: 'http://127.0.0.1:9' };
let admin;
let key;

const withKey = (more = {}) => ({ env: { JUNHENG_KEY: key, ...more } });

async function expects(status, args, options) {
  const done = await world.ctl(args, options);
  assert.equal(done.status, status, `junhengctl ${args.join(' ')}: ${done.stdout}${done.stderr}`);
  if (status !== 0) assert.notEqual(done.stderr, '', 'errors go to standard error');
  return done;
}

describe('junhengctl', () => {
  before(async () => {
    await world.start();
    key = await world.key('admin');
    admin = await world.as('admin');
    await putRegions(admin);
  });
  after(() => world.stop());

  it('explains itself', async () => {
    const all = await expects(0, ['--help']);
    for (const command of ['migrate', 'key', 'sample', 'import', 'watch', 'recompute', 'standard', 'status']) {
      assert.ok(all.stdout.includes(command), command);
      const one = await expects(0, [command, '--help']);
      assert.match(one.stdout, new RegExp(command));
      assert.equal(one.stderr, '');
    }
    for (const verb of ['create', 'list', 'revoke']) await expects(0, ['key', verb, '--help']);
    for (const verb of ['list', 'get', 'put', 'try']) await expects(0, ['standard', verb, '--help']);
    for (const binary of ['junheng-api', 'junheng-monitor', 'junhengctl']) {
      const help = await run(path.join(BUILD, binary), ['--help']);
      assert.equal(help.status, 0);
      assert.match(help.stdout, /JUNHENG_DATABASE_URL/);
      const version = await run(path.join(BUILD, binary), ['--version']);
      assert.equal(version.status, 0);
      assert.match(version.stdout, /\d+\.\d+\.\d+/);
    }
  });

  it('wrong usage is 2', async () => {
    for (const args of [[], ['nothing'], ['key'], ['key', 'make'], ['key', 'create'], ['status'],
      ['key', 'create', '--role', 'king', '--region', 'all'], ['migrate', '--colour'], ['key', 'revoke'],
      ['key', 'revoke', 'x'], ['status', '345'], ['status', COUNTY, '--period', '25'], ['recompute', '1', '2'],
      ['standard', 'get'], ['standard', 'get', 'a/b'], ['standard', 'get', 'x', '--version', '0'], ['standard', 'put', 'x'],
      ['standard', 'try', 'x', 'y'], ['standard', 'try', 'x', 'y', '--region', '34', '--period', '25'], ['standard'],
      ['import'], ['key', 'create', '--role', 'admin', '--region', '3']]) {
      await expects(2, args, withKey());
    }
  });

  it('wrong settings are told all at once, and stop the start', async () => {
    const env = { ...process.env, JUNHENG_PORT: 'x', JUNHENG_POOL_SIZE: '0', JUNHENG_NONSENSE: '1' };
    for (const binary of ['junheng-api', 'junheng-monitor']) {
      const done = await run(path.join(BUILD, binary), [], { env });
      assert.notEqual(done.status, 0);
      assert.match(done.stderr, /JUNHENG_POOL_SIZE/);
      assert.match(done.stderr, /JUNHENG_NONSENSE/);
    }
  });

  it('no way to the database or the API is 3', async () => {
    await expects(3, ['migrate'], { env: NOWHERE });
    await expects(3, ['key', 'list'], { env: NOWHERE });
    await expects(3, ['recompute', '--all'], { env: NOWHERE });
    await expects(3, ['status', COUNTY], withKey(NOWHERE));
    await expects(3, ['import', '-'], { ...withKey(NOWHERE), input: '{"type":"region","code":"34","name":"x"}\n' });
  });

  it('refused is 4', async () => {
    await expects(4, ['status', COUNTY], { env: { JUNHENG_KEY: `jh_${'A'.repeat(43)}` } });
    const far = (await world.newKey('reporter', '341023')).token;
    await expects(4, ['status', COUNTY], { env: { JUNHENG_KEY: far } });
  });

  it('migrate: again and again, also several at a time', async () => {
    await expects(0, ['migrate']);
    const [[before_]] = await world.sql('SELECT count(*) FROM schema_migration');
    await Promise.all([expects(0, ['migrate']), expects(0, ['migrate']), expects(0, ['migrate'])]);
    assert.deepEqual(await world.sql('SELECT count(*) FROM schema_migration'), [[before_]]);
  });

  it('key: created, listed without its secret, revoked', async () => {
    const made = await expects(0, ['key', 'create', '--role', 'reporter', '--region', COUNTY, '--label',
      '鸠江区 “上报”']);
    const token = /jh_[\w-]{43}/.exec(made.stdout)[0];
    const list = await expects(0, ['key', 'list']);
    assert.ok(list.stdout.includes('鸠江区 “上报”'));
    assert.ok(!list.stdout.includes(token));
    const stored = await world.sql(`SELECT encode(hash, 'hex'), id FROM api_key ORDER BY id DESC LIMIT 1`);
    assert.equal(stored[0][0].length, 64);
    assert.equal((await world.client(token).get('/v1/alerts')).status, 200);
    await expects(0, ['key', 'revoke', stored[0][1]]);
    assert.equal((await world.client(token).get('/v1/alerts')).status, 401);
    const unknown = await world.ctl(['key', 'revoke', '999999']);
    assert.ok([1, 4].includes(unknown.status), `${unknown.status}`);
  });

  const LINES = [
    { type: 'region', code: '340208', name: '三山区' },
    ...[61, 62].map((n) => ({ type: 'school', code: schoolCode(n), ...school('340208') })),
    ...[61, 62].map((n) => ({ type: 'report', period: PERIOD, school: schoolCode(n), ...report() })),
  ].map((line) => JSON.stringify(line));

  it('import: through the API, in order, repeatable', async () => {
    await expects(0, ['import', '-'], { ...withKey(), input: `${LINES.join('\n')}\n` });
    const got = await admin.get(`/v1/reports/${PERIOD}/${schoolCode(62)}`);
    assert.equal(got.status, 200);
    const counts = await world.tableCounts();
    await expects(0, ['import', '-', '--connections', '2'], { ...withKey(), input: LINES.join('\n') });
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('import: names the lines that were refused', async () => {
    const bad = JSON.stringify({ type: 'report', period: PERIOD, school: schoolCode(61),
      stages: { primary: { students: -1 } } });
    const done = await expects(4, ['import', '-'], { ...withKey(), input: `${LINES[0]}\n${bad}\n` });
    assert.match(done.stderr, /\b2\b/);
    assert.match(done.stderr, /students/);
    const malformed = await world.ctl(['import', '-'], { ...withKey(), input: 'nonsense\n' });
    assert.ok([1, 4].includes(malformed.status));
    await expects(1, ['import', '/nonexistent.ndjson'], withKey());
  });

  it('import: takes the key from a file as well', async () => {
    const file = path.join(world.dir, 'key');
    fs.writeFileSync(file, `${key}\n`);
    await expects(0, ['import', '-'], { env: { JUNHENG_KEY_FILE: file }, input: LINES[0] });
  });

  it('status: what the API says, for a person', async () => {
    const version = await putCounty(admin, { n: 2 });
    await world.status(COUNTY, PERIOD, version);
    const { stdout } = await expects(0, ['status', COUNTY, '--period', PERIOD], withKey());
    for (const part of [COUNTY, PERIOD, 'R2']) assert.ok(stdout.includes(part), stdout);
    // an item with its value and limit, its schools, a veto, and its title from the standard
    for (const line of [/^G8 .*平均工资.* 101\.0 % +≥ 100 .*met$/m, /^G5 .* 2\/2 .*met$/m, /^V2 .*did not happen$/m]) {
      assert.match(stdout, line);
    }
    const none = await world.ctl(['status', COUNTY, '--period', '2001'], withKey());
    assert.ok([1, 4].includes(none.status));
  });

  it('standard: listed, saved, tried without a trace, and sent', async () => {
    const file = path.join(world.dir, 'overlay.json');
    const draft = { base: 'national-2017', region: '3402', title: '芜湖样例', source: '虚构', valid_from: PERIOD,
      cv_limit: { primary: 0.48 }, items: { G7: { conditions: [{ rule: 'ratio', over: 'county', of: ['value'],
        measure: 'yuan', at_least: 8500 }] } } };
    fs.writeFileSync(file, JSON.stringify(draft));
    const counts = await world.tableCounts();
    const tried = await expects(0, ['standard', 'try', 'wuhu-2025', file, '--region', '34', '--period', PERIOD], withKey());
    assert.match(tried.stdout, new RegExp(`^${COUNTY} .*G7 met → not_met$`, 'm'));
    assert.deepEqual(await world.tableCounts(), counts);
    await expects(4, ['standard', 'get', 'wuhu-2025'], withKey());
    await expects(0, ['standard', 'put', 'wuhu-2025', file], withKey());
    await waitFor('the county to be judged by it', async () =>
      (await admin.get(`/v1/counties/${COUNTY}/status?period=${PERIOD}`)).json.failing.includes('G7'));
    const list = await expects(0, ['standard', 'list'], withKey());
    assert.match(list.stdout, /^national-2017 /m);
    assert.match(list.stdout, /^wuhu-2025 +1 +national-2017 +3402 +2025 .*芜湖样例/m);
    const saved = await expects(0, ['standard', 'get', 'wuhu-2025'], withKey());
    assert.deepEqual(JSON.parse(saved.stdout), draft);
    assert.match(saved.stdout, /0\.48\b/);
    const whole = JSON.parse((await expects(0, ['standard', 'get', 'wuhu-2025', '--resolved'], withKey())).stdout);
    assert.equal(whole.items.G8.conditions[0].at_least, 100);
    // sent again from a pipe, nothing changes; a weaker one names the place
    await expects(0, ['standard', 'put', 'wuhu-2025', '-'], { ...withKey(), input: saved.stdout });
    assert.match((await expects(0, ['standard', 'list', '--json'], withKey())).stdout, /"id":"wuhu-2025","version":1/);
    const weak = JSON.stringify({ ...draft, cv_limit: { primary: 0.6 } });
    const refused = await expects(4, ['standard', 'put', 'wuhu-2025', '-'], { ...withKey(), input: weak });
    assert.match(refused.stderr, /\/cv_limit\/primary/);
    await expects(1, ['standard', 'put', 'wuhu-2025', '/nonexistent.json'], withKey());
    await expects(1, ['standard', 'try', 'wuhu-2025', '-', '--region', '34', '--period', PERIOD],
      { ...withKey(), input: '{}{}' });
    assert.equal((await admin.delete('/v1/standards/wuhu-2025')).status, 200);
    await waitFor('the county to be judged as before', async () =>
      (await admin.get(`/v1/counties/${COUNTY}/status?period=${PERIOD}`)).json.verdict === 'met');
  });

  it('import: a bulletin waits until its counties are judged, and is published once', async () => {
    const line = JSON.stringify({ type: 'publication', region: '3402', period: PERIOD, title: '样例公报' });
    for (const monitor of world.monitors) await monitor.stop();
    await putReport(admin, PERIOD, schoolCode(1), report(200, { primary: { teachers_backbone: 5 } }));
    const waiting = spawn(path.join(BUILD, 'junhengctl'), ['import', '-'], { env: { ...process.env, JUNHENG_KEY: key,
      JUNHENG_URL: `http://127.0.0.1:${world.apis[0].port}` } });
    let said = '';
    waiting.stderr.on('data', (chunk) => (said += chunk));
    const ended = new Promise((resolve) => waiting.on('close', resolve));
    waiting.stdin.end(line);
    await waitFor('the import to say that it waits', () => /waits until/.test(said));
    assert.deepEqual((await admin.get('/v1/public/publications?region=3402')).json.items, []);
    for (const monitor of world.monitors) await world.startMonitor(monitor);
    assert.equal(await ended, 0, said);
    await expects(0, ['import', '-'], { ...withKey(), input: line });
    const { json } = await admin.get('/v1/public/publications?region=3402');
    assert.deepEqual(json.items.map((p) => [p.number, p.period, p.title]), [[1, PERIOD, '样例公报']]);
    await putReport(admin, PERIOD, schoolCode(1), report());
  });

  it('recompute: one county, or all', async () => {
    const read = () => world.sql(`SELECT computed_at FROM county_result WHERE county = '${COUNTY}'`);
    const [[first]] = await read();
    await expects(0, ['recompute', COUNTY]);
    const [[second]] = await waitFor('it to be computed again', async () => {
      const rows = await read();
      return rows[0][0] !== first && rows;
    });
    await expects(0, ['recompute', '--all']);
    await waitFor('all to be computed again', async () => (await read())[0][0] !== second);
    await expects(2, ['recompute']);
  });

  it('watch: shows alerts as they happen, ends on Ctrl-C', async () => {
    const env = { ...process.env, JUNHENG_KEY: key, JUNHENG_URL: `http://127.0.0.1:${world.apis[0].port}` };
    const child = spawn(path.join(BUILD, 'junhengctl'), ['watch'], { env });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
    let backbone = 40;
    await waitFor('watch to show an alert', async () => {
      const figures = backbone++ % 2 ? R2_FAR : { teachers_backbone: 4 };
      await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: figures }));
      return out.includes('R2.primary.cv') && out.includes(COUNTY);
    }, { every: 300 });
    child.kill('SIGINT');
    assert.deepEqual(await ended, { code: 0, signal: null });
  });

  it('sample: the same to the byte each time, and one JSON object a line', async () => {
    const { ROOT } = await import('../lib/env.mjs');
    const args = ['sample', path.join(ROOT, 'deploy/sample')];
    const [one, two] = await Promise.all([expects(0, args), expects(0, args)]);
    assert.equal(one.stdout, two.stdout);
    const lines = one.stdout.trimEnd().split('\n');
    assert.ok(lines.length > 1000);
    const types = new Set(lines.map((line) => JSON.parse(line).type));
    assert.deepEqual([...types], ['region', 'standard', 'school', 'report', 'county_report', 'plan', 'publication']);
  });
});
