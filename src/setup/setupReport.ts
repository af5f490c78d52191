import * as l10n from '@vscode/l10n';
import type { Check, CheckState } from './check.js';

/** Said beside the colour, and read aloud. */
export const marks = { ok: '✓', warning: '!', problem: '✗', unknown: '?' } as const satisfies Record<
	CheckState,
	string
>;

export interface ReportOptions {
	/** What to do about a finding, in the words of the face; null when it knows no more than the sentence says. */
	readonly remedyOf: (check: Check) => string | null;
	/** Dresses a mark, for example with a colour. */
	readonly styleMark?: (mark: string, state: CheckState) => string;
}

/** Every check on a line of its own, its remedy below it, and what it comes to. */
export function setupReport(checks: readonly Check[], { remedyOf, styleMark = mark => mark }: ReportOptions): string {
	const width = Math.max(...checks.map(({ name }) => name.length));
	const lines = checks.flatMap(check => {
		const remedy = remedyOf(check);
		const told = `${styleMark(marks[check.state], check.state)} ${check.name.padEnd(width)}  ${check.sentence}`;
		return remedy === null ? [told] : [told, `${' '.repeat(width + 4)}→ ${remedy}`];
	});
	return [...lines, '', verdict(checks)].join('\n');
}

/** `1 problem, 2 warnings`, or that all is well. */
export function verdict(checks: readonly Check[]): string {
	const problems = checks.filter(({ state }) => state === 'problem').length;
	const warnings = checks.filter(({ state }) => state === 'warning').length;
	const words = [
		...(problems === 0 ? [] : [problems === 1 ? l10n.t('1 problem') : l10n.t('{0} problems', problems)]),
		...(warnings === 0 ? [] : [warnings === 1 ? l10n.t('1 warning') : l10n.t('{0} warnings', warnings)]),
	];
	return words.length === 0 ? l10n.t('No problem was found.') : words.join(' · ');
}
