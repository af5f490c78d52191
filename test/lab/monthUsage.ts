import { readUsageCsv } from '../../src/client/usageCsv.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import type { RequestRecord } from '../../src/shared/requestApi.js';
import {
	usageGroupingSchema,
	type UsageGrouping,
	type UsageQuery,
	type UsageReport,
	type UsageTotals,
} from '../../src/shared/usageApi.js';
import { costOf, sumUp, type BookedRequest } from './monthBooks.js';
import type { MonthRun } from './monthRun.js';
import { clientNames } from './monthTurn.js';

const hourMs = 3_600_000;
const zone = 'America/New_York';
const wallDay = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
const wallTime = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, timeStyle: 'medium' });

/** Every sum that is shown is the sum over what the provider has recorded, to the token. */
export async function judgeUsage(run: MonthRun, state: PoolState): Promise<void> {
	attribute(run);
	const now = run.machine.now();
	const { kept } = run.books;
	const today = wallDay.format(now);
	run.same('all time', state.totals.allTime, sumUp(kept));
	run.same('today', state.totals.today, sumUp(kept.filter(({ startedAt }) => dayOf(startedAt) === today)));
	for (const request of state.recentRequests) judgeRequest(run, request);
	for (const by of usageGroupingSchema.options) {
		await judgeReport(run, kept, { by, since: 0 });
		const since = now - Math.floor(run.random() ** 3 * 20 * 24 * hourMs);
		const until = since + Math.floor(run.random() * (now - since));
		await judgeReport(run, kept, { by, since, ...(run.random() < 0.5 && { until }) });
	}
}

/** Where nobody was reached because there was no token, only the pool knows for whom it was. */
function attribute({ books, tokenless, store }: MonthRun): void {
	for (const id of tokenless) {
		const request = books.find(id);
		if (request && !request.tokens) request.accountId = store.findRequest(id)?.accountId ?? '';
	}
	tokenless.clear();
}

async function judgeReport(run: MonthRun, kept: readonly BookedRequest[], query: UsageQuery): Promise<void> {
	const { by, since, until } = query;
	const report = await run.faces.client.readUsage(query);
	const inSpan = kept.filter(
		({ startedAt }) => hourOf(startedAt) >= hourOf(since) && (until === undefined || hourOf(startedAt) < hourOf(until)),
	);
	const sums = Map.groupBy(inSpan, request => groupOf(request, by));
	const wanted = [...sums].map(([group, requests]) => [group, sumUp(requests)] as const);
	const told = report.rows.map(({ group, ...totals }) => [toldGroup(run, group, by), totals] as const);
	const span = `${new Date(since).toISOString()} to ${until === undefined ? 'now' : new Date(until).toISOString()}`;
	run.same(`usage by ${by}, ${span}`, Object.fromEntries(told), Object.fromEntries(wanted));
	const csv = await readUsageCsv(run.faces.client, query);
	run.same(`CSV by ${by}, ${span}`, csvTotals(csv), csvOf(report));
}

/** Every request that is still kept one by one; gives how many there are. */
export async function judgeEachRequest(run: MonthRun): Promise<number> {
	let count = 0;
	let before: string | null | undefined;
	while (before !== null) {
		const { requests, next } = await run.faces.client.listRequests({ limit: 200, ...(before && { before }) });
		for (const request of requests) judgeRequest(run, request);
		count += requests.length;
		before = next;
	}
	return count;
}

function judgeRequest(run: MonthRun, shown: RequestRecord): void {
	const { id, outcome, inputTokens, cachedTokens, outputTokens, reasoningTokens, costNanoUsd } = shown;
	const request = run.books.find(id);
	if (!request) {
		run.find(`${id} is shown, and nobody has sent it`);
		return;
	}
	const { input = null, cached = null, output = null, reasoning = null } = request.tokens ?? {};
	run.same(
		id,
		[outcome, inputTokens, cachedTokens, outputTokens, reasoningTokens, costNanoUsd],
		[request.outcome, input, cached, output, reasoning, costOf(request) ?? null],
	);
	if (request.answers > 1) run.find(`${id} was answered ${request.answers} times`);
}

function groupOf({ startedAt, accountId, turn }: BookedRequest, by: UsageGrouping): string {
	switch (by) {
		case 'account':
			return accountId;
		case 'model':
			return turn.model;
		case 'key':
			return turn.keyId;
		case 'client':
			return clientNames[turn.client];
		case 'hour':
			return String(hourOf(startedAt));
		case 'day':
			return dayOf(startedAt);
		default:
			return by satisfies never;
	}
}

/** A day is told by its first moment on the wall. */
function toldGroup(run: MonthRun, group: string, by: UsageGrouping): string {
	if (by !== 'day') return group;
	const start = Number(group);
	if (wallTime.format(start) !== '00:00:00') run.find(`a day begins at ${wallTime.format(start)}`);
	return wallDay.format(start);
}

const daysByHour = new Map<number, string>();

/** Asking the calendar takes longer than all sums together. */
function dayOf(time: number): string {
	const hour = hourOf(time);
	const day = daysByHour.get(hour) ?? wallDay.format(hour);
	daysByHour.set(hour, day);
	return day;
}

/** Hours of New York begin with those of UTC. */
function hourOf(time: number): number {
	return Math.floor(time / hourMs) * hourMs;
}

function csvTotals(csv: string): unknown {
	const lines = csv.trim().split('\r\n').slice(1);
	return lines.map(text => text.split(',').slice(-8).join(','));
}

function csvOf({ rows }: UsageReport): unknown {
	return rows.map(row =>
		[
			...[row.requests, row.failed, row.inputTokens, row.cachedTokens, row.outputTokens, row.reasoningTokens],
			dollars(row),
			row.unpriced,
		].join(','),
	);
}

/** All nine decimals. */
function dollars({ costNanoUsd }: UsageTotals): string {
	const digits = String(costNanoUsd).padStart(10, '0');
	return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
