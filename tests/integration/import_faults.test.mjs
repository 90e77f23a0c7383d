// SPDX-License-Identifier: Apache-2.0
// A nation's import, atomic and partial, during which the API, the monitor, or every process of PostgreSQL is killed, again and
// again: while parts are received, while they are read, while rows are written, and at the end of it (atomic) or between two of
// its transactions (partial). Each time the import comes to the end that it would have come to undisturbed.
//
// An import is found at a point by making it wait there: somebody else holds a lock that it needs.
//
// Environment: SCHOOLS (10000)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { changesOf, contentOf } from '../lib/content.mjs';
import { Cluster, migrate, sql, withDatabase } from '../lib/database.mjs';
import { SLOW, pause, waitFor } from '../lib/env.mjs';
import { followImport, importEnd, nationParts, openImport, putNation, sendPart, settled, upload } from '../lib/nation_file.mjs';
import { World } from '../lib/world.mjs';

const SCHOOLS = Number(process.env.SCHOOLS || (SLOW > 1 ? 3000 : 10000));
const COUNTIES = Math.ceil(SCHOOLS / 69);
const PERIOD = '2025';
const PART = 512 << 10;
const LONG = { deadline: 120000 };

const POINTS = {
  reading: 'LOCK TABLE import_part IN ACCESS EXCLUSIVE MODE',
  writing: 'LOCK TABLE report IN SHARE MODE',
  ending: 'LOCK TABLE change_queue IN SHARE MODE',
  middle: `SELECT pg_advisory_xact_lock(x'4a49'::integer, ${340001 + (COUNTIES >> 1)})`,
};
const MODES = { atomic: ['reading', 'writing', 'ending'], partial: ['reading', 'writing', 'middle'] };

const cluster = new Cluster('import-faults');
const parts = [...nationParts('ndjson', { period: PERIOD, schools: SCHOOLS }, PART)];
const wanted = {}; // by mode: what an undisturbed import comes to

// Somebody who holds up the import at a point. waited(): it is there.
async function block(world, point) {
  const psql = spawn('psql', ['-X', '-A', '-t', '-q', world.url], { stdio: ['pipe', 'pipe', 'ignore'] });
  const gone = new Promise((resolve) => psql.on('close', resolve));
  let text = '';
  psql.stdout.on('data', (chunk) => (text += chunk));
  psql.stdin.on('error', () => {}); // the server was killed under it
  psql.stdin.write(`SELECT 'pid ' || pg_backend_pid(); BEGIN; ${POINTS[point]}; SELECT 'held';\n`);
  await waitFor(`the lock of ${point}`, () => /held/.test(text), LONG);
  const pid = /pid (\d+)/.exec(text)[1];
  return {
    waited: () => waitFor(`the import to wait at ${point}`, async () => (await sql(world.url,
      `SELECT count(*) FROM pg_stat_activity WHERE ${pid} = ANY (pg_blocking_pids(pid))`))[0][0] !== '0', LONG),
    release: async () => {
      psql.stdin.end('COMMIT;\n');
      await gone;
    },
  };
}

// What a fault does, in two halves: meanwhile() is called while nothing goes on by itself.
const FAULTS = {
  none: async (world, meanwhile) => meanwhile(),
  api: async (world, meanwhile) => {
    await world.apis[0].kill();
    await meanwhile();
    await world.startApi();
  },
  monitor: async (world, meanwhile) => {
    await world.monitors[0].kill();
    await meanwhile();
    await world.startMonitor();
  },
  postgres: async (world, meanwhile) => {
    const api = world.apis[0].child;
    api.kill('SIGSTOP');
    await cluster.killGroup();
    await cluster.start();
    await meanwhile();
    api.kill('SIGCONT');
    await world.ready();
  },
};

// Rows that others see, all the while.
function watch(world) {
  const seen = [];
  let going = true;
  const look = async () => {
    while (going) {
      const rows = await world.sql('SELECT count(*) FROM report').catch(() => null); // PostgreSQL is away
      if (rows && Number(rows[0][0]) !== seen.at(-1)) seen.push(Number(rows[0][0]));
      await pause(20);
    }
    return seen;
  };
  const ended = look();
  return () => {
    going = false;
    return ended;
  };
}

async function receive(admin, id, world, fault) {
  for (const [i, bytes] of parts.entries()) {
    if (i === parts.length >> 1) await fault(world, async () => {});
    await sendPart(admin, id, i + 1, bytes);
  }
}

// While the parts are locked, nobody can count them: then it is said for the API that they are all there.
async function commit(world, admin, id, held) {
  if (held) {
    assert.deepEqual(await world.sql(`UPDATE import_job SET state = 'queued' WHERE id = ${id} AND state = 'receiving'
      AND parts = ${parts.length} RETURNING id`), [[String(id)]]);
    return;
  }
  const { status } = await admin.request('POST', `/v1/imports/${id}/commit`);
  assert.equal(status, 202);
}

async function imported(world, mode, fault) {
  const admin = await world.as('admin');
  const id = await openImport(admin, 'ndjson', `mode=${mode}`);
  await receive(admin, id, world, fault);
  const points = fault === FAULTS.none ? [] : MODES[mode];
  let held = points.length ? await block(world, points[0]) : null;
  await commit(world, admin, id, held);
  for (let i = 0; i < points.length; i++) {
    const now = held;
    await now.waited();
    await fault(world, async () => {
      held = i + 1 < points.length ? await block(world, points[i + 1]) : null;
      await now.release();
    });
  }
  return waitFor('the end of the import', () => importEnd(admin, id, LONG), LONG);
}

async function nationNamed(name) {
  await sql(cluster.url, `CREATE DATABASE ${name} TEMPLATE nation`);
  return withDatabase(cluster.url, name);
}

// Everything that an import comes to, and what was seen of it on the way.
async function run(mode, name) {
  const world = new World(`import-faults-${mode}-${name}`, { url: await nationNamed(`${mode}_${name}`) });
  await world.start();
  for (const s of [...world.apis, ...world.monitors]) s.expected.push(/db-unavailable/, /"busy"/, /sweep/, /database/);
  const stopWatching = watch(world);
  const job = await imported(world, mode, FAULTS[name]);
  await settled(world, LONG);
  await waitFor('every event to be told', async () => (await world.sql('SELECT count(*) FROM event_outbox'))[0][0] === '0', LONG);
  const seen = await stopWatching();
  const admin = await world.as('admin');
  const end = { content: await contentOf(world.url), changes: await changesOf(admin) };
  const [[gaps]] = await world.sql('SELECT max(seq) - count(*) FROM event');
  const versions = await world.sql(`SELECT DISTINCT version FROM county_period WHERE period = '${PERIOD}'`);
  const status = (await admin.get(`/v1/counties/340001/status?period=${PERIOD}`)).json;
  await world.stop();
  return { job, seen, end, gaps, versions, status };
}

function assertSeen(mode, seen) {
  if (mode === 'atomic') assert.deepEqual(seen, [0, SCHOOLS], 'none or all');
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b), 'nothing that was seen goes away');
  assert.equal(seen.at(-1), SCHOOLS);
}

describe(`an import of ${SCHOOLS} schools in ${COUNTIES} counties`, () => {
  before(async () => {
    await cluster.start();
    await sql(cluster.url, 'CREATE DATABASE nation');
    const url = withDatabase(cluster.url, 'nation');
    await migrate(url);
    await sql(url, `INSERT INTO region (code, name) VALUES ('34', '省')`);
    await putNation({ sql: (text) => sql(url, text) }, { counties: COUNTIES, schools: SCHOOLS });
  });
  after(() => cluster.destroy());

  for (const mode of Object.keys(MODES)) {
    it(`${mode}, undisturbed`, async () => {
      const { job, seen, end, gaps, versions, status } = await run(mode, 'none');
      assert.equal(job.created, SCHOOLS);
      assertSeen(mode, seen);
      assert.equal(gaps, '0');
      assert.deepEqual(versions, [['1']]);
      assert.ok(status.failing.includes('schools.primary'), 'there is something to tell');
      assert.ok(end.content.some((l) => /^event [1-9]/.test(l)) && end.changes.length > SCHOOLS);
      wanted[mode] = end;
    });

    for (const name of Object.keys(FAULTS).filter((f) => f !== 'none')) {
      it(`${mode}, ${name} killed while it is received, ${MODES[mode].join(', ')}: the same end`, async () => {
        const { job, seen, end, gaps, versions } = await run(mode, name);
        assert.equal(job.created + job.unchanged, SCHOOLS, JSON.stringify(job));
        if (mode === 'atomic') assert.equal(job.created, SCHOOLS);
        assertSeen(mode, seen);
        assert.deepEqual(end.content, wanted[mode].content);
        assert.deepEqual(end.changes, wanted[mode].changes);
        assert.equal(gaps, '0', 'events have no gaps');
        assert.deepEqual(versions, [['1']], 'no county was counted twice');
      });
    }
  }

  it('either mode comes to the same', () => assert.deepEqual(wanted.partial, wanted.atomic));

  it('as NDJSON and as CSV: progress is told while it goes on, and every county is current at the end', async () => {
    const world = new World('import-progress', { url: await nationNamed('progress') });
    try {
      await world.start();
      const admin = await world.as('admin');
      for (const [format, period] of [['ndjson', '2023'], ['csv', '2024']]) {
        const id = await upload(admin, format, 'atomic', { period, schools: SCHOOLS });
        const { status } = await admin.request('POST', `/v1/imports/${id}/commit`);
        const small = SLOW > 1 && format === 'csv'; // less than 1 MiB: the answer waits for its end
        assert.equal(status, small ? 200 : 202);
        const told = await followImport(admin, id);
        assert.deepEqual([told.at(-1).event, told.at(-1).data.created], ['done', SCHOOLS], format);
        if (!small) assert.ok(told.some((t) => t.event === 'progress'), format);
        const rows = told.map((t) => t.data.rows);
        assert.deepEqual(rows, [...rows].sort((a, b) => a - b), 'rows only grow');
        await settled(world, LONG);
        assert.deepEqual(await world.sql(`SELECT count(*), bool_and(computed_version = 1) FROM county_result WHERE period = '${period}'`),
          [[String(COUNTIES), 't']], format);
      }
    } finally {
      await world.stop();
    }
  });
});
