// SPDX-License-Identifier: Apache-2.0
// One process of ours: started, watched, stopped. What it writes to standard error is kept
// in the run's folder and searched for sanitizer reports and unexpected errors.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { SLOW, waitFor } from './env.mjs';

const REPORTS = /AddressSanitizer|LeakSanitizer|ThreadSanitizer|UndefinedBehavior|runtime error:/;

export class Service {
  constructor(name, binary, env, logFile) {
    Object.assign(this, { name, binary, env, logFile });
    this.lines = [];
    this.expected = []; // patterns of level=error lines that the test provokes
    this.child = null;
  }

  get pid() {
    return this.child?.pid;
  }

  get running() {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  start() {
    assert.ok(!this.running, `${this.name} runs already`);
    this.firstLine = this.lines.length;
    const child = spawn(this.binary, [], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const log = fs.createWriteStream(this.logFile, { flags: 'a' });
    let rest = '';
    this.failure = null;
    child.on('error', (e) => (this.failure = e));
    this.exited = new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.on('data', (chunk) => {
      log.write(chunk);
      const parts = (rest + chunk).split('\n');
      rest = parts.pop();
      this.lines.push(...parts);
    });
    this.child = child;
  }

  // Waits for a line that it wrote since its last start.
  line(pattern, options) {
    return waitFor(`${this.name} to log ${pattern}`, () => {
      this.mustRun();
      return this.lines.slice(this.firstLine).find((line) => pattern.test(line));
    }, options);
  }

  mustRun() {
    if (this.running) return;
    const why = this.failure?.message ?? `code ${this.child?.exitCode} ${this.child?.signalCode}`;
    assert.fail(`${this.name} is gone: ${why}\n${this.lines.slice(-10).join('\n')}`);
  }

  async kill() {
    this.mustRun();
    this.child.kill('SIGKILL');
    await this.exited;
  }

  // SIGTERM: it ends with status 0, in time, and has nothing to complain about.
  async stop({ deadline = 15000 } = {}) {
    this.mustRun();
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGABRT'), deadline * SLOW);
    const { code, signal } = await this.exited;
    clearTimeout(timer);
    assert.deepEqual({ code, signal }, { code: 0, signal: null },
      `${this.name} did not end cleanly\n${this.lines.slice(-20).join('\n')}`);
  }

  // Everything in the log that no test asked for.
  complaints() {
    return this.lines.filter((line) => {
      if (REPORTS.test(line)) return true;
      if (!/"level":"error"/.test(line)) return false;
      return !this.expected.some((pattern) => pattern.test(line));
    });
  }

  // Kilobytes resident now, and at most so far.
  rss() {
    return this.#memory('VmRSS');
  }

  peak() {
    return this.#memory('VmHWM');
  }

  #memory(name) {
    const status = fs.readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
  }
}
