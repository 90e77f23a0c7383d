// SPDX-License-Identifier: Apache-2.0
// make bench: measure.mjs, alerts.mjs, nation.mjs. The packages that they need may not be there yet.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

execFileSync(fileURLToPath(new URL('../packages.sh', import.meta.url)), { stdio: 'inherit' });
await import('./measure.mjs');
for (const next of ['alerts.mjs', 'nation.mjs']) {
  execFileSync(process.execPath, [fileURLToPath(new URL(next, import.meta.url))], { stdio: 'inherit' });
}
