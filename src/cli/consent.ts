import { CommanderError } from 'commander';
import { PoolError } from '../shared/poolError.js';
import type { Output } from './output.js';
import { Prompt } from './prompt.js';

interface Consent {
	readonly question: string;
	/** What goes on with --yes, as in "confirm the export". */
	readonly matter: string;
	/** What a no means. */
	readonly declined: string;
}

/** Rejects unless a person says yes. */
export async function expectConsent({ question, matter, declined }: Consent, output: Output): Promise<void> {
	const prompt = new Prompt(output);
	if (!prompt.isInteractive) {
		throw new CommanderError(2, 'codexPool.unconfirmed', `Nobody can be asked here: confirm ${matter} with --yes.`);
	}
	if (!(await prompt.confirm(question))) throw new PoolError('invalid_request', declined);
}
