import { createInterface } from 'node:readline';
import type { Output } from './output.js';

/** Standard input, as far as it matters here. */
export type AnswerStream = NodeJS.ReadableStream & {
	readonly isTTY?: boolean;
	/** Whether the program stays for it; a file has no say in that. */
	ref?(): unknown;
	unref?(): unknown;
};

/** Asks whoever sits at standard input. Questions go to standard error: standard output is the result's alone. */
export class Prompt {
	constructor(
		private readonly output: Output,
		private readonly answers: AnswerStream = process.stdin,
	) {}

	/** Whether a person is there to see the question and to answer it. */
	get isInteractive(): boolean {
		return this.output.isWatched && this.answers.isTTY === true;
	}

	/** The next line; undefined when there is none: the input ended, Ctrl+C was pressed, or `signal` fired. */
	ask(question: string, signal?: AbortSignal): Promise<string | undefined> {
		return new Promise(resolve => {
			this.answers.ref?.();
			const lines = createInterface({
				input: this.answers,
				// As a terminal readline edits the line itself: by the system's editing a line ends at 1024 bytes on macOS.
				...(this.isInteractive && { output: this.output.remarks, terminal: true }),
			});
			const stop = (): void => lines.close();
			let isAnswered = false;
			lines.once('line', line => {
				isAnswered = true;
				resolve(line.trim());
				stop();
			});
			lines.once('close', () => {
				// Ctrl+C leaves the cursor behind the question.
				if (this.isInteractive && !isAnswered) this.output.remarks.write('\n');
				// A pipe that is paused while it delivers is still read by Node, and a writer that never closes it would keep us.
				this.answers.unref?.();
				signal?.removeEventListener('abort', stop);
				resolve(undefined);
			});
			signal?.addEventListener('abort', stop);
			if (signal?.aborted) stop();
			else if (this.isInteractive) {
				lines.setPrompt(question);
				lines.prompt();
			}
		});
	}

	/** Yes, said in so many words; anything else is a no. */
	async confirm(question: string): Promise<boolean> {
		const answer = await this.ask(`${question} [y/N] `);
		return /^y(es)?$/i.test(answer ?? '');
	}
}
