import type { Log } from '../core/ports.js';
import { sqliteCode } from './sqliteCode.js';

type Write = () => void;

const flushAfterMs = 250;
const flushAtRows = 200;
const firstRetryMs = 1000;
const slowestRetryMs = 30_000;
/** Rows kept while the disk refuses them; beyond this the oldest go. */
const keptRows = 10_000;

export interface WriteQueueOptions {
	/** Runs the given work in one transaction: all of it or none. */
	readonly transact: (work: () => void) => void;
	/** Called after each flush that wrote something. */
	readonly onWritten: () => void;
	readonly log: Log;
}

/** Holds writes back for a moment and brings them to the disk together, never on the turn of the one who asked. */
export class WriteQueue {
	readonly #options: WriteQueueOptions;
	/** The newest write per key. As many as there are accounts, keys and settings, so never dropped. */
	#state = new Map<string, Write>();
	/** Requests (each under a number of its own) and sessions (the newest per key), oldest first. */
	#rows = new Map<number | string, Write>();
	#appended = 0;
	#dropped = 0;
	#closed = false;
	#retryMs = 0;
	#timer: NodeJS.Timeout | undefined;
	#immediate: NodeJS.Immediate | undefined;

	constructor(options: WriteQueueOptions) {
		this.#options = options;
	}

	setState(key: string, write: Write): void {
		if (this.#refuses()) return;
		this.#state.set(key, write);
		this.#schedule();
	}

	forgetState(key: string): void {
		this.#state.delete(key);
	}

	/** Without a key every row counts; with one, only the newest of that key. */
	addRow(write: Write, key?: string): void {
		if (this.#refuses()) return;
		this.#rows.set(key ?? this.#appended++, write);
		if (this.#rows.size > keptRows) this.#dropOldest();
		this.#schedule();
	}

	forgetRow(key: string): void {
		this.#rows.delete(key);
	}

	/** Writes what waits, so that a read sees it; but while the disk refuses writes, reads are not held up by more tries. */
	catchUp(): void {
		if (this.#retryMs === 0) this.#flush();
	}

	/** A last try. What still cannot be written is lost, and said so. */
	close(): void {
		if (!this.#flush()) this.#options.log.error('rows lost at close', { rows: this.#rows.size });
		this.#unschedule();
		this.#closed = true;
	}

	/** False when it could not: everything is kept and tried again. */
	#flush(): boolean {
		this.#unschedule();
		if (this.#state.size + this.#rows.size === 0) return true;
		try {
			this.#writeAll();
		} catch (thrown) {
			this.#postpone(thrown);
			return false;
		}
		// New maps, not cleared ones: V8 carries what a long-lived map has held into its old heap.
		this.#state = new Map();
		this.#rows = new Map();
		if (this.#retryMs > 0) this.#options.log.info('database writable again', { droppedRows: this.#dropped });
		this.#retryMs = 0;
		this.#dropped = 0;
		this.#options.onWritten();
		return true;
	}

	#writeAll(): void {
		const { transact } = this.#options;
		try {
			transact(() => {
				for (const write of this.#state.values()) write();
				for (const write of this.#rows.values()) write();
			});
		} catch (thrown) {
			if (!isUnwritable(thrown)) throw thrown;
			// One write that can never succeed must not hold up the others for ever.
			this.#writeEach(this.#state);
			this.#writeEach(this.#rows);
		}
	}

	#writeEach<K>(writes: Map<K, Write>): void {
		for (const [key, write] of writes) {
			try {
				this.#options.transact(write);
			} catch (thrown) {
				if (!isUnwritable(thrown)) throw thrown;
				this.#options.log.warn('unwritable row dropped', { error: String(thrown) });
			}
			writes.delete(key);
		}
	}

	#refuses(): boolean {
		if (this.#closed) this.#options.log.warn('write after close ignored');
		return this.#closed;
	}

	#schedule(): void {
		// While writes fail, the retry alone decides when.
		if (this.#rows.size >= flushAtRows && this.#retryMs === 0) {
			this.#immediate ??= setImmediate(() => this.#flush()).unref();
		}
		this.#timer ??= setTimeout(() => this.#flush(), Math.max(flushAfterMs, this.#retryMs)).unref();
	}

	#unschedule(): void {
		clearTimeout(this.#timer);
		clearImmediate(this.#immediate);
		this.#timer = undefined;
		this.#immediate = undefined;
	}

	#postpone(thrown: unknown): void {
		if (this.#retryMs === 0) {
			this.#options.log.warn('database not writable', { code: sqliteCode(thrown), error: String(thrown) });
		}
		this.#retryMs = Math.min(slowestRetryMs, Math.max(firstRetryMs, this.#retryMs * 2));
		this.#schedule();
	}

	#dropOldest(): void {
		const [oldest] = this.#rows.keys();
		if (oldest === undefined) return;
		this.#rows.delete(oldest);
		if (this.#dropped === 0) this.#options.log.warn('oldest rows dropped', { kept: keptRows });
		this.#dropped++;
	}
}

/** The value is at fault, not the disk: a broken constraint, or a type that SQLite cannot hold. */
function isUnwritable(thrown: unknown): boolean {
	return thrown instanceof TypeError || /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(sqliteCode(thrown));
}
