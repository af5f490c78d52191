import type { UsageReport } from '../src/shared/managementApi.js';
import type { PanelState } from '../src/shared/panelMessages.js';
import { minuteMs } from './durations.js';
import { actionKey, type PanelAction } from './panelAction.js';
import { PanelClient } from './panelClient.js';
import { text } from './text.js';
import { bucketStarts, usageRanges } from './usageSeries.js';
import { parseViewChoices, type ViewChoices } from './viewChoices.js';

/** A report with the question it answers: an answer to an older question is never shown under a newer one. */
export interface ShownUsage {
	readonly choice: string;
	/** Null when it could not be read. */
	readonly report: UsageReport | null;
	readonly starts: readonly number[];
}

/** Everything the panel draws. */
export interface PanelView {
	readonly panel: PanelState | null;
	readonly choices: ViewChoices;
	readonly usage: ShownUsage | null;
	/** Keys of the actions under way. */
	readonly pending: ReadonlySet<string>;
	readonly failure: string | null;
	/** The last success, for the live region and the button that caused it. */
	readonly done: { readonly key: string; readonly said: string } | null;
	readonly now: number;
}

const tickMs = minuteMs / 2;
const doneMs = 2_500;
const saidAfter: Partial<Record<PanelAction['name'], string>> = {
	'key/copy': text.copiedKey,
	'url/copy': text.copiedUrl,
	'account/refresh': text.refreshed,
};

/** Where the panel's state changes: snapshots, choices and answers come in, at most one drawing a frame goes out. */
export class PanelStore {
	readonly #client = new PanelClient(panel => this.#receive(panel));
	readonly #draw: (view: PanelView) => void;
	#view: PanelView;
	#isFrameAsked = false;
	#usageReadAt = 0;
	#usageRequests = -1;
	#doneTimer: number | undefined;

	constructor(draw: (view: PanelView) => void) {
		this.#draw = draw;
		const choices = parseViewChoices(this.#client.readViewState());
		this.#view = { panel: null, choices, usage: null, pending: new Set(), failure: null, done: null, now: Date.now() };
	}

	start(): void {
		this.#change({});
		// The panel lives as long as its page, so neither the timer nor the listener is ever taken back.
		window.setInterval(() => this.#tick(), tickMs);
		document.addEventListener('visibilitychange', () => {
			// A hidden panel hears nothing.
			if (!document.hidden) this.#ask();
		});
		this.#ask();
	}

	choose(choices: Partial<ViewChoices>): void {
		this.#change({ choices: { ...this.#view.choices, ...choices } });
		this.#client.saveViewState(this.#view.choices);
		if ('range' in choices || 'group' in choices) this.#readUsage();
	}

	dismissFailure(): void {
		this.#change({ failure: null });
	}

	async carryOut(action: PanelAction): Promise<void> {
		const key = actionKey(action);
		// A second press is not a second wish. Whatever opens a dialog is the editor's to judge: a sign-in may have been given up.
		if (action.name === 'account/refresh' && this.#view.pending.has(key)) return;
		this.#change({ pending: new Set(this.#view.pending).add(key), failure: null, done: null });
		try {
			await this.#client.carryOut(action);
			const said = saidAfter[action.name];
			if (said !== undefined) this.#showDone(action, said);
		} catch (error) {
			this.#change({ failure: sentenceOf(error) });
		} finally {
			this.#change({ pending: new Set([...this.#view.pending].filter(other => other !== key)) });
		}
	}

	#ask(): void {
		this.#client.request('ready').then(
			panel => this.#receive(panel),
			(error: unknown) => this.#change({ failure: sentenceOf(error) }),
		);
	}

	#showDone(action: PanelAction, said: string): void {
		const kind = action.name === 'url/copy' ? `${action.name}/${action.params.kind}` : actionKey(action);
		this.#change({ done: { key: kind, said } });
		window.clearTimeout(this.#doneTimer);
		this.#doneTimer = window.setTimeout(() => this.#change({ done: null }), doneMs);
	}

	#receive(panel: PanelState): void {
		const shown = this.#view.panel?.pool;
		const isOlder =
			shown && panel.pool?.owner.startedAt === shown.owner.startedAt && panel.pool.revision < shown.revision;
		// A late reply to `ready` must not undo a newer event; its connection is still news.
		this.#change({ panel: isOlder ? { ...panel, pool: shown } : panel, now: Date.now() });
		this.#readUsageIfOld();
	}

	#tick(): void {
		if (document.hidden) return;
		this.#change({ now: Date.now() });
		this.#readUsageIfOld();
	}

	/** A busy pool settles many requests a second; the report is read again once a tick at most. */
	#readUsageIfOld(): void {
		const requests = this.#view.panel?.pool?.totals.allTime.requests;
		if (requests === undefined || requests === this.#usageRequests || document.hidden) return;
		if (Date.now() - this.#usageReadAt >= tickMs) this.#readUsage();
	}

	#readUsage(): void {
		const { choices, panel } = this.#view;
		if (!panel?.pool || panel.pool.accounts.length === 0) return;
		this.#usageReadAt = Date.now();
		this.#usageRequests = panel.pool.totals.allTime.requests;
		const choice = usageChoice(choices);
		const starts = bucketStarts(choices.range, Date.now());
		const by = choices.group === 'time' ? usageRanges[choices.range].by : choices.group;
		this.#client.request('usage/read', { since: starts[0] ?? 0, by }).then(
			report => this.#showUsage({ choice, report, starts }),
			() => this.#showUsage({ choice, report: null, starts }),
		);
	}

	#showUsage(usage: ShownUsage): void {
		if (usage.choice === usageChoice(this.#view.choices)) this.#change({ usage });
	}

	#change(patch: Partial<PanelView>): void {
		this.#view = { ...this.#view, ...patch };
		if (this.#isFrameAsked) return;
		this.#isFrameAsked = true;
		requestAnimationFrame(() => {
			this.#isFrameAsked = false;
			this.#draw(this.#view);
		});
	}
}

export function usageChoice(choices: ViewChoices): string {
	return `${choices.range}/${choices.group}`;
}

function sentenceOf(error: unknown): string {
	return error instanceof Error && error.message !== '' ? error.message : text.requestFailed;
}
