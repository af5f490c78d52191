import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import type { SessionView } from '../shared/sessionApi.js';
import { PoolError } from '../shared/poolError.js';
import { nameOf } from './accountChoices.js';
import { chooseAccount } from './chooseAccount.js';
import { coldCacheCost, ownerName, sessionChoices, shortId } from './sessionChoices.js';

const forget = 'Forget';

/** What a user does with sessions, always told what it costs. Asks which session when none is given. */
export class SessionCommands {
	readonly #connect: () => Promise<PoolClient>;

	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async move(sessionId?: string): Promise<void> {
		const client = await this.#connect();
		const session = await chooseSession(client, 'Move Session', sessionId);
		if (session === undefined) return;
		const account = await chooseAccount(client, {
			title: `Move session ${shortId(session)} to`,
			placeHolder: coldCacheCost(session) ?? 'Its next turn goes to the account you choose.',
			fits: ({ id, selected }) => id !== session.accountId && selected,
			urgent: ({ state }) => state === 'active',
			none: 'There is no other account in the pool that the session could move to.',
		});
		if (account === undefined) return;
		await client.moveSession(session.id, account.id);
		tell(
			`Session ${shortId(session)} belongs to ${nameOf(account)} now. Its first turn there finds a cold prompt cache.`,
		);
	}

	async forget(sessionId?: string): Promise<void> {
		const client = await this.#connect();
		const session = await chooseSession(client, 'Forget Session', sessionId);
		if (session === undefined) return;
		const { accounts } = await client.state();
		const detail = [
			`It is no longer tied to ${ownerName(session, accounts)}: its next turn goes wherever the pool would send a new session.`,
			'Should that be another account, the prompt cache is cold there and the turn reads everything anew.',
			'The conversation itself is not touched.',
		];
		const question = `Forget session ${shortId(session)}?`;
		const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: detail.join(' ') }, forget);
		if (answer === forget) await client.forgetSession(session.id);
	}
}

async function chooseSession(
	client: PoolClient,
	title: string,
	sessionId: string | undefined,
): Promise<SessionView | undefined> {
	const sessions = await client.listSessions();
	if (sessionId !== undefined) {
		const known = sessions.find(({ id }) => id === sessionId);
		if (known === undefined) throw new PoolError('session_not_found', 'The pool no longer knows this session.');
		return known;
	}
	if (sessions.length === 0) {
		tell('No session is tied to an account yet. Codex makes one with its first turn through the pool.');
		return undefined;
	}
	const { accounts } = await client.state();
	const options = { title, placeHolder: 'Choose a session', matchOnDescription: true };
	return (await vscode.window.showQuickPick(sessionChoices(sessions, accounts, Date.now()), options))?.session;
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
