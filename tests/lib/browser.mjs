// SPDX-License-Identifier: Apache-2.0
// Debian's chromium, driven from outside, as people use our pages.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { RUN, SLOW } from './env.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
  '--disable-default-apps', '--disable-sync', '--no-first-run', '--lang=zh-CN'];

export class Browser {
  async start() {
    this.child = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS });
    return this;
  }

  // A page of its own, with nothing kept from others. What its console complains of and what it fetches from elsewhere
  // fails the test at the end; complaints: of what the test provokes.
  async open(url, { phone = false, complaints = /^$/ } = {}) {
    const context = await this.child.newContext({ acceptDownloads: true, locale: 'zh-CN',
      viewport: phone ? { width: 390, height: 844 } : { width: 1100, height: 900 }, hasTouch: phone, isMobile: phone });
    const page = await context.newPage();
    const origin = new URL(url).origin;
    page.setDefaultTimeout(20000 * SLOW);
    page.said = [];
    page.on('pageerror', (e) => page.said.push(`error: ${e.message}`));
    page.on('console', (m) => m.type() === 'error' && !complaints.test(m.text()) && page.said.push(`console: ${m.text()}`));
    page.on('request', (r) => /^(https?|wss?):/.test(r.url()) && new URL(r.url()).origin !== origin && page.said.push(`fetched ${r.url()}`));
    await page.goto(url);
    return page;
  }

  // Ends a page, when it had nothing to complain of.
  async end(page) {
    const said = page.said;
    await page.context().close();
    assert.deepEqual(said, []);
  }

  stop() {
    return this.child?.close();
  }
}

// No fault that axe knows of, in what the page shows now. Its script comes in by the debugger's way, past the page's policy.
export async function accessible(page) {
  await page.evaluate(fs.readFileSync(AXE, 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' ')}`), []);
}

// A picture of it in the run's folder: KEEP=1 keeps it.
export async function picture(page, name) {
  await page.screenshot({ path: path.join(RUN, `${name}.png`), fullPage: true });
}
