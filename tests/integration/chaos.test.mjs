// SPDX-License-Identifier: Apache-2.0
// The short form of make soak: monitors killed every second for ten seconds, then PostgreSQL restarted twice, all while
// clients report. The log is whole, everybody was told all of it, and counties, alerts and ledger are those of one monitor's
// undisturbed run on the same input.
import { it } from 'node:test';
import { killMonitors, ordeal, restartDatabase } from '../lib/ordeal.mjs';

it('killed and restarted under load, all is as if nothing had happened', () =>
  ordeal('chaos', { monitors: 3, counties: 20 }, async (tools) => [
    await killMonitors(10)(tools), await restartDatabase(2, 100)(tools)].join(', ')));
