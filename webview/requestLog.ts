import type { RequestList, RequestRecord } from '../src/shared/requestApi.js';
import { secondMs } from './durations.js';
import type { Loaded } from './loaded.js';
import { filterMark, isFiltered, type RequestFilter } from './requestFilter.js';
import { rowsOf, withNewest, withOlder, withWaiting, type RequestRows } from './requestRows.js';
import { sentenceOf } from './sentence.js';

export type ReadPage = (filter: RequestFilter, cursor: string | null) => Promise<RequestList>;

/** A busy pool settles many requests a second; nobody reads that fast. */
const restMs = secondMs;

/** What somebody looks at: a state of the pool, through a filter. */
export interface LogView {
	/** Two states that differ may have different requests. */
	readonly mark: string;
	readonly filter: RequestFilter;
	/** The newest of all, which the editor sends anyway: shown until the log itself has been read. */
	readonly recent: readonly RequestRecord[];
}

/** Reads the log while somebody looks at it: the newest part again after the pool has changed, older ones when asked. */
export class RequestLog {
	readonly #read: ReadPage;
	readonly #show: (log: Loaded<RequestRows>) => void;
	#wanted: LogView | null = null;
	/** Names the filter of the rows. */
	#filter: string | null = null;
	/** Names the state of the pool that was read last. */
	#mark: string | null = null;
	#rows: RequestRows | null = null;
	#rests = false;
	/** Tells the newest reading from those it has overtaken. */
	#round = 0;

	constructor(read: ReadPage, show: (log: Loaded<RequestRows>) => void) {
		this.#read = read;
		this.#show = show;
	}

	/** Null while nobody looks. */
	follow(view: LogView | null): void {
		this.#wanted = view;
		if (view && filterMark(view.filter) !== this.#filter) this.#begin(view);
		if (!this.#rests) void this.#catchUp();
	}

	again(): void {
		this.#mark = null;
		this.#rests = false;
		if (!this.#rows) this.#show({ kind: 'loading' });
		void this.#catchUp();
	}

	/** What has come since takes its place. */
	takeNewer(): void {
		if (this.#rows) this.#put(withWaiting(this.#rows));
	}

	async readOlder(): Promise<void> {
		const view = this.#wanted;
		const next = this.#rows?.next ?? null;
		if (!view || next === null || this.#rows?.isReadingOlder) return;
		this.#changeOlder(next, rows => ({ ...rows, isReadingOlder: true, problem: null }));
		try {
			const page = await this.#read(view.filter, next);
			this.#changeOlder(next, rows => withOlder(rows, page));
		} catch (error) {
			this.#changeOlder(next, rows => ({ ...rows, isReadingOlder: false, problem: sentenceOf(error) }));
		}
	}

	/** Not when there is another filter meanwhile, or so many newer ones have come that all began anew. */
	#changeOlder(next: string, change: (rows: RequestRows) => RequestRows): void {
		if (this.#rows?.next === next) this.#put(change(this.#rows));
	}

	#begin({ filter, recent }: LogView): void {
		this.#filter = filterMark(filter);
		this.#mark = null;
		this.#rests = false;
		this.#rows = null;
		if (isFiltered(filter) || recent.length === 0) this.#show({ kind: 'loading' });
		else this.#show({ kind: 'ready', value: rowsOf({ requests: recent, next: null }) });
	}

	async #catchUp(): Promise<void> {
		const view = this.#wanted;
		if (!view || view.mark === this.#mark) return;
		this.#mark = view.mark;
		this.#rests = true;
		const round = ++this.#round;
		try {
			const page = await this.#read(view.filter, null);
			if (round !== this.#round) return;
			this.#put(this.#rows ? withNewest(this.#rows, page) : rowsOf(page));
		} catch (error) {
			if (round !== this.#round) return;
			// Rows that were read stay true.
			if (!this.#rows) this.#show({ kind: 'failed', problem: sentenceOf(error) });
		}
		window.setTimeout(() => {
			if (round !== this.#round) return;
			this.#rests = false;
			void this.#catchUp();
		}, restMs);
	}

	#put(rows: RequestRows): void {
		this.#rows = rows;
		this.#show({ kind: 'ready', value: rows });
	}
}
