// SPDX-License-Identifier: Apache-2.0
// Whole lives of alerts on a real world: random reports, corrections and gaps, what people do with alerts, silences, monitors
// that are killed and begin again. What must hold is then read from the event log. SEED=… repeats a run (as far as machines
// that race repeat), SEEDS=… and STEPS=… set how many, and how long.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { countyItems, putCounty, putCountyReport, putRegions, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';
import { random } from './counties.mjs';

const FIRST = Number(process.env.SEED ?? 20261127);
const SEEDS = Number(process.env.SEEDS ?? (process.env.SEED ? 1 : 3));
const STEPS = Number(process.env.STEPS ?? 60);

const ITEM = 'R2.primary.cv';
const COUNTIES = ['340207', '340208'];
const PERIODS = ['2024', '2025'];
// Two schools of 200 pupils: with b against 4 backbone teachers the CV is |b - 4| / (b + 4): 0, 0.2, 0.43, 0.53, 0.64, 0.76.
const BACKBONE = [4, 6, 10, 13, 18, 30];
const RULES = {
	threshold: { kind: 'threshold', items: [ITEM], severity: 'critical' }, // at once: every step of it is checked
	wary: { kind: 'threshold', items: [ITEM], clear: 0.05, hold: { confirmations: 2 }, clear_hold: { confirmations: 2 },
		severity: [{ severity: 'warning' }, { severity: 'critical', beyond: 0.2 }] },
	near: { kind: 'near', items: ['R*.cv'], margin: 0.15, clear: 0.05 },
	jump: { kind: 'jump', items: [ITEM], margin: 0.5, severity: 'info' },
	stale: { kind: 'stale', due: '01-31' },
};
const OVER = ['resolved', 'withdrawn'];
const open = (state) => ['pending', 'firing', 'acknowledged'].includes(state);

const ok = (answer, ...statuses) => {
	assert.ok((statuses.length ? statuses : [200, 201]).includes(answer.status), answer.text);
	return answer.json;
};

// --- a world, and what may happen in it ----------------------------------------------------------------

class Life {
	constructor(seed) {
		this.random = random(seed);
		this.world = new World(`alerts_${seed}`, { monitors: 2, env: { JUNHENG_SWEEP_MS: '50' } });
		this.deeds = []; // events that people's actions were answered with
		this.silences = new Map();
		this.digests = []; // each behind the one before
	}

	of(list) {
		return this.random.pick(list);
	}

	below(n) {
		return this.random.int(0, n - 1);
	}

	async begin() {
		const { world } = this;
		await world.start();
		this.admin = await world.as('admin');
		await putRegions(this.admin, [['34', '安徽省'], ['3402', '芜湖市'], ...COUNTIES.map((code) => [code, '某县'])]);
		for (const [id, rule] of Object.entries(RULES)) ok(await this.admin.put(`/v1/rules/${id}`, { region: '34', ...rule }));
		for (const [i, county] of COUNTIES.entries()) {
			for (const period of PERIODS) await putCounty(this.admin, { county, period, first: 1 + 10 * i });
		}
	}

	second(county) {
		return schoolCode(2 + 10 * COUNTIES.indexOf(county));
	}

	async report() {
		const body = report(200, { primary: { teachers_backbone: this.of(BACKBONE) } });
		ok(await this.admin.put(`/v1/reports/${this.of(PERIODS)}/${this.second(this.of(COUNTIES))}`, body));
	}

	async lose() {
		ok(await this.admin.delete(`/v1/reports/${this.of(PERIODS)}/${this.second(this.of(COUNTIES))}`), 200, 204, 404);
	}

	async veto() {
		const V1 = this.below(2) ? { confirmed: true, evidence: '通报' } : { confirmed: false, evidence: '核查' };
		await putCountyReport(this.admin, { county: this.of(COUNTIES), period: this.of(PERIODS), items: countyItems({ V1 }) });
	}

	async act() {
		const { items } = ok(await this.admin.get('/v1/alerts?limit=1000'));
		if (!items.length) return;
		const lively = items.filter((a) => open(a.state));
		const { id, state } = this.of(lively.length && this.below(8) ? lively : items);
		const hand = state === 'acknowledged' ? 'release' : 'acknowledge'; // mostly what goes with the state
		const action = this.of([hand, hand, 'acknowledge', 'release', 'snooze', 'snooze', 'wake', 'assign', 'comment']);
		const more = { snooze: { until: this.below(2) ? null : new Date(Date.now() + 86400000).toISOString() },
			assign: { assignee: this.of(['张某', '李某', null]) }, comment: { comment: '已核实' } }[action];
		const done = ok(await this.admin.request('POST', `/v1/alerts/${id}/actions`, { body: { action, ...more } }), 200, 409);
		if (done.changed) this.deeds.push(done.event);
	}

	async silence() {
		const ended = [...this.silences].find(([, active]) => active)?.[0];
		if (ended && this.below(2)) {
			ok(await this.admin.delete(`/v1/silences/${ended}`));
			this.silences.set(ended, false);
			return;
		}
		const { id } = ok(await this.admin.request('POST', '/v1/silences', { body: { region: this.of(['34', ...COUNTIES]),
			items: this.of([[], [ITEM], ['V*']]), rules: this.of([[], ['threshold'], ['near', 'wary']]), reason: '试验', until: null } }));
		this.silences.set(id, true);
	}

	async crash() {
		const monitor = this.of(this.world.monitors);
		await monitor.kill();
		await this.world.startMonitor(monitor);
	}

	async digest() {
		this.digests.push(ok(await this.admin.get(`/v1/digest?after=${this.digests.at(-1)?.last ?? 0}`)));
	}

	settle() {
		return waitFor('all to be computed and told', async () => (await this.world.sql(`SELECT
			(SELECT count(*) FROM county_result r JOIN county_period p USING (county, period) WHERE r.stale OR r.computed_version < p.version)
			+ (SELECT count(*) FROM event_outbox)`))[0][0] === '0');
	}

	step() {
		const n = this.below(100);
		if (n < 40) return this.report();
		if (n < 50) return this.lose();
		if (n < 58) return this.veto();
		if (n < 80) return this.act();
		if (n < 90) return this.silence();
		if (n < 94) return this.crash();
		if (n < 98) return this.digest();
		return this.settle();
	}

	async log() {
		const items = [];
		for (let next = '0'; next !== null;) {
			const page = ok(await this.admin.get(`/v1/events?after=${next}&limit=1000`));
			items.push(...page.items);
			next = page.next;
		}
		return items;
	}
}

// --- what must hold ------------------------------------------------------------------------------------

// From which states a type goes on, and to which; null: stays.
const TYPES = {
	pending: [['none'], 'pending'], firing: [['none', 'pending'], 'firing'], changed: [['firing', 'acknowledged'], null],
	reminded: [['firing', 'acknowledged'], null], escalated: [['firing', 'acknowledged'], null], resolved: [['pending', 'firing', 'acknowledged'], 'resolved'],
	withdrawn: [['pending', 'firing', 'acknowledged'], 'withdrawn'], acknowledged: [['firing'], 'acknowledged'],
	released: [['acknowledged'], 'firing'], assigned: [['pending', 'firing', 'acknowledged'], null],
	snoozed: [['pending', 'firing', 'acknowledged'], null], woken: [['pending', 'firing', 'acknowledged'], null],
	commented: [['pending', 'firing', 'acknowledged', 'resolved', 'withdrawn'], null],
};

// The states that the log alone leads to; checks each step, and what is held.
function replay(log, silences) {
	const alerts = new Map();
	const openOf = new Map();
	for (const e of log) {
		const type = e.type.slice('alert.'.length);
		const was = alerts.get(e.alert) ?? { state: 'none', assignee: null, snoozed: false, told: false };
		const key = `${e.county} ${e.item} ${e.rule}`;
		const [from, to] = TYPES[type];
		const text = `after ${was.state}: ${JSON.stringify(e)}`;
		assert.ok(from.includes(was.state), text);
		if (was.state === 'none') assert.ok(!openOf.has(key), `two are open: ${text}`);
		const now = { ...was, key, state: to ?? was.state };
		if (type === 'assigned') now.assignee = e.assignee;
		if (['snoozed', 'woken'].includes(type)) now.snoozed = type === 'snoozed';
		if (e.by === null) {
			if (e.reason === 'untold') assert.ok(was.held !== null && e.held === null, `nothing was held back: ${text}`);
			now.severity = e.severity;
			now.told ||= e.held === null;
			now.held = e.held;
			if (e.held === 'snooze' && !OVER.includes(type)) assert.ok(was.snoozed, text);
			if (e.held?.startsWith('silence:')) assert.ok(silences.has(Number(e.held.slice('silence:'.length))), text);
			if (OVER.includes(type) && was.told) assert.equal(e.held, null, `told of its beginning, and not of its end: ${text}`);
			if (OVER.includes(type) && !was.told) assert.equal(e.held, was.held, `not told of its beginning, and of its end: ${text}`);
		} else {
			assert.equal(e.held, was.told ? null : was.held, `what somebody did is told to whom it was told of: ${text}`);
		}
		if (open(now.state)) openOf.set(key, e.alert);
		else if (openOf.get(key) === e.alert) openOf.delete(key);
		alerts.set(e.alert, now);
	}
	return alerts;
}

// What the rule `threshold` has to say of a county, from its computations: the table of services/domain/alert.h again.
async function expected(world, county) {
	const looks = await world.sql(`SELECT l.period, l.version, coalesce((
			SELECT cv_status FROM indicator_result_log i WHERE i.county = l.county AND i.period = l.period AND i.stage = 'primary'
				AND i.indicator = 'R2' AND i.at <= l.computed_at ORDER BY i.at DESC LIMIT 1), 'no_data')
		FROM county_result_log l WHERE l.county = '${county}' ORDER BY l.computed_at`);
	const status = new Map();
	const events = [];
	let of = null; // the period of the alert that is open
	for (const [period, version, says] of looks) {
		const known = ['met', 'not_met'].includes(says);
		const tell = (type) => events.push([`alert.${type}`, period, Number(version)]);
		status.set(period, known);
		if (of === null) {
			const later = [...status].some(([p, k]) => k && p > period);
			if (says !== 'not_met' || later) continue;
			tell('firing');
			of = period;
		} else if (period < of || (!known && period > of)) {
			continue;
		} else if (says === 'not_met') {
			of = period;
		} else {
			tell(known ? 'resolved' : 'withdrawn');
			of = null;
		}
	}
	return events;
}

async function checkCauses(life, log) {
	const computations = await life.world.sql('SELECT county, period, version FROM county_result_log');
	const computed = new Set(computations.map((r) => r.join(' ')));
	// A year of which nothing was sent is late by the computations of the year before: its version is 0.
	const silent = new Set(computations.map(([county, period]) => `stale ${county} ${Number(period) + 1} 0`));
	for (const e of log.filter((x) => x.by === null)) {
		const by = `${e.county} ${e.period} ${e.version}`;
		assert.ok(computed.has(by) || silent.has(`${e.rule} ${by}`), `no computation made ${JSON.stringify(e)}`);
	}
	assert.deepEqual(log.filter((e) => e.by !== null), life.deeds, 'what people did');
	for (const county of COUNTIES) {
		const told = log.filter((e) => e.county === county && e.rule === 'threshold' && e.item === ITEM && e.by === null
			&& e.reason !== 'untold'); // whose cause is that what held it back is over, whenever a monitor finds that
		assert.deepEqual(told.map((e) => [e.type, e.period, e.version]), await expected(life.world, county), `of ${county}`);
	}
}

const CLASSES = ['new', 'worse', 'escalated', 'pending', 'better', 'over', 'withdrawn', 'brief', 'same'];
const RANK = ['info', 'warning', 'critical'];

// What a digest has to say of an alert, by its events up to the digest before and since. A digest says what the alert is
// by its last event, and may have been read while more came: the events are those up to its `last`.
function classOf(before, since) {
	const of = (events, ...types) => events.filter((e) => types.includes(e.type.slice('alert.'.length))).at(-1);
	const all = [...before, ...since];
	const fired = of(all, 'firing');
	const was = of(before, 'firing', 'changed', 'escalated')?.severity;
	const severity = all.filter((e) => e.by === null).at(-1).severity;
	const end = of(all, ...OVER);
	if (end && of(before, ...OVER)) return 'same'; // somebody said something
	if (end && !fired) return !before.length ? undefined : end.type === 'alert.withdrawn' ? 'withdrawn' : 'over';
	if (end) return was === undefined ? 'brief' : end.type === 'alert.withdrawn' ? 'withdrawn' : 'over';
	if (!fired) return 'pending';
	if (was === undefined) return 'new';
	if (severity === was) return of(since, 'escalated') ? 'escalated' : 'same';
	if (RANK.indexOf(severity) > RANK.indexOf(was)) return 'worse';
	return of(since, 'escalated') ? 'escalated' : 'better';
}

// One digest behind the other tells of all that the log has, in its window and in no other.
function checkDigests(life, log) {
	let after = 0;
	for (const digest of life.digests) {
		const expected = new Map();
		for (const { alert } of log.filter((e) => e.seq > after && e.seq <= digest.last)) {
			const events = log.filter((e) => e.alert === alert && e.seq <= digest.last);
			const says = classOf(events.filter((e) => e.seq <= after), events.filter((e) => e.seq > after));
			if (says) expected.set(alert, says);
		}
		const told = CLASSES.flatMap((says) => digest[says].map((a) => [a.alert, says]));
		assert.deepEqual(told.sort(([a], [b]) => a - b), [...expected].sort(([a], [b]) => a - b), `behind ${after} up to ${digest.last}`);
		after = digest.last;
	}
	assert.equal(after, log.length);
	return life.digests.flatMap((digest) => CLASSES.filter((says) => digest[says].length));
}

async function check(life) {
	const log = await life.log();
	assert.deepEqual(log.map((e) => e.seq), log.map((_, i) => i + 1), 'numbers without a gap');
	assert.equal(new Set(log.map((e) => e.id)).size, log.length);
	const alerts = replay(log, life.silences);
	const { items } = ok(await life.admin.get('/v1/alerts?limit=1000'));
	const brief = (id, a) => [id, a.key, a.state, a.severity, a.assignee, open(a.state) && a.snoozed];
	assert.deepEqual(items.map((a) => brief(a.id, { ...a, key: `${a.county} ${a.item} ${a.rule}`, snoozed: a.snoozed_until !== null })),
		[...alerts].sort(([a], [b]) => a - b).map(([id, a]) => brief(id, a)), 'the log leads to what is stored');
	await checkCauses(life, log);
	return log;
}

describe(`lives of alerts (SEED=${FIRST}, SEEDS=${SEEDS}, STEPS=${STEPS})`, () => {
	const seen = new Set();
	for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
		it(`hold what the log says (SEED=${seed})`, async () => {
			const life = new Life(seed);
			await life.begin();
			try {
				for (let i = 0; i < STEPS; i++) await life.step();
				await life.settle();
				await life.digest();
				const log = await check(life);
				for (const e of log) {
					seen.add(e.type);
					seen.add(`held ${e.held?.replace(/:.*/, '')}`);
				}
				for (const says of checkDigests(life, log)) seen.add(`digest ${says}`);
			} finally {
				await life.world.stop();
			}
		});
	}

	it('reach every corner, or they prove nothing', { skip: SEEDS < 3 || STEPS < 60 }, () => {
		for (const what of ['alert.pending', 'alert.firing', 'alert.resolved', 'alert.withdrawn', 'alert.acknowledged', 'alert.released',
			'alert.snoozed', 'held silence', 'digest new', 'digest over', 'digest brief', 'digest same']) assert.ok(seen.has(what), `${what} is never seen: ${[...seen]}`);
	});
});
