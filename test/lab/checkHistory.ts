import type { History } from './history.js';
import { historyOf } from './historyArbitrary.js';
import type { Finding } from './judgeRun.js';
import { LabRun, type RunOptions } from './labRun.js';
import { shrinkHistory } from './shrinkHistory.js';

/** What a number of histories came to. */
export interface LabReport {
	readonly histories: number;
	readonly requests: number;
	readonly attempts: number;
	readonly succeeded: number;
	readonly fewestRequests: number;
	readonly ms: number;
	/** Of the first history that failed, as text; undefined when all passed. */
	readonly failure: string | undefined;
}

/** Runs the histories with the numbers `from`, `from + step`, … and stops at the first that fails. */
export async function checkHistories(
	from: number,
	count: number,
	step = 1,
	options: RunOptions = {},
): Promise<LabReport> {
	const startedAt = performance.now();
	const sum = { histories: 0, requests: 0, attempts: 0, succeeded: 0, fewestRequests: Infinity };
	let failure: string | undefined;
	for (let index = 0; index < count && failure === undefined; index++) {
		const history = historyOf(from + index * step);
		const run = await play(history, options);
		sum.histories++;
		sum.requests += run.requests.size;
		sum.fewestRequests = Math.min(sum.fewestRequests, run.requests.size);
		for (const { calls, record } of run.requests.values()) {
			sum.attempts += calls.length;
			if (record?.outcome === 'succeeded') sum.succeeded++;
		}
		const [finding] = run.findings;
		if (finding) failure = await describeFailure(history, finding, options);
	}
	return { ...sum, ms: performance.now() - startedAt, failure };
}

export async function play(history: History, options: RunOptions = {}): Promise<LabRun> {
	const run = new LabRun(history, options);
	await run.run();
	return run;
}

/** The seed, what went wrong, and the story of the smallest history in which the same goes wrong. */
async function describeFailure(history: History, finding: Finding, options: RunOptions): Promise<string> {
	const smallest = await shrinkHistory(history, async candidate => {
		const { findings } = await play(candidate, options);
		return findings.some(({ invariant }) => invariant === finding.invariant);
	});
	const story: string[] = [];
	await play(smallest, { ...options, tell: line => story.push(line) });
	const { accounts, routing, style } = smallest;
	return [
		`History ${history.seed} breaks "${finding.invariant}": ${finding.message}`,
		`Run it alone: CODEX_POOL_LAB_SEED=${history.seed} CODEX_POOL_LAB_HISTORIES=1 npm run lab`,
		`The smallest that breaks it has ${smallest.steps.length} of ${history.steps.length} steps:`,
		...accounts.map((account, index) => `  account ${index}: ${JSON.stringify(account)}`),
		`  routing ${JSON.stringify(routing)}, replies ${JSON.stringify(style)}`,
		// The end is where it goes wrong.
		...story.slice(-200),
	].join('\n');
}
