import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { paragraph } from '../shared/paragraph.js';
import type { SessionView } from '../shared/sessionApi.js';
import { shortSessionId } from '../shared/sessionWords.js';
import { PoolError } from '../shared/poolError.js';
import { nameOf } from './accountChoices.js';
import { chooseAccount } from './chooseAccount.js';
import { coldCacheCost, ownerName, sessionChoices } from './sessionChoices.js';

const forget = l10n.t({ message: 'Forget', comment: ['verb on a button'] });

/** What a user does with sessions, always told what it costs. Asks which session when none is given. */
export class SessionCommands {
	readonly #connect: () => Promise<PoolClient>;

	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async move(sessionId?: string): Promise<void> {
		const client = await this.#connect();
		const session = await chooseSession(client, l10n.t('Move Session'), sessionId);
		if (session === undefined) return;
		const account = await chooseAccount(client, {
			title: l10n.t('Move session {0} to', shortSessionId(session.id)),
			placeHolder: coldCacheCost(session) ?? l10n.t('Its next turn goes to the account you choose.'),
			fits: ({ id, selected }) => id !== session.accountId && selected,
			urgent: ({ state }) => state === 'active',
			none: l10n.t('There is no other account in the pool that the session could move to.'),
		});
		if (account === undefined) return;
		await client.moveSession(session.id, account.id);
		tell(
			l10n.t(
				'Session {0} belongs to {1} now. Its first turn there finds a cold prompt cache.',
				shortSessionId(session.id),
				nameOf(account),
			),
		);
	}

	async forget(sessionId?: string): Promise<void> {
		const client = await this.#connect();
		const session = await chooseSession(client, l10n.t('Forget Session'), sessionId);
		if (session === undefined) return;
		const { accounts } = await client.state();
		const detail = [
			l10n.t(
				'It is no longer tied to {0}: its next turn goes wherever the pool would send a new session.',
				ownerName(session, accounts),
			),
			l10n.t('Should that be another account, the prompt cache is cold there and the turn reads everything anew.'),
			l10n.t('The conversation itself is not touched.'),
		];
		const question = l10n.t('Forget session {0}?', shortSessionId(session.id));
		const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: paragraph(detail) }, forget);
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
		if (known === undefined) throw new PoolError('session_not_found', l10n.t('The pool no longer knows this session.'));
		return known;
	}
	if (sessions.length === 0) {
		tell(l10n.t('No session is tied to an account yet. Codex makes one with its first turn through the pool.'));
		return undefined;
	}
	const { accounts } = await client.state();
	const options = { title, placeHolder: l10n.t('Choose a session'), matchOnDescription: true };
	return (await vscode.window.showQuickPick(sessionChoices(sessions, accounts, Date.now()), options))?.session;
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
