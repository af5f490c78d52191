import type { UsageReport, UsageTotals } from '../src/shared/usageApi.js';
import { minuteMs } from './durations.js';
import type { Loaded } from './loaded.js';
import type { PanelClient } from './panelClient.js';
import { sentenceOf } from './sentence.js';
import { sumTotals, usagePeriod, usageSeries, type UsageRange, type UsageSeries } from './usageSeries.js';
import type { UsageGroup, ViewChoices } from './viewChoices.js';

/** What was read of a range. */
export interface UsageAnswer {
	readonly series: UsageSeries;
	readonly sum: UsageTotals;
	/** Of the time before, up to the same hour; null when there is none to compare with. */
	readonly before: UsageTotals | null;
	/** Null while it is shown over time. */
	readonly grouped: UsageReport | null;
	/** The error that most of the newest failed requests ended with. */
	readonly topError: string | null;
}

/** An answer with its question: an answer to an older question is never shown under a newer one. */
export interface ShownUsage {
	readonly range: UsageRange;
	readonly group: UsageGroup;
	readonly answer: Loaded<UsageAnswer>;
}

type Question = Pick<ViewChoices, 'range' | 'group'>;

/** A busy pool settles many requests a second; the report is read again once in this time at most. */
const restMs = minuteMs / 2;
/** Enough to know what goes wrong most. */
const failuresLookedAt = 200;

/** Reads the usage that was asked for while somebody looks at it. */
export class UsageReader {
	readonly #client: Pick<PanelClient, 'request'>;
	readonly #show: (usage: ShownUsage) => void;
	/** The newest question. */
	#question: Question | null = null;
	#readAt = 0;
	#requests = -1;

	constructor(client: Pick<PanelClient, 'request'>, show: (usage: ShownUsage) => void) {
		this.#client = client;
		this.#show = show;
	}

	/** `requests`: how many there have been; null while nobody looks. */
	follow({ range, group }: ViewChoices, requests: number | null): void {
		if (requests === null) return;
		const isSame = range === this.#question?.range && group === this.#question.group;
		const isOld = requests !== this.#requests && Date.now() - this.#readAt >= restMs;
		if (isSame && !isOld) return;
		this.#requests = requests;
		void this.#load({ range, group });
	}

	async again(): Promise<void> {
		if (!this.#question) return;
		this.#show({ ...this.#question, answer: { kind: 'loading' } });
		await this.#load({ ...this.#question });
	}

	async #load(question: Question): Promise<void> {
		this.#question = question;
		this.#readAt = Date.now();
		const answer = await this.#answer(question);
		// An answer to an older question, or an older answer, says nothing any more.
		if (question === this.#question) this.#show({ ...question, answer });
	}

	async #answer(question: Question): Promise<Loaded<UsageAnswer>> {
		try {
			return { kind: 'ready', value: await this.#read(question, Date.now()) };
		} catch (error) {
			return { kind: 'failed', problem: sentenceOf(error) };
		}
	}

	async #read({ range, group }: Question, now: number): Promise<UsageAnswer> {
		const { since, by, before } = usagePeriod(range, now);
		const [report, reportBefore, grouped, topError] = await Promise.all([
			this.#client.request('usage/read', { since, by }),
			before && this.#client.request('usage/read', { ...before, by: 'account' }),
			group === 'time' ? null : this.#client.request('usage/read', { since, by: group }),
			this.#readTopError(since),
		]);
		return {
			series: usageSeries(range, report, now),
			sum: sumTotals(report.rows),
			before: reportBefore && sumTotals(reportBefore.rows),
			grouped,
			topError,
		};
	}

	async #readTopError(since: number): Promise<string | null> {
		try {
			const { requests } = await this.#client.request('request/list', { outcome: 'failed', limit: failuresLookedAt });
			const codes = requests.filter(({ startedAt }) => startedAt >= since).flatMap(({ error }) => error ?? []);
			const counted = [...Map.groupBy(codes, code => code)].toSorted(([, a], [, b]) => b.length - a.length);
			return counted[0]?.[0] ?? null;
		} catch {
			// The figures say enough without it.
			return null;
		}
	}
}
