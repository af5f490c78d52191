import type { AccountView } from '../src/shared/accountApi.js';
import type { WindowHistory } from '../src/shared/forecastApi.js';
import type { Opened } from './openedReader.js';
import { RestingReader } from './restingReader.js';
import { trendMark } from './windowTrend.js';

/** Reads the past of the windows of the one account that is open, and again when its figures have gone on. */
export class HistoryReader {
	readonly #read: (accountId: string) => Promise<WindowHistory>;
	readonly #show: (opened: Opened<WindowHistory> | null) => void;
	#id: string | null = null;
	/** Each account has its own: what one that was open before still reads is shown no more. */
	#reader: RestingReader<WindowHistory> | null = null;

	constructor(
		read: (accountId: string) => Promise<WindowHistory>,
		show: (opened: Opened<WindowHistory> | null) => void,
	) {
		this.#read = read;
		this.#show = show;
	}

	/** Null while none is open. */
	follow(account: AccountView | null): void {
		const id = account?.id ?? null;
		if (id !== this.#id) this.#open(id);
		if (account) this.#reader?.follow(trendMark(account));
	}

	async again(): Promise<void> {
		if (this.#id !== null) this.#show({ id: this.#id, answer: { kind: 'loading' } });
		await this.#reader?.again();
	}

	#open(id: string | null): void {
		this.#id = id;
		if (id === null) {
			this.#reader = null;
			this.#show(null);
			return;
		}
		const reader = new RestingReader<WindowHistory>(
			() => this.#read(id),
			answer => {
				if (reader === this.#reader) this.#show({ id, answer });
			},
		);
		this.#reader = reader;
		this.#show({ id, answer: { kind: 'loading' } });
	}
}
