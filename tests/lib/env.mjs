// SPDX-License-Identifier: Apache-2.0
// Where things are, free ports, waiting. Everything of one test run lives below RUN.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BUILD = path.resolve(ROOT, process.env.JHT_BUILD || 'build');
export const RUN = process.env.JHT_RUN || fs.mkdtempSync(path.join(os.tmpdir(), 'jht.'));
// Sanitizers make programs slower: every deadline is stretched by this.
export const SLOW = Number(process.env.JHT_SLOW || 1);
// PostgreSQL's own programs. Before them in PATH there may be a wrapper by their names, a script that takes ten times
// as long to begin as psql to ask and answer.
export const PGBIN = process.env.PGBIN || '/usr/lib/postgresql/15/bin';
process.env.PATH = `${PGBIN}:${process.env.PATH}`;

export const exec = promisify(execFile);

// Ports below the range that the kernel gives to outgoing connections, each process from a
// slice of its own, so that test files that run at the same time do not race for one.
const SLICE = 120;
let nextPort = 10000 + (process.pid % 80) * SLICE;
const lastPort = nextPort + SLICE;

export async function freePort() {
  while (nextPort < lastPort) {
    const port = nextPort++;
    if (await canBind(port)) return port;
  }
  throw new Error('no free port in the slice of this process');
}

function canBind(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}

// By whose year plans and targets go: China's.
export const thisYear = () => new Date(Date.now() + 8 * 3600 * 1000).getUTCFullYear();

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Waits until condition() gives something true, and returns that. An exception counts as
// "not yet"; the last one is shown when the deadline has passed.
export async function waitFor(what, condition, { deadline = 15000, every = 20 } = {}) {
  const end = Date.now() + deadline * SLOW;
  let last = 'it never became true';
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = `last: ${JSON.stringify(value)}`;
    } catch (e) {
      last = e.message;
    }
    if (Date.now() > end) throw new Error(`waited ${deadline * SLOW} ms for ${what}: ${last}`);
    await pause(every);
  }
}

// Runs a program to its end; never throws because of its exit status.
export async function run(command, args, options = {}) {
  const { input, ...rest } = options;
  const limits = { timeout: 120000 * SLOW, maxBuffer: 256 << 20 };
  try {
    const pending = exec(command, args, { ...limits, ...rest });
    pending.child.stdin.on('error', () => {}); // it may end without reading
    pending.child.stdin.end(input ?? '');
    const { stdout, stderr } = await pending;
    return { status: 0, stdout, stderr };
  } catch (e) {
    if (typeof e.code !== 'number') throw e;
    return { status: e.code, stdout: e.stdout, stderr: e.stderr };
  }
}
