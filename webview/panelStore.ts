import type { UsageReport } from '../src/shared/usageApi.js';
import type { PanelEvent, PanelState } from '../src/shared/panelMessages.js';
import { importDrop, type ShownDrop } from './accountDrop.js';
import { minuteMs } from './durations.js';
import { ExplanationReader, type Explanations } from './explanationReader.js';
import { actionKey, type PanelAction, type ReadAgainEvent } from './panelAction.js';
import { PanelClient } from './panelClient.js';
import { sentenceOf } from './sentence.js';
import { SessionReader, type Sessions } from './sessionReader.js';
import { text } from './text.js';
import { bucketStarts, usageRanges } from './usageSeries.js';
import { parseViewChoices, requestsAtFirst, type ViewChoices } from './viewChoices.js';

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
	readonly sessions: Sessions;
	/** Of the requests that are open, by their ids. */
	readonly explanations: Explanations;
	/** The request to go to once it is drawn. */
	readonly target: string | null;
	readonly drop: ShownDrop | null;
	/** Whether files are being dragged over the panel. */
	readonly isDraggedOver: boolean;
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
	readonly #client = new PanelClient(event => this.#hear(event));
	readonly #sessions = new SessionReader(
		() => this.#client.request('session/list'),
		sessions => this.#change({ sessions }),
	);
	readonly #explanations = new ExplanationReader(
		requestId => this.#client.request('request/explain', { requestId }),
		explanations => this.#change({ explanations }),
	);
	readonly #draw: (view: PanelView) => void;
	#view: PanelView;
	#isFrameAsked = false;
	#usageReadAt = 0;
	#usageRequests = -1;
	#doneTimer: number | undefined;

	constructor(draw: (view: PanelView) => void) {
		this.#draw = draw;
		const choices = parseViewChoices(this.#client.readViewState());
		this.#view = {
			panel: null,
			choices,
			usage: null,
			sessions: { kind: 'loading' },
			explanations: new Map(),
			target: null,
			drop: null,
			isDraggedOver: false,
			pending: new Set(),
			failure: null,
			done: null,
			now: Date.now(),
		};
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
		this.#readOnDemand();
	}

	/** Failures and what came of a drop go together: the user has seen them. */
	dismiss(): void {
		this.#change({ failure: null, drop: null });
	}

	readAgain(what: ReadAgainEvent['what']): void {
		if (what === 'sessions') this.#sessions.again();
		else this.#explanations.again(what.requestId);
	}

	reachTarget(): void {
		this.#change({ target: null });
	}

	dragOver(isDraggedOver: boolean): void {
		if (isDraggedOver !== this.#view.isDraggedOver) this.#change({ isDraggedOver });
	}

	async drop(files: readonly File[]): Promise<void> {
		// Two at once would be told of as one.
		if (this.#view.drop?.kind === 'reading') return;
		this.#change({ drop: { kind: 'reading' }, failure: null });
		this.#change({ drop: await importDrop(files, read => this.#client.request('account/drop', { files: read })) });
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
			if (action.name === 'session/move' || action.name === 'session/forget') this.#sessions.again();
		} catch (error) {
			// A fresh copy has every control drawn anew, so that none goes on showing what was asked for in vain.
			this.#change({ failure: sentenceOf(error), panel: structuredClone(this.#view.panel) });
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

	#hear(event: PanelEvent): void {
		switch (event.name) {
			case 'state/changed':
				this.#receive(event.payload);
				break;
			case 'request/show':
				this.#showRequest(event.payload.requestId);
				break;
			default:
				event satisfies never;
		}
	}

	#showRequest(requestId: string): void {
		const { choices, panel } = this.#view;
		const position = panel?.pool?.recentRequests.findIndex(({ id }) => id === requestId) ?? -1;
		this.#change({ target: requestId });
		this.choose({
			openRequests: [...choices.openRequests.filter(id => id !== requestId), requestId],
			showsAllRequests: choices.showsAllRequests || position >= requestsAtFirst,
		});
	}

	#receive(panel: PanelState): void {
		const shown = this.#view.panel?.pool;
		const isOlder =
			shown && panel.pool?.owner.startedAt === shown.owner.startedAt && panel.pool.revision < shown.revision;
		// A late reply to `ready` must not undo a newer event; its connection is still news.
		this.#change({ panel: isOlder ? { ...panel, pool: shown } : panel, now: Date.now() });
		this.#readUsageIfOld();
		this.#readOnDemand();
	}

	/** Only what somebody looks at. */
	#readOnDemand(): void {
		const { choices, panel } = this.#view;
		const pool = panel?.connection === 'offline' || document.hidden ? null : panel?.pool;
		this.#sessions.follow(pool && choices.showsSessions ? `${pool.owner.startedAt}/${pool.revision}` : null);
		if (!pool) return;
		const open = pool.recentRequests.filter(({ id }) => choices.openRequests.includes(id));
		this.#explanations.follow(open.map(({ id }) => id));
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
