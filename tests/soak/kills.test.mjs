// SPDX-License-Identifier: Apache-2.0
// make soak: four monitors, one of them killed every second for two minutes while clients report for fifty counties.
// SOAK_SECONDS=
import { it } from 'node:test';
import { killMonitors, ordeal } from '../lib/ordeal.mjs';

it('monitors killed every second: the log is whole, and all is as if nothing had happened', () =>
  ordeal('soak_kills', { monitors: 4 }, killMonitors(Number(process.env.SOAK_SECONDS || 120))));
