// SPDX-License-Identifier: Apache-2.0
// Random histories of what counties send, of several years at once: reports that come, are corrected and taken away, schools that
// move, close and go, counties' own figures, standards that come and go, and people who confirm and return. When all is computed,
// an entry of the ledger is open exactly where the latest year that knows its item says that it is not met; and so is the alert of
// that. SEED=… repeats a run, SEEDS=… and STEPS=… set how many, and how long.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { countyItems, putCounty, putRegions, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';
import { random } from './counties.mjs';

const FIRST = Number(process.env.SEED ?? 20261128);
const SEEDS = Number(process.env.SEEDS ?? (process.env.SEED ? 1 : 3));
const STEPS = Number(process.env.STEPS ?? 60);

const COUNTIES = ['340207', '340208'];
const PERIODS = ['2023', '2024', '2025'];
const SCHOOLS = [1, 2, 3, 11, 12, 13].map((n) => schoolCode(n));
const MORE = JSON.parse(fs.readFileSync(new URL('../../sql/standards/anhui-2024.json', import.meta.url), 'utf8'));
const UNDONE = ['open', 'returned'];

const ok = (answer, ...statuses) => {
	assert.ok((statuses.length ? statuses : [200, 201]).includes(answer.status), answer.text);
	return answer.json;
};

class History {
	constructor(seed) {
		this.random = random(seed);
		this.world = new World(`ledger_${seed}`, { monitors: 2, env: { JUNHENG_SWEEP_MS: '50' } });
	}

	of(list) {
		return this.random.pick(list);
	}

	async begin() {
		const { world } = this;
		await world.start();
		this.admin = await world.as('admin');
		await putRegions(this.admin, [['34', '安徽省'], ['3402', '芜湖市'], ...COUNTIES.map((code) => [code, '某县'])]);
		for (const [i, county] of COUNTIES.entries()) {
			for (const period of PERIODS.slice(0, 2)) await putCounty(this.admin, { county, period, n: 3, first: 1 + 10 * i });
		}
	}

	async report() {
		const body = report(200, { primary: { teachers_backbone: this.of([1, 4, 4, 6, 13, 30]), largest_class: this.of([40, 45, 45, 46]) } });
		ok(await this.admin.put(`/v1/reports/${this.of(PERIODS)}/${this.of(SCHOOLS)}`, body), 200, 201, 404, 409, 422);
	}

	async lose() {
		ok(await this.admin.delete(`/v1/reports/${this.of(PERIODS)}/${this.of(SCHOOLS)}`), 200, 204, 404);
	}

	async school() {
		const more = { closed: this.random.chance(0.3), founded: this.of([2000, 2024, 2025]) };
		ok(await this.admin.put(`/v1/schools/${this.of(SCHOOLS)}`, school(this.of(COUNTIES), more)), 200, 201, 409, 422);
	}

	async removeSchool() {
		ok(await this.admin.delete(`/v1/schools/${this.of(SCHOOLS)}`), 200, 204, 404, 409);
	}

	async own() {
		const G11 = { eligible: 100, moved: this.of([5, 12]), backbone_moved: 3 };
		const items = countyItems({ G11, G1: { confirmed: this.random.chance(0.6), evidence: '规划' }, V1: { confirmed: this.random.chance(0.3), evidence: '通报' } });
		for (const name of ['G1', 'G11', 'V1']) if (this.random.chance(0.2)) delete items[name];
		const path = `/v1/county-reports/${this.of(PERIODS)}/${this.of(COUNTIES)}`;
		if (this.random.chance(0.25)) ok(await this.admin.delete(path), 200, 204, 404);
		else ok(await this.admin.put(path, { items }));
	}

	// The province asks for more, from a year on, or does not any more.
	async standard() {
		if (this.random.chance(0.5)) ok(await this.admin.delete('/v1/standards/anhui-2024'), 200, 204, 404);
		else ok(await this.admin.put('/v1/standards/anhui-2024', { ...MORE, valid_from: this.of(PERIODS) }));
	}

	async people() {
		const { items } = ok(await this.admin.get('/v1/ledger?limit=1000'));
		if (!items.length) return;
		const { id } = this.of(items);
		const [action, body] = this.of([['confirm', {}], ['reopen', { reason: '核查不实' }]]);
		ok(await this.admin.request('POST', `/v1/ledger/${id}/${action}`, { body }), 200, 409);
	}

	// Nobody has, or waits for, a county's turn any more: who does may compute what is not behind yet.
	settle() {
		return waitFor('all to be computed', async () => (await this.world.sql(`SELECT (SELECT count(*) FROM county_behind) + (
			SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = x'4a48'::integer AND database = (
				SELECT oid FROM pg_database WHERE datname = current_database()))`))[0][0] === '0');
	}

	step() {
		const n = this.random.int(0, 99);
		if (n < 40) return this.report();
		if (n < 52) return this.lose();
		if (n < 62) return this.school();
		if (n < 66) return this.removeSchool();
		if (n < 82) return this.own();
		if (n < 86) return this.standard();
		if (n < 93) return this.people();
		return this.check();
	}

	// What the latest period that settles an item says of it: domain/alert.h.
	async latest(county) {
		const says = new Map();
		const list = (text) => (text === '{}' ? [] : text.slice(1, -1).split(','));
		const rows = await this.world.sql(`SELECT period, known::text, unknown::text, failing::text FROM county_result
			WHERE county = '${county}' ORDER BY period DESC`);
		const names = new Set(rows.flatMap(([, known, unknown]) => [...list(known), ...list(unknown)]));
		for (const item of names) {
			for (const [period, known, unknown, failing] of rows) {
				if (known === '{}' || list(unknown).includes(item)) continue;
				const status = list(failing).includes(item) ? 'not_met' : list(known).includes(item) ? 'met' : 'gone';
				says.set(item, [period, status]);
				break;
			}
		}
		return says;
	}

	async check() {
		await this.settle();
		for (const county of COUNTIES) {
			const says = await this.latest(county);
			const entries = ok(await this.admin.get(`/v1/ledger?county=${county}&limit=1000`)).items;
			const alerts = ok(await this.admin.get(`/v1/alerts?county=${county}&limit=1000`)).items
				.filter((a) => ['threshold', 'veto'].includes(a.rule) && ['pending', 'firing', 'acknowledged'].includes(a.state));
			for (const item of new Set([...says.keys(), ...entries.map((e) => e.item), ...alerts.map((a) => a.item)])) {
				const [period, status] = says.get(item) ?? [null, 'nothing'];
				const entry = entries.find((e) => e.item === item);
				const mine = alerts.filter((a) => a.item === item);
				const text = `${county} ${item} is ${status} in ${period}: ${JSON.stringify(entry && [entry.id, entry.state, entry.period])} ${JSON.stringify(mine)}`;
				if (status === 'not_met') {
					assert.deepEqual([entry?.state, entry?.period], ['open', period], text);
					assert.deepEqual(mine.map((a) => a.period), [period], text);
				} else {
					assert.notEqual(entry?.state, 'open', text);
					if (status === 'gone') assert.ok(!UNDONE.includes(entry?.state), text);
					assert.deepEqual(mine, [], text);
				}
			}
		}
	}
}

describe(`ledgers of random histories (SEED=${FIRST}, SEEDS=${SEEDS}, STEPS=${STEPS})`, () => {
	for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
		it(`say what the data say (SEED=${seed})`, async () => {
			const history = new History(seed);
			await history.begin();
			try {
				for (let i = 0; i < STEPS; i++) await history.step();
				await history.check();
			} finally {
				await history.world.stop();
			}
		});
	}
});
