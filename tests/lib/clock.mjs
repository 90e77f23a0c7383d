// SPDX-License-Identifier: Apache-2.0
// A clock of one's own: PostgreSQL, and who asks, reads it instead of the machine's. It runs on like any clock, and can be set
// ahead as often as one likes; never back, for no service promises anything then. What measures durations (monotonic) is left
// alone.
//
// It is Debian's libfaketime, loaded into those processes: it adds what a file says to the machine's time, and reads the file
// again each time it is asked.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PGBIN } from './env.mjs';

const LIBRARY = '/usr/$LIB/faketime/libfaketimeMT.so.1'; // the loader knows what LIB is
// A sanitizer has to be loaded first.
const SANITIZER = /^\s*lib(a|t)san\.so\S* => (\S+)/m;

export class Clock {
  constructor(dir, start) {
    this.file = path.join(dir, 'clock');
    this.dir = dir;
    this.set(start);
  }

  now() {
    return this.at === undefined ? undefined : this.at + Date.now() - this.setAt;
  }

  // To an instant such as 2026-03-02T09:00:00+08:00.
  set(instant) {
    const at = Date.parse(instant);
    assert.ok(at > (this.now() ?? 0), `the clock is not set back: ${instant}`);
    Object.assign(this, { at, setAt: Date.now() });
    const ahead = (at - this.setAt) / 1000;
    fs.writeFileSync(`${this.file}.new`, `${ahead < 0 ? '' : '+'}${ahead.toFixed(3)}\n`, { mode: 0o644 });
    fs.renameSync(`${this.file}.new`, this.file); // nobody reads half a number
  }

  // For the environment of a process that is to have this clock.
  env(binary) {
    const loaded = SANITIZER.exec(execFileSync('ldd', [binary], { encoding: 'utf8' }));
    return { LD_PRELOAD: [loaded?.[2], LIBRARY].filter(Boolean).join(':'), FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  }

  // A folder of PostgreSQL's programs, of which the server has this clock.
  postgres() {
    const bin = path.join(this.dir, 'bin');
    fs.mkdirSync(bin, { recursive: true });
    for (const name of fs.readdirSync(PGBIN)) {
      if (name !== 'postgres' && !fs.existsSync(path.join(bin, name))) fs.symlinkSync(path.join(PGBIN, name), path.join(bin, name));
    }
    const set = Object.entries(this.env(path.join(PGBIN, 'postgres'))).map(([k, v]) => `${k}='${v}'`).join(' ');
    fs.writeFileSync(path.join(bin, 'postgres'), `#!/bin/sh\nexec env ${set} ${PGBIN}/postgres "$@"\n`, { mode: 0o755 });
    return bin;
  }
}
