import { styleText } from 'node:util';
import { textTable, type Column } from './textTable.js';

/** Standard error, as far as it matters here. */
export type RemarkStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command says: its result on standard output, everything else on standard error. */
export class Output {
	constructor(
		readonly json: boolean,
		readonly remarks: RemarkStream = process.stderr,
	) {}

	/** Whether a person sees what is said beside the result. */
	get isWatched(): boolean {
		return !this.json && this.remarks.isTTY === true;
	}

	/** The result: one line of JSON, or the text. */
	print(value: unknown, text: () => string): void {
		process.stdout.write(`${this.json ? JSON.stringify(value) : text()}\n`);
	}

	/** Something for people alone. */
	hint(text: string): void {
		if (!this.json) this.remarks.write(`${text}\n`);
	}

	/** Something for people and programs beside the result. */
	note(value: unknown, text: string): void {
		this.remarks.write(`${this.json ? JSON.stringify(value) : text}\n`);
	}

	/** As wide as the terminal on standard output at most, with bold titles where it wants them; elsewhere a row is a line. */
	table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
		return textTable(columns, rows, {
			styleTitle: line => styleText('bold', line, { stream: process.stdout }),
			// A terminal that tells no size (a bare pty) has 0 columns.
			maxWidth: process.stdout.columns || Infinity,
		});
	}

	/** Work that may take long, under a spinner where a person is watching. */
	async progress<T>(label: string, work: () => Promise<T>): Promise<T> {
		// A terminal that tells no size (a bare pty) has 0 columns, on which ora would clear lines for ever.
		if (!this.isWatched || !this.remarks.columns) return work();
		const { default: ora } = await import('ora');
		const spinner = ora({ text: label, stream: this.remarks, discardStdin: false }).start();
		try {
			return await work();
		} finally {
			spinner.stop();
		}
	}
}
