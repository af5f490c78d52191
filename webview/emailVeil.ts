import { coverEmails, coverOutcome } from '../src/shared/coverEmails.js';
import type { PanelState } from '../src/shared/panelMessages.js';
import type { ShownDrop } from './accountDrop.js';
import type { PanelView } from './panelView.js';

/**
 * Takes e-mail addresses out of what is drawn, while others may see the screen: what is not in the page can neither be
 * read nor heard nor hovered over. Names that the user gave stay.
 */
export class EmailVeil {
	/** What was covered stays the same object, so that nothing is drawn anew for it. */
	readonly #covered = new WeakMap<PanelState, PanelState>();

	over(view: PanelView): PanelView {
		const { panel, choices, failure, drop } = view;
		if (!(choices.hidesEmails || panel?.hideEmails === true)) return view;
		return {
			...view,
			hidesEmails: true,
			panel: panel && this.#coverPanel(panel),
			failure: failure === null ? null : coverEmails(failure),
			drop: drop && coverDrop(drop),
		};
	}

	#coverPanel(panel: PanelState): PanelState {
		const known = this.#covered.get(panel);
		if (known) return known;
		const { pool, problem } = panel;
		const covered: PanelState = {
			...panel,
			problem: problem === null ? null : coverEmails(problem),
			pool: pool && { ...pool, accounts: pool.accounts.map(account => ({ ...account, email: null })) },
		};
		this.#covered.set(panel, covered);
		return covered;
	}
}

function coverDrop(drop: ShownDrop): ShownDrop {
	switch (drop.kind) {
		case 'reading':
			return drop;
		case 'failed':
			return { ...drop, problem: coverEmails(drop.problem) };
		case 'done':
			return { kind: 'done', outcome: coverOutcome(drop.outcome) };
		default:
			return drop satisfies never;
	}
}
