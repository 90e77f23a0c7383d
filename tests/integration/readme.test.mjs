// SPDX-License-Identifier: Apache-2.0
// README's tour works as printed: its ```sh blocks run one after another in one shell against
// an instance of its own; each line of a ```text or ```json block that follows is in the output.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BUILD, ROOT, RUN, SLOW, freePort, run } from '../lib/env.mjs';

const HEADING = /^##\s+.*(Tour|导览)/;
const README = path.join(ROOT, 'README.md');
const FENCE = /^```(\w*)\s*$/;

// The fenced blocks of the tour: [{ language, text }]
export function tour(markdown) {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => HEADING.test(line));
  if (start < 0) return [];
  const blocks = [];
  let open = null;
  for (const line of lines.slice(start + 1)) {
    const fence = FENCE.exec(line);
    if (open && fence) {
      blocks.push(open);
      open = null;
    } else if (open) {
      open.text += `${line}\n`;
    } else if (fence) {
      open = { language: fence[1], text: '' };
    } else if (/^##\s/.test(line)) {
      break;
    }
  }
  return blocks;
}

const squeeze = (text) => text.replace(/\s+/g, '');

describe('README', () => {
  const dir = path.join(RUN, 'readme');
  let env;

  before(async () => {
    fs.mkdirSync(dir, { recursive: true });
    fs.chmodSync(dir, 0o711);
    const [port, changes, alerts] = [await freePort(), await freePort(), await freePort()];
    env = { ...process.env, JUNHENG_VAR: path.join(dir, 'var'), JUNHENG_PORT: String(port),
      JUNHENG_CHANGES_BIND: `tcp://127.0.0.1:${changes}`, JUNHENG_CHANGES_CONNECT: `tcp://127.0.0.1:${changes}`,
      JUNHENG_ALERTS_BIND: `tcp://127.0.0.1:${alerts}`, JUNHENG_ALERTS_CONNECT: `tcp://127.0.0.1:${alerts}`,
      JUNHENG_BUILD: BUILD, CLUSTER_FAST: '1' };
    const up = await run(path.join(ROOT, 'deploy/run.sh'), ['up'], { env, cwd: ROOT });
    assert.equal(up.status, 0, up.stdout + up.stderr);
  });

  after(async () => {
    const down = await run(path.join(ROOT, 'deploy/run.sh'), ['down'], { env, cwd: ROOT });
    assert.equal(down.status, 0, down.stdout + down.stderr);
  });

  it('its tour works as printed', async () => {
    const blocks = tour(fs.readFileSync(README, 'utf8'));
    const commands = blocks.filter((b) => b.language === 'sh');
    assert.ok(commands.length >= 3, 'README.md has a tour');
    // a mark after each block tells whose output is whose; the instance is already there
    const asBuilt = (text) => text.replace(/^make (run|up|down).*$/gm, ':').replace(/\bbuild\//g, `${BUILD}/`);
    const script = commands.map((b, i) => `${asBuilt(b.text)}\necho "@@ ${i}"\n`);
    const done = await run('bash', ['-e'], { env, cwd: ROOT, input: script.join(''), timeout: 120000 * SLOW });
    assert.equal(done.status, 0, done.stdout + done.stderr);
    const outputs = done.stdout.split(/^@@ \d+$/m);
    let current = -1;
    for (const block of blocks) {
      if (block.language === 'sh') current++;
      if (!['text', 'json'].includes(block.language) || current < 0) continue;
      const output = squeeze(outputs[current]);
      for (const line of block.text.split('\n').map(squeeze).filter((l) => l && !/^(…|\.\.\.)$/.test(l))) {
        const parts = line.split(/…|\.\.\./).filter(Boolean);
        for (const part of parts) assert.ok(output.includes(part), `${part} is not in: ${outputs[current]}`);
      }
    }
  });
});
