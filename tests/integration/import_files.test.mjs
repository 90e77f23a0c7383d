// SPDX-License-Identifier: Apache-2.0
// junhengctl import: files, folders and standard input in every format that it takes, what is refused, and what
// the command says of it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BUILD, SLOW, waitFor } from '../lib/env.mjs';
import { PERIOD, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { bytesOf, bookOf, statistics } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('import_files', { monitors: 0 });
let admin;
let key;

const ctl = (args, input) => world.ctl(['import', ...args], { env: { JUNHENG_KEY: key }, input });
const textOf = (lines) => lines.map((l) => `${JSON.stringify(l)}\n`).join('');
const COLUMNS = 'school,period,primary.students,site.teaching_area';
const csvOf = (rows) => [COLUMNS, ...rows.map((r) => r.join(','))].join('\r\n') + '\r\n';

function folder(name, files) {
  const dir = path.join(world.dir, name);
  fs.mkdirSync(dir);
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(dir, file), text);
  return dir;
}

function file(name, text) {
  fs.writeFileSync(path.join(world.dir, name), text);
  return path.join(world.dir, name);
}

async function expects(status, args, input) {
  const done = await ctl(args, input);
  assert.equal(done.status, status, `${args.join(' ')}: ${done.stdout}${done.stderr}`);
  return done;
}

const jobs = async () => Number((await world.sql('SELECT count(*) FROM import_job'))[0][0]);
const students = async (code, period) =>
  (await admin.get(`/v1/reports/${period}/${code}`)).json.stages?.primary.students;

describe('import of files', () => {
  before(async () => {
    await world.start({ monitor: false });
    key = await world.key('admin');
    admin = await world.as('admin');
    await putRegions(admin);
    for (const n of [1, 2, 3]) await putSchool(admin, schoolCode(n), school());
  });
  after(() => world.stop());

  it('takes the files of a folder in the order of their names, each a job', async () => {
    const dir = folder('ordered', {
      '01-regions.ndjson': textOf([{ type: 'region', code: '340208', name: '三山区' }]),
      '02-schools.ndjson': textOf([11, 12].map((n) => ({ type: 'school', code: schoolCode(n), ...school('340208') }))),
      '10-REPORTS.CSV': csvOf([11, 12].map((n) => [schoolCode(n), PERIOD, n * 10, 4000.25])),
      'notes.txt': 'not an import\n', '.hidden.ndjson': 'nor this\n', '~$book.xlsx': 'nor what says that it is open' });
    const count = await jobs();
    const { stdout, stderr } = await expects(0, [`${dir}/`]);
    assert.equal(stdout, '行数 / rows 5: 新建 / created 5, 更新 / updated 0, 未变 / unchanged 0, 拒绝 / rejected 0\n');
    assert.deepEqual(stderr.match(/^\S+: 行数 \/ rows \d+/gm), ['01-regions.ndjson: 行数 / rows 1',
      '02-schools.ndjson: 行数 / rows 2', '10-REPORTS.CSV: 行数 / rows 2']);
    assert.equal(await jobs(), count + 3);
    assert.equal(await students(schoolCode(12), PERIOD), 120);
    const again = await expects(0, [dir, '--quiet']);
    assert.match(again.stdout, /unchanged 5, /);
    assert.equal(again.stderr, '');
    assert.match((await expects(1, [folder('empty', { 'x.txt': '' })])).stderr, /\*\.ndjson/);
  });

  it('of a folder takes files and links to files: no folder, no pipe, no errors of an import', async () => {
    const row = (year) => csvOf([[schoolCode(2), year, 6, 100]]);
    const dir = folder('odd', { 'a.csv': row('2001'), 'z.csv': row('2002'), 'a.csv.errors.csv': 'row\r\n', 'Z.ERRORS.CSV': 'row\r\n' });
    fs.mkdirSync(path.join(dir, 'b.csv'));
    execFileSync('mkfifo', [path.join(dir, 'c.csv')]);
    fs.symlinkSync(file('linked.txt', row('2003')), path.join(dir, 'd.csv'));
    fs.symlinkSync('b.csv', path.join(dir, 'e.csv'));
    const { stdout, stderr } = await expects(0, [dir]);
    assert.match(stdout, /rows 3: 新建 \/ created 3, /);
    assert.deepEqual(stderr.match(/^\S+(?=: 行数)/gm), ['a.csv', 'd.csv', 'z.csv']);
    // a link that leads nowhere was meant to be imported: said before anything is sent
    const count = await jobs();
    fs.symlinkSync('nowhere', path.join(dir, 'y.csv'));
    assert.match((await expects(1, [dir])).stderr, /odd\/y\.csv: /);
    assert.equal(await jobs(), count);
    assert.match((await expects(1, [folder('only-errors', { 'a.errors.csv': 'row\r\n' })])).stderr, /\*\.ndjson/);
  });

  it('a name that a terminal would take for commands is told without them', async () => {
    const name = 'a\x1b[2J\n\x07.csv';
    const { stderr } = await expects(4, [folder('names', { [name]: 'school,period,x\u001b[31m\r\n' })]);
    assert.match(stderr, /^a\?\[2J\?\?\.csv /m);
    assert.ok([...stderr].every((c) => c === '\n' || c >= ' '), JSON.stringify(stderr));
  });

  it('the errors of a folder may go into it: they are not imported the next time', async () => {
    const dir = folder('both', { 'a.csv': csvOf([[schoolCode(2), '2004', -6, 100]]), 'b.csv': csvOf([[schoolCode(2), '2005', 6, 100]]) });
    for (const made of ['created 1', 'unchanged 1']) {
      const { stdout } = await expects(5, [dir, '--mode', 'partial', '--errors', dir]);
      assert.ok(stdout.includes('rows 2: ') && stdout.includes(made), stdout);
      assert.deepEqual(fs.readdirSync(dir).sort(), ['a.csv', 'a.csv.errors.csv', 'b.csv']);
    }
  });

  it('takes any format by its first bytes, packed or not, also from standard input', async () => {
    const csv = csvOf([[schoolCode(1), '2020', 111, 1000]]);
    const lines = textOf([{ type: 'report', period: '2020', school: schoolCode(2), stages: { primary: { students: 222 } }, site: {} }]);
    await expects(0, ['-'], csv);
    await expects(0, ['-'], `\ufeff\n${lines}`);
    await expects(0, [file('odd.txt', csv.replace('111', '112')), '--gzip']);
    assert.deepEqual([await students(schoolCode(1), '2020'), await students(schoolCode(2), '2020')], [112, 222]);
    // what packs is sent packed, and what unpacks to too much as it is
    const many = csvOf(Array.from({ length: 300 }, (_, i) => [schoolCode(3), String(2000 + (i % 26)), 100 + i, i / 4]));
    await expects(4, ['-', '--gzip'], many);
    const [[bytes]] = await world.sql('SELECT bytes FROM import_job ORDER BY id DESC LIMIT 1');
    assert.ok(Number(bytes) < many.length / 2, `${bytes} of ${many.length}`);
    await expects(0, ['-', '--gzip'], '\n'.repeat(300000) + lines);
    for (const [name, bytes_, why] of [['a.csv.gz', '\x1f\x8b\x08', /gunzip/], ['old.xls', '\xd0\xcf\x11\xe0', /\.xlsx/],
      ['array.json', '\n[{"type":"report"},\n', /an object a line/]]) {
      const refused = await expects(4, [file(name, Buffer.from(bytes_, 'latin1'))]);
      assert.match(refused.stderr, why);
    }
  });

  it('what is empty is refused, and nothing is sent: whoever was to write it has failed', async () => {
    const count = await jobs();
    const told = (name) => new RegExp(`^junhengctl: ${name} 为空,没有可导入的内容 / is empty: there is nothing to import$`, 'm');
    for (const text of ['', '\n', ' \r\n\t\n', '\ufeff', '\n'.repeat(2000)]) {
      for (const more of [[], ['--mode', 'partial'], ['--dry-run'], ['--gzip']]) {
        assert.match((await expects(4, ['-', ...more], text)).stderr, told('stdin'), JSON.stringify(text));
      }
      for (const name of ['empty.csv', 'empty.ndjson', 'empty.xlsx']) {
        assert.match((await expects(4, [file(name, text)])).stderr, told(name), JSON.stringify(text));
      }
    }
    const state = path.join(world.dir, 'empty.state');
    await expects(4, ['-', '--state', state], '');
    assert.ok(!fs.existsSync(state), 'there is nothing to go on with');
    // of a folder, what comes before it is in, and what comes behind is not sent
    const row = (year) => csvOf([[schoolCode(1), year, 5, 100]]);
    const dir = folder('with-empty', { 'a.csv': row('2017'), 'b.csv': '', 'c.csv': row('2018') });
    const { stdout, stderr } = await expects(4, [dir]);
    assert.match(stderr, told('b.csv'));
    assert.match(stdout, /rows 1: /);
    assert.deepEqual([await students(schoolCode(1), '2017'), (await admin.get(`/v1/reports/2018/${schoolCode(1)}`)).status], [5, 404]);
    assert.equal(await jobs(), count + 1);
    // a heading is not nothing: there were no rows
    assert.match((await expects(0, [file('heading.csv', csvOf([]))])).stdout, /rows 0:/);
  });

  it('atomic: a file with a wrong row is not written, and what comes behind it is not sent', async () => {
    const counts = await world.tableCounts();
    const count = await jobs();
    const dir = folder('refused', {
      'a.csv': csvOf([[schoolCode(1), '2021', -4, 1.234], [schoolCode(2), '2021', 5, 100]]),
      'b.csv': csvOf([[schoolCode(2), '2021', 5, 100]]) });
    const { stdout, stderr } = await expects(4, [dir]);
    assert.match(stderr, /^a\.csv 第 2 行 \/ row 2, primary\.students: 不能为负数 \/ must not be negative \(negative\)$/m);
    assert.match(stderr, /^a\.csv 第 2 行 \/ row 2, site\.teaching_area: .* \(too_many_decimals\)$/m);
    assert.match(stderr, /全部未写入 \/ rows are wrong: nothing was written/);
    assert.match(stdout, /created 0, .* rejected 1$/m);
    assert.deepEqual(await world.tableCounts(), counts);
    assert.equal(await jobs(), count + 1);
  });

  it('partial: what is right is written, the code tells, and errors.csv has the rest', async () => {
    const errors = path.join(world.dir, 'errors.csv');
    const wrong = file('partly.csv', csvOf([[schoolCode(1), '2022', -4, 100], [schoolCode(2), '2022', 5, 100]]));
    const { stdout } = await expects(5, [wrong, '--mode', 'partial', '--errors', errors]);
    assert.match(stdout, /rows 2: 新建 \/ created 1, .* rejected 1$/m);
    assert.equal(await students(schoolCode(2), '2022'), 5);
    const text = fs.readFileSync(errors, 'utf8');
    assert.match(text, /^\ufeffrow,column,code,detail,school,period,primary\.students,site\.teaching_area\r\n2,primary\.students,negative,/);
    assert.ok(text.includes(schoolCode(1)));
    assert.deepEqual(fs.readdirSync(world.dir).filter((name) => /\.new$/.test(name)), []);

    // of a folder each file has its own, and the others go on
    const dir = folder('partly', { 'a.csv': fs.readFileSync(wrong), 'b.csv': csvOf([[schoolCode(1), '2022', 7, 100]]) });
    const folderOf = path.join(world.dir, 'partly-errors');
    await expects(5, [dir, '--mode', 'partial', '--errors', folderOf]);
    assert.deepEqual(fs.readdirSync(folderOf), ['a.csv.errors.csv']);
    assert.equal(await students(schoolCode(1), '2022'), 7);
    await expects(0, [path.join(dir, 'b.csv'), '--errors', path.join(world.dir, 'none.csv')]);
    assert.ok(!fs.existsSync(path.join(world.dir, 'none.csv')));
    await expects(1, [wrong, '--errors', '/nonexistent/errors.csv']);
    await expects(2, [wrong, '--mode', 'some']);
  });

  it('errors that cannot be kept end it, and what is said of the import is true', async () => {
    const gone = folder('gone', {});
    const state = path.join(world.dir, 'gone.state');
    const child = spawn(path.join(BUILD, 'junhengctl'), ['import', '-', '--mode', 'partial', '--errors', `${gone}/e.csv`, '--state', state],
      { env: { ...process.env, JUNHENG_URL: `http://127.0.0.1:${world.apis[0].port}`, JUNHENG_KEY: key } });
    const told = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (told[name] += chunk));
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.write(csvOf([[schoolCode(1), '2019', -4, 1], [schoolCode(2), '2019', 5, 100]]) + ',,,\r\n'.repeat(200));
    // its job is there: from now on it only reads
    await waitFor('the job', () => JSON.parse(fs.readFileSync(state, 'utf8')).now.job > 0);
    fs.rmSync(gone, { recursive: true });
    child.stdin.end();
    assert.equal(await ended, 1, told.stderr);
    assert.match(told.stderr, /^junhengctl: .*\/gone\/e\.csv/m);
    assert.match(told.stdout, /rows 2: 新建 \/ created 1, .* rejected 1$/m);
    assert.match(told.stderr, /run it again to go on/);
    assert.equal(await students(schoolCode(2), '2019'), 5);
  });

  it('a file of somebody\'s own is not written over with errors, and nothing is sent', async () => {
    const count = await jobs();
    const text = csvOf([[schoolCode(1), '2006', -4, 100], [schoolCode(2), '2006', 5, 100]]);
    const own = file('own.csv', text);
    fs.linkSync(own, path.join(world.dir, 'hard.csv'));
    fs.symlinkSync(own, path.join(world.dir, 'soft.csv'));
    const partial = ['--mode', 'partial', '--errors'];
    for (const name of ['own.csv', './own.csv', 'hard.csv', 'soft.csv']) {
      const { stderr } = await expects(2, [own, ...partial, path.join(world.dir, name)]);
      assert.match(stderr, /是要导入的文件,不覆盖 \/ is what is imported/);
    }
    // errors of before that are imported themselves, and a file that is written on the way
    const begun = file('begun.csv', '\ufeffrow,column,code,detail,school,period,primary.students\r\n');
    await expects(2, [begun, ...partial, begun]);
    await expects(2, [file('way.csv.new', text), ...partial, path.join(world.dir, 'way.csv')]);
    const notes = file('notes.csv', 'school,period\r\n');
    assert.match((await expects(2, [own, ...partial, notes])).stderr, /has no errors of an import in it/);
    assert.equal(fs.readFileSync(notes, 'utf8'), 'school,period\r\n');
    const state = path.join(world.dir, 'both.state');
    assert.match((await expects(2, [own, ...partial, state, '--state', state])).stderr, /is the file of --state/);
    assert.ok(!fs.existsSync(state));
    assert.match((await expects(2, [own, ...partial, world.dir])).stderr, /is no regular file/);
    // of a folder
    const dir = folder('owned', { 'a.csv': text });
    assert.match((await expects(2, [dir, ...partial, own])).stderr, /must be a folder/);
    const into = folder('owned-errors', { 'a.csv.errors.csv': 'mine' });
    await expects(2, [dir, ...partial, into]);
    assert.deepEqual([fs.readdirSync(into), fs.readFileSync(`${into}/a.csv.errors.csv`, 'utf8')], [['a.csv.errors.csv'], 'mine']);
    // one that cannot be written
    const { stderr } = await expects(1, [own, ...partial, '/nonexistent/e.csv']);
    assert.match(stderr, /^junhengctl: \/nonexistent\/e\.csv: .* \/ rows that are wrong cannot be kept there/m);
    assert.equal(fs.readFileSync(own, 'utf8'), text);
    assert.equal(await jobs(), count);
    // errors of before are written over
    for (const _ of [1, 2]) await expects(5, [own, ...partial, path.join(world.dir, 'again.csv')]);
    assert.equal(fs.readFileSync(path.join(world.dir, 'again.csv'), 'utf8').trimEnd().split('\r\n').length, 2);
  });

  it('errors have their place behind a link, which stays, wherever it leads', async () => {
    const wrong = file('behind-in.csv', csvOf([[schoolCode(1), '2006', -4, 100]]));
    const right = file('behind-right.csv', csvOf([[schoolCode(1), '2006', 4, 100]]));
    const into = folder('behind', {});
    const [link, first, target] = [path.join(world.dir, 'link.errors'), path.join(into, 'first'), path.join(into, 'target.csv')];
    fs.symlinkSync('behind/first', link);
    fs.symlinkSync('target.csv', first);
    const partial = ['--mode', 'partial', '--errors', link];
    const links = () => [link, first].map((l) => fs.lstatSync(l).isSymbolicLink());
    for (const _ of ['there is no file yet', 'there is one']) {
      await expects(5, [wrong, ...partial]);
      assert.deepEqual([links(), fs.readFileSync(target, 'utf8').trimEnd().split('\r\n').length], [[true, true], 2]);
    }
    await expects(0, [right, ...partial]);
    assert.deepEqual([links(), fs.existsSync(target), fs.readdirSync(into)], [[true, true], false, ['first']]);
    fs.symlinkSync('round', path.join(world.dir, 'round'));
    await expects(1, [wrong, '--mode', 'partial', '--errors', path.join(world.dir, 'round')]);
  });

  it('what is imported is not the file that says how far it is, and nothing is sent', async () => {
    const count = await jobs();
    const empty = file('empty.state', '');
    fs.symlinkSync(empty, path.join(world.dir, 'soft.state'));
    const dir = folder('stated', { 'a.csv': csvOf([[schoolCode(1), '2006', 4, 100]]), 'z.csv': '' });
    for (const [what, state] of [[empty, empty], [empty, path.join(world.dir, 'soft.state')], [dir, path.join(dir, 'z.csv')]]) {
      const { stderr } = await expects(2, [what, '--state', state]);
      assert.match(stderr, /^junhengctl: --state: .*: 正是要导入的文件,不覆盖 \/ is what is imported/);
      assert.equal(fs.readFileSync(state, 'utf8'), '');
    }
    assert.equal(await jobs(), count);
  });

  // each file of errors held against each source is a hundred million looks at the disk: minutes, not the blink that it is
  it('a folder of as many files as there may be, with errors of before, is looked through at once', { timeout: 30000 * SLOW }, async () => {
    const names = Array.from({ length: 10000 }, (_, i) => `${10000 + i}.csv`);
    const dir = folder('crowd', Object.fromEntries(names.map((n) => [n, csvOf([])])));
    const into = folder('crowd-errors', Object.fromEntries(names.slice(0, -1).map((n) => [`${n}.errors.csv`, '\ufeffrow,column,code,detail,x\r\n'])));
    // the last one is a source by another name
    fs.linkSync(path.join(dir, names[4321]), path.join(into, `${names.at(-1)}.errors.csv`));
    const { stderr } = await expects(2, [dir, '--errors', into]);
    assert.match(stderr, /19999\.csv\.errors\.csv: .* \/ is what is imported/);
    assert.equal(fs.readdirSync(into).length, names.length);
  });

  it('errors are those of this run, not of an earlier one', async () => {
    const errors = path.join(world.dir, 'stale.csv');
    const bad = csvOf([[schoolCode(1), '2007', -4, 100]]);
    const good = csvOf([[schoolCode(1), '2007', 4, 100]]);
    const partial = ['--mode', 'partial', '--errors'];
    await expects(5, [file('stale-in.csv', bad), ...partial, errors]);
    assert.ok(fs.existsSync(errors));
    await expects(0, [file('stale-in.csv', good), ...partial, errors]);
    assert.ok(!fs.existsSync(errors));
    // of a folder each file's, also of those that are not reached
    const dir = folder('stale', { 'a.csv': bad, 'b.csv': bad, 'c.csv': bad });
    const into = path.join(world.dir, 'stale-errors');
    await expects(5, [dir, ...partial, into]);
    fs.writeFileSync(path.join(into, 'other.csv.errors.csv'), 'of no file here');
    assert.equal(fs.readdirSync(into).length, 4);
    fs.writeFileSync(path.join(dir, 'a.csv'), good);
    await expects(4, [dir, '--errors', into]);
    assert.deepEqual(fs.readdirSync(into).sort(), ['b.csv.errors.csv', 'other.csv.errors.csv']);
  });

  for (const gone of [false, true]) {
    it(`errors of an import that goes on are ${gone ? 'whole, though those of before went away' : 'kept, with those of before'}`, async () => {
      const wrong = (row) => ({ type: 'report', period: '2008', school: schoolCode(row), stages: { primary: { students: -1 } }, site: {} });
      const [id, year] = gone ? ['anhui-z', '2030'] : ['anhui-y', '2029'];
      const standard = { type: 'standard', id, base: 'national-2017', region: '34', title: '虚构', source: '虚构', valid_from: year, valid_to: year };
      const name = file(`${id}.ndjson`, textOf([wrong(1), standard, wrong(2)]));
      const [errors, state] = ['csv', 'state'].map((end) => path.join(world.dir, `${id}.${end}`));
      const rows = () => fs.readFileSync(errors, 'utf8').trimEnd().split('\r\n').map((l) => l.split(',')[0]);
      const partial = [name, '--mode', 'partial', '--errors', errors, '--state', state];
      // stopped at the standard: what is behind it waits
      await world.sql(`CREATE OR REPLACE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END';
        CREATE TRIGGER no BEFORE INSERT ON standard FOR EACH ROW EXECUTE FUNCTION no()`);
      world.apis[0].expected.push(/P0001|standards\/anhui-[yz]|\bno\b/);
      const first = await ctl([...partial, '--retry-for', '0']);
      assert.ok(![0, 5].includes(first.status), first.stderr);
      await world.sql('DROP TRIGGER no ON standard');
      assert.deepEqual(rows(), ['\ufeffrow', '1'], first.stderr);
      if (gone) fs.rmSync(errors);
      await expects(5, partial);
      assert.deepEqual(rows(), ['\ufeffrow', ...(gone ? [] : ['1']), '3']);
    });
  }

  it('many mistakes: the first are told, all are kept', async () => {
    const errors = path.join(world.dir, 'many.csv');
    const rows = Array.from({ length: 1500 }, (_, i) => [schoolCode(1 + i), '2022', -1 - i, 100]);
    const { stderr } = await expects(4, ['-', '--errors', errors], csvOf(rows));
    assert.equal(stderr.match(/ row \d+/g).length, 20);
    assert.match(stderr, /--errors FILE has all/);
    assert.equal(fs.readFileSync(errors, 'utf8').trimEnd().split('\r\n').length, 1501);
  });

  it('dry run: the same mistakes, and nothing is written', async () => {
    const counts = await world.tableCounts();
    const dir = folder('dry', {
      'a.csv': csvOf([[schoolCode(1), '2023', -4, 100], [schoolCode(2), '2023', 5, 100]]),
      'b.ndjson': textOf([{ type: 'report', period: '2023', school: schoolCode(2), ...report() },
        { type: 'standard', id: 'x', base: 'national-2017' }, { type: 'publication', region: '34', period: '2023' }]) });
    const { stdout, stderr } = await expects(4, [dir, '--dry-run']);
    assert.match(stdout, /^未写入 \/ nothing written, 行数 \/ rows 5: .* rejected 1$/m);
    assert.match(stderr, /b\.ndjson 第 2 行不试 \/ row 2 is not tried/);
    assert.deepEqual(await world.tableCounts(), counts);
    await expects(0, [path.join(dir, 'b.ndjson'), '--dry-run']);
  });

  it('a standard between rows divides the file, whose rows keep their numbers', async () => {
    const lines = [
      { type: 'school', code: schoolCode(31), ...school() },
      { type: 'standard', id: 'anhui-x', base: 'national-2017', region: '34', title: '虚构', source: '虚构', valid_from: '2024' },
      { type: 'report', period: '2024', school: schoolCode(31), stages: { primary: { students: -1 } }, site: {} },
      { type: 'report', period: '2024', school: schoolCode(3), ...report() },
      { type: 'standard', id: '../keys' },
      { type: 'report', period: '2023', school: schoolCode(77), ...report() },
    ];
    const errors = path.join(world.dir, 'divided.csv');
    const name = file('divided.ndjson', textOf(lines));
    const { stdout, stderr } = await expects(5, [name, '--mode', 'partial', '--errors', errors]);
    assert.match(stdout, /rows 6: 新建 \/ created 3, .* rejected 3$/m);
    assert.match(stderr, /row 3, \/stages\/primary\/students: /);
    assert.match(stderr, /row 5: \/id: /);
    assert.match(stderr, /row 6, \/school: .* \(unknown_school\)/);
    assert.deepEqual(fs.readFileSync(errors, 'utf8').trimEnd().split('\r\n').map((l) => l.split(',')[0].trim()), ['\ufeffrow'.trim(), '3', '6']);
    assert.equal((await admin.get('/v1/standards/anhui-x')).status, 200);
    // atomic: what comes before a wrong line is in, what comes behind is not sent
    const wrong = file('divided2.ndjson', textOf([lines[3], lines[4], { ...lines[3], school: schoolCode(1) }]));
    await expects(4, [wrong]);
    assert.equal((await admin.get(`/v1/reports/2024/${schoolCode(1)}`)).status, 404);
  });

  it('workbooks: as they are, unless something is in doubt', async () => {
    const rows = [[1, schoolCode(1), '第1小学', '340207', 480, 12, 30, 3, null, null, 2160.5, 96.000001, 14, 9000]];
    const dir = folder('books', { '1.xlsx': await bytesOf(statistics(rows)) });
    assert.match((await expects(0, [dir])).stdout, /rows 1: 新建 \/ created 1,/);
    assert.equal((await admin.get(`/v1/reports/2025/${schoolCode(1)}`)).json.site.equipment_value, 960000.01);
    rows[0][4] = -7;
    const wrong = file('wrong.xlsx', await bytesOf(statistics(rows)));
    assert.match((await expects(4, [wrong])).stderr, /^wrong\.xlsx 第 \d+ 行 \/ row \d+, '附表 1'!E7: .*\(negative\)$/m);
    // two columns of one field: nobody guesses
    const doubled = file('doubled.xlsx', await bytesOf(bookOf({ Sheet1: [['学校(机构)标识码', '小学在校生数', '小学在校生数'], [schoolCode(1), 1, 2]] })));
    const state = path.join(world.dir, 'doubled.state');
    const done = await expects(4, [doubled, '--period', '2021', '--state', state]);
    assert.match(done.stderr, /Sheet1/);
    assert.ok(!fs.existsSync(state));
    assert.deepEqual(await world.sql('SELECT state FROM import_job ORDER BY id DESC LIMIT 1'), [['cancelled']]);
    const plain = file('plain.xlsx', await bytesOf(bookOf({ Sheet1: [['学校(机构)标识码', '小学在校生数'], [schoolCode(1), 77]] })));
    await expects(0, [plain, '--period', '2021']);
    assert.equal(await students(schoolCode(1), '2021'), 77);
    await expects(2, [plain, '--period', '21']);
  });

  it('a period for workbooks is nothing to other files, and with nothing else it says so', async () => {
    const book = await bytesOf(bookOf({ Sheet1: [['学校(机构)标识码', '小学在校生数'], [schoolCode(2), 78]] }));
    const dir = folder('mixed', { 'a.csv': csvOf([[schoolCode(1), '2019', 5, 100]]), 'b.xlsx': book, 'c.ndjson': textOf([
      { type: 'report', period: '2018', school: schoolCode(3), ...report() }]) });
    const done = await expects(0, [dir, '--period', '2003']);
    assert.match(done.stdout, /rows 3: .* rejected 0$/m);
    assert.doesNotMatch(done.stderr, /--period/);
    assert.deepEqual([await students(schoolCode(1), '2019'), await students(schoolCode(2), '2003')], [5, 78]);
    const alone = await expects(0, [path.join(dir, 'a.csv'), '--period', '2003']);
    assert.match(alone.stderr, /^--period: 只用于工作簿,这里没有 \/ is for workbooks: there is none$/m);
  });

  it('a key that may not, and a file that is not there', async () => {
    const row = csvOf([[schoolCode(1), PERIOD, 5, 100]]);
    const { token } = await world.newKey('reporter', '341023');
    const far = await world.ctl(['import', '-'], { env: { JUNHENG_KEY: token }, input: row });
    assert.equal(far.status, 4);
    assert.match(far.stderr, /^stdin 第 2 行 \/ row 2: .* \(beyond_region\)$/m);
    const none = await world.ctl(['import', '-'], { env: { JUNHENG_KEY: `jh_${'A'.repeat(43)}` }, input: row });
    assert.equal(none.status, 4);
    assert.match(none.stderr, /401/);
    await expects(1, ['/nonexistent.ndjson']);
  });
});
