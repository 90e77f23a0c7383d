// SPDX-License-Identifier: Apache-2.0
// make soak: PostgreSQL stopped, crashed or killed twenty times while clients report for fifty counties. SOAK_RESTARTS=
import { it } from 'node:test';
import { ordeal, restartDatabase } from '../lib/ordeal.mjs';

it('PostgreSQL restarted under load: the log is whole, and all is as if nothing had happened', () =>
  ordeal('soak_restarts', { monitors: 2 }, restartDatabase(Number(process.env.SOAK_RESTARTS || 20))));
