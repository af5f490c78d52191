import type { PanelState } from '../src/shared/panelMessages.js';
import type { ShownDrop } from './accountDrop.js';
import type { PanelView } from './panelView.js';
import { text } from './text.js';

const address = /[^\s@<>"“”]+@[^\s@<>"“”]+\.[^\s@<>"“”.,;:]+/g;

/**
 * Takes e-mail addresses out of what is drawn, while others may see the screen: what is not in the page can neither be
 * read nor heard nor hovered over. Names that the user gave stay.
 */
export class EmailVeil {
	/** What was covered stays the same object, so that nothing is drawn anew for it. */
	readonly #covered = new WeakMap<PanelState, PanelState>();

	over(view: PanelView): PanelView {
		const { panel, choices, failure, drop } = view;
		if (!(choices.hidesEmails ?? panel?.hideEmails ?? false)) return view;
		return {
			...view,
			hidesEmails: true,
			panel: panel && this.#coverPanel(panel),
			failure: failure === null ? null : cover(failure),
			drop: drop && coverDrop(drop),
		};
	}

	#coverPanel(panel: PanelState): PanelState {
		const known = this.#covered.get(panel);
		if (known) return known;
		const { pool, problem } = panel;
		const covered: PanelState = {
			...panel,
			problem: problem === null ? null : cover(problem),
			pool: pool && { ...pool, accounts: pool.accounts.map(account => ({ ...account, email: null })) },
		};
		this.#covered.set(panel, covered);
		return covered;
	}
}

function cover(words: string): string {
	return words.replaceAll(address, text.hiddenEmail);
}

function coverDrop(drop: ShownDrop): ShownDrop {
	switch (drop.kind) {
		case 'reading':
			return drop;
		case 'failed':
			return { ...drop, problem: cover(drop.problem) };
		case 'done': {
			const { imported, refused } = drop.outcome;
			const coveredRefused = refused.map(({ name, problem }) => ({ name: cover(name), problem: cover(problem) }));
			return { kind: 'done', outcome: { imported: imported.map(cover), refused: coveredRefused } };
		}
		default:
			return drop satisfies never;
	}
}
