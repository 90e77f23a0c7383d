// SPDX-License-Identifier: Apache-2.0
// make bench. The packages that measure.mjs needs may not be there yet.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

execFileSync(fileURLToPath(new URL('../packages.sh', import.meta.url)), { stdio: 'inherit' });
await import('./measure.mjs');
