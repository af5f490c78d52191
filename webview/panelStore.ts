import type { CreatedKey } from '../src/shared/keyApi.js';
import type { PanelEvent, PanelState } from '../src/shared/panelMessages.js';
import { importDrop } from './accountDrop.js';
import { minuteMs } from './durations.js';
import { EmailVeil } from './emailVeil.js';
import { actionKey, type PanelAction, type ReadAgainEvent, type SecretWish } from './panelAction.js';
import { PanelClient } from './panelClient.js';
import { PanelReaders } from './panelReaders.js';
import type { PanelView } from './panelView.js';
import { sentenceOf } from './sentence.js';
import { text } from './text.js';
import { parseViewChoices, type ViewChoices } from './viewChoices.js';

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
	readonly #readers = new PanelReaders(this.#client, patch => this.#change(patch));
	readonly #veil = new EmailVeil();
	readonly #draw: (view: PanelView) => void;
	#view: PanelView;
	#isFrameAsked = false;
	#doneTimer: number | undefined;

	constructor(draw: (view: PanelView) => void) {
		this.#draw = draw;
		this.#view = {
			panel: null,
			choices: parseViewChoices(this.#client.readViewState()),
			usage: null,
			log: { kind: 'loading' },
			explanation: null,
			history: null,
			target: null,
			sessions: { kind: 'loading' },
			models: { kind: 'loading' },
			keys: { kind: 'loading' },
			keysToday: { kind: 'loading' },
			accountsToday: { kind: 'loading' },
			hidesEmails: false,
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
		this.#readers.follow(this.#view);
	}

	/** Failures and what came of a drop go together: the user has seen them. */
	dismiss(): void {
		this.#change({ failure: null, drop: null });
	}

	readAgain(what: ReadAgainEvent['what']): void {
		void this.#readers.again(what);
	}

	takeNewerRequests(): void {
		this.#readers.takeNewerRequests();
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

	/** Resolves to whether it was done; what went wrong is told by the view. */
	async carryOut(action: PanelAction): Promise<boolean> {
		const key = actionKey(action);
		// A second press is not a second wish. Whatever opens a dialog is the editor's to judge: a sign-in may have been given up.
		if (action.name === 'account/refresh' && this.#view.pending.has(key)) return false;
		const done = await this.#perform(key, async () => {
			await this.#client.carryOut(action);
			const said = saidAfter[action.name];
			if (said !== undefined) this.#showDone(action, said);
			await this.#readers.afterAction(action.name);
			return true;
		});
		return done ?? false;
	}

	/** The new secret goes to whoever asked and is kept nowhere; undefined when there is none. */
	async makeSecret(wish: SecretWish): Promise<CreatedKey | undefined> {
		return this.#perform(actionKey(wish), async () => {
			const made =
				wish.name === 'key/create'
					? await this.#client.request(wish.name, wish.params)
					: await this.#client.request(wish.name, wish.params);
			await this.#readers.again('keys');
			return made;
		});
	}

	/** Undefined when it failed: then the view tells why. */
	async #perform<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
		this.#change({ pending: new Set(this.#view.pending).add(key), failure: null, done: null });
		try {
			return await work();
		} catch (error) {
			// A fresh copy has every control drawn anew, so that none goes on showing what was asked for in vain.
			const { panel, models } = this.#view;
			this.#change({ failure: sentenceOf(error), panel: structuredClone(panel), models: structuredClone(models) });
			return undefined;
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
			case 'tab/show':
				this.choose({ tab: event.payload.tab });
				break;
			case 'request/show':
				this.#change({ target: event.payload.requestId });
				this.choose({ tab: 'requests', openRequest: event.payload.requestId });
				break;
			default:
				event satisfies never;
		}
	}

	#receive(panel: PanelState): void {
		const shown = this.#view.panel?.pool ?? null;
		const isOlder =
			shown !== null && panel.pool?.owner.startedAt === shown.owner.startedAt && panel.pool.revision < shown.revision;
		// A late reply to `ready` must not undo a newer event; its connection is still news. And while the pool moves to
		// another window, what is on the screen stays there.
		const pool = isOlder ? shown : (panel.pool ?? shown);
		// The setting was changed just now: it counts, whatever was chosen here before.
		const isToldAnew = this.#view.panel !== null && panel.hideEmails !== this.#view.panel.hideEmails;
		if (isToldAnew) this.choose({ hidesEmails: false });
		this.#change({ panel: { ...panel, pool }, now: Date.now() });
		this.#readers.follow(this.#view);
	}

	#tick(): void {
		if (document.hidden) return;
		this.#change({ now: Date.now() });
		this.#readers.follow(this.#view);
	}

	#change(patch: Partial<PanelView>): void {
		this.#view = { ...this.#view, ...patch };
		if (this.#isFrameAsked) return;
		this.#isFrameAsked = true;
		requestAnimationFrame(() => {
			this.#isFrameAsked = false;
			this.#draw(this.#veil.over(this.#view));
		});
	}
}
