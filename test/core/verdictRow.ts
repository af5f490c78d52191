import assert from 'node:assert/strict';
import type { HeaderMap } from '../../src/core/ports.js';
import { judgeRefusal, type Refusal, type Verdict } from '../../src/core/attempt/verdict.js';

/** The words that the tables of verdicts are written in. */

export const now = Date.UTC(2026, 10, 20, 12);
export const hour = 3_600_000;

export interface Row {
	readonly name: string;
	/** Where it is written down: a section of the protocol, codex-lb or peers sheet, or DESIGN. */
	readonly source: string;
	readonly refusal: Refusal;
	readonly verdict: Verdict;
}

export function itJudges(title: string, rows: readonly Row[]): void {
	describe(title, () => {
		for (const { name, source, refusal, verdict } of rows) {
			it(`${name} → ${verdict.kind} (${source})`, () => assert.deepEqual(judgeRefusal(refusal, now), verdict));
		}
	});
}

export const http = (status: number, body?: unknown, headers: HeaderMap = {}): Refusal => ({ status, headers, body });
export const page = (status: number, headers: HeaderMap = {}): Refusal =>
	http(status, undefined, { 'content-type': 'text/html; charset=UTF-8', 'cf-ray': '9ef4-EWR', ...headers });
/** Bodies. */
export const code = (word: string, message?: string): unknown => ({ error: { code: word, message } });
export const type = (word: string, fields: object = {}): unknown => ({ error: { type: word, ...fields } });

export const caller: Verdict = { kind: 'caller' };
export const credential: Verdict = { kind: 'credential' };
export const foreignContent: Verdict = { kind: 'foreign_content' };
export const modelMissing: Verdict = { kind: 'model_missing' };
export const disabled = (reason: string): Verdict => ({ kind: 'disabled', reason });
export const rate = (waitMs: number): Verdict => ({ kind: 'rate', waitMs });
export const overload = (word: string): Verdict => ({ kind: 'overload', code: word, scope: 'account' });
export const modelOverload = (word: string): Verdict => ({ kind: 'overload', code: word, scope: 'model' });
export const quota = (reason: string, until: number | null = null, limit: string | null = null): Verdict => ({
	kind: 'quota',
	until,
	reason,
	limit,
});
