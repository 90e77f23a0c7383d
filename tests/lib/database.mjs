// SPDX-License-Identifier: Apache-2.0
// Databases: one a test file, copied from the run's migrated template; and whole clusters
// of their own for tests that stop PostgreSQL.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Clock } from './clock.mjs';
import { BUILD, ROOT, RUN, run, waitFor } from './env.mjs';

const TEMPLATE = 'migrated';

export function withDatabase(url, name) {
  const changed = url.replace(/(@[^/]*)\/junheng(\?|$)/, `$1/${name}$2`);
  assert.notEqual(changed, url, 'the cluster names its database junheng');
  return changed;
}

// Rows as arrays of text, through the psql client.
export async function sql(url, text) {
  const args = ['-X', '-A', '-t', '-q', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-c', text, url];
  const { status, stdout, stderr } = await run('psql', args);
  if (status !== 0) throw new Error(`psql: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
}

// A session that has done this in an open transaction, and keeps its locks until the function
// that this answers is called, which may have something more to be done first.
export async function hold(url, text) {
  const child = spawn('psql', ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', url]);
  const ended = new Promise((resolve) => child.on('close', resolve));
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stdin.write(`BEGIN; ${text}; SELECT 'held';\n`);
  await waitFor(`a lock: ${text}`, () => /held/.test(out));
  return async (more = '') => {
    child.stdin.end(`${more} COMMIT;\n`);
    assert.equal(await ended, 0);
  };
}

// Until somebody waits for a lock.
export function waiting(url, n = 1) {
  return waitFor('somebody to wait for a lock', async () =>
    Number((await sql(url, 'SELECT count(*) FROM pg_locks WHERE NOT granted AND database = '
      + '(SELECT oid FROM pg_database WHERE datname = current_database())'))[0][0]) >= n);
}

export async function freshDatabase(name) {
  const cluster = process.env.JHT_CLUSTER;
  assert.ok(cluster, 'no cluster: run this through tests/run.sh');
  await waitFor(`database ${name}`, async () => {
    await sql(cluster, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
    return true;
  });
  return withDatabase(cluster, name);
}

export async function migrate(url) {
  const ctl = path.join(BUILD, 'junhengctl');
  const done = await run(ctl, ['migrate'], { env: { ...process.env, JUNHENG_DATABASE_URL: url } });
  assert.equal(done.status, 0, done.stderr);
}

function childrenOf(parent) {
  return fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return Number(fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) . /s, '').split(' ')[0]) === parent;
    } catch {
      return false; // gone meanwhile
    }
  }).map(Number);
}

export class Cluster {
  // clock: an instant; the server then has a clock of its own that begins there (cluster.clock).
  constructor(name, { clock } = {}) {
    this.dir = path.join(RUN, `pg-${name}`);
    if (clock) {
      fs.mkdirSync(this.dir, { recursive: true });
      this.clock = new Clock(this.dir, clock);
    }
  }

  async #control(verb) {
    const env = { ...process.env, CLUSTER_FAST: this.durable ? '0' : '1' };
    if (this.clock) env.PGBIN = this.clock.postgres();
    const done = await run(path.join(ROOT, 'deploy/cluster.sh'), [verb, this.dir], { env });
    assert.equal(done.status, 0, `cluster.sh ${verb}: ${done.stderr}`);
    return done.stdout.trim();
  }

  // durable: with fsync, for what measures; COMMIT_DELAY_US: as on a disk that takes so much longer to flush.
  async start({ durable = this.durable } = {}) {
    this.durable = durable;
    fs.mkdirSync(this.dir, { recursive: true });
    fs.chmodSync(this.dir, 0o711);
    await this.#control('start');
    this.url = await this.#control('url');
    if (durable && process.env.COMMIT_DELAY_US) await this.#delayCommits(process.env.COMMIT_DELAY_US);
  }

  // The server's own delay before a flush, in which others join it, as they do while a disk is busy.
  async #delayCommits(us) {
    const data = await this.dataFolder();
    fs.appendFileSync(path.join(data, 'postgresql.auto.conf'), `commit_delay = ${Number(us)}\ncommit_siblings = 0\n`);
    process.kill(Number(fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGHUP');
    await waitFor('the delay', async () => (await sql(this.url, 'SHOW commit_delay'))[0][0] === String(Number(us)));
  }

  stop() {
    return this.#control('stop');
  }

  // As a crash of the machine would: no process of the server gets a chance.
  async crash() {
    const pidFile = path.join(await this.dataFolder(), 'postmaster.pid');
    process.kill(Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
    await waitFor('the server to be gone', async () => {
      const { status } = await run('psql', ['-X', '-c', 'SELECT 1', this.url]);
      return status !== 0;
    });
  }

  // The same to each of its processes: none of them ends by itself, whatever it was doing.
  async killGroup() {
    const pidFile = path.join(await this.dataFolder(), 'postmaster.pid');
    const server = Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]);
    process.kill(server, 'SIGSTOP'); // so that it starts no other
    for (const pid of [...childrenOf(server), server]) process.kill(pid, 'SIGKILL');
    await waitFor('the server to be gone', () => !fs.existsSync(`/proc/${server}`));
  }

  async dataFolder() {
    const elsewhere = path.join(this.dir, 'pglocation');
    const dir = fs.existsSync(elsewhere) ? fs.readFileSync(elsewhere, 'utf8').trim() : this.dir;
    return path.join(dir, 'pgdata');
  }

  destroy() {
    return this.#control('destroy');
  }
}
