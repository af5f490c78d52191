import { performance } from 'node:perf_hooks';
import { AccountBook } from '../../src/core/accounts/accountBook.js';
import { chooseAccount, type ChoiceContext } from '../../src/core/routing/chooseAccount.js';
import { strategySchema, type Strategy } from '../../src/shared/routingApi.js';
import type { UsageWindow } from '../../src/shared/accountApi.js';
import { accountRow } from '../../test/support/accountRow.js';
import { MemoryStore } from '../../test/support/memoryStore.js';
import type { Figure } from '../figures.js';
import type { Row } from '../row.js';
import { quantile } from '../statistics.js';

const accounts = 20;
const perSample = 100;
const samples = 400;
const maxMicroseconds = 20;

/** A choice takes microseconds, so it is measured without a network around it. */
export const choosing: Row = {
	name: 'choosing',
	title: `one choice among ${accounts} accounts with windows and a cooldown`,
	measure: bench => {
		const book = fullBook();
		const runs = bench.quick ? samples / 10 : samples;
		const figures = strategySchema.options.map((strategy): Figure => {
			measure(book, strategy, samples);
			const times = measure(book, strategy, runs);
			return {
				row: 'choosing',
				name: strategy.replaceAll('_', ' '),
				value: quantile(times, 0.5),
				unit: 'µs',
				goal: { atMost: maxMicroseconds },
				beside: { p99: quantile(times, 0.99) },
			};
		});
		return Promise.resolve(figures);
	},
};

/** Microseconds of one choice, averaged over each sample. */
function measure(book: AccountBook, strategy: Strategy, count: number): number[] {
	const context: Omit<ChoiceContext, 'tieBreak'> = {
		routing: { strategy, singleAccountId: 'account-7', inFlightLimit: 16 },
		model: 'gpt-5.5',
		lacksModel: () => false,
		keyAccounts: null,
		ownerId: undefined,
		tried: new Set(),
		isCrowded: false,
		now: Date.now(),
	};
	return Array.from({ length: count }, () => {
		const startedAt = performance.now();
		for (let choice = 0; choice < perSample; choice++) {
			chooseAccount(book.candidates(), { ...context, tieBreak: choice / perSample });
		}
		return ((performance.now() - startedAt) * 1000) / perSample;
	});
}

function fullBook(): AccountBook {
	const clock = { now: () => Date.now() };
	const store = new MemoryStore();
	for (let at = 0; at < accounts; at++) store.saveAccount(accountRow({ id: `account-${at}`, reservePercent: at % 3 }));
	const book = new AccountBook(store, clock, () => undefined);
	for (const [at, { id }] of book.rows().entries()) {
		const window = (limit: string, durationMinutes: number): UsageWindow => ({
			limit,
			durationMinutes,
			usedPercent: at * 4,
			resetsAt: clock.now() + (at + 1) * 3_600_000,
			source: 'header',
			observedAt: clock.now(),
		});
		book.recordWindows(id, [window('codex', 300), window('codex', 10_080), window('codex_bengalfox', 10_080)]);
		if (at % 5 === 0) book.coolDown(id, { kind: 'overload', model: 'gpt-6-sol' });
	}
	return book;
}
