import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { keyNameSchema, type CreatedKey, type KeyView } from '../shared/keyApi.js';
import { budgetExamples, parseBudget } from '../shared/keyWords.js';
import { paragraph } from '../shared/paragraph.js';
import { PoolError } from '../shared/poolError.js';
import { commandIds } from './commandIds.js';
import { keyAccountChoices, keyActions, keyChoices, modelChoices, type KeyAction } from './keyChoices.js';

const newKey = { label: `$(add) ${l10n.t('New Key…')}`, description: l10n.t('For a program or a machine of its own') };

/** What a user does with pool keys. Whatever shuts clients out is asked about first. */
export class KeyCommands {
	readonly #connect: () => Promise<PoolClient>;

	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async manage(): Promise<void> {
		const client = await this.#connect();
		const options = {
			title: l10n.t('Pool Keys'),
			placeHolder: l10n.t('Choose a key'),
			matchOnDescription: true,
			matchOnDetail: true,
		};
		const [keys, { accounts }] = await Promise.all([client.listKeys(), client.state()]);
		const chosen = await vscode.window.showQuickPick([...keyChoices(keys, accounts), newKey], options);
		if (chosen === undefined) return;
		if (!('key' in chosen)) {
			await create(client);
			return;
		}
		const title = l10n.t('Pool Key {0}', chosen.key.name);
		const wanted = await vscode.window.showQuickPick(keyActions(chosen.key), { title });
		if (wanted !== undefined) await this.#act(client, chosen.key, wanted.action);
	}

	/** Undefined when the user thinks better of it. */
	async rotate(keyId: string): Promise<CreatedKey | undefined> {
		const client = await this.#connect();
		const { id, name, isDefault } = await findKey(client, keyId);
		const detail = [
			l10n.t('Clients that use the key are refused from that moment, until they get the new secret.'),
			...(isDefault
				? [l10n.t('What you have configured with this key, Codex and OpenCode too, has to be configured again.')]
				: []),
		];
		return (await isSure(l10n.t('Give {0} a new secret?', name), detail, l10n.t('New Secret')))
			? client.rotateKey(id)
			: undefined;
	}

	async revoke(keyId: string): Promise<void> {
		const client = await this.#connect();
		const { id, name, isDefault } = await findKey(client, keyId);
		const detail = [
			l10n.t('Clients that use the key are refused from that moment. Its usage stays.'),
			...(isDefault ? [l10n.t('Copy Pool Key makes a new one when it is next used.')] : []),
		];
		if (await isSure(l10n.t('Revoke {0}?', name), detail, l10n.t('Revoke'))) await client.revokeKey(id);
	}

	async #act(client: PoolClient, key: KeyView, action: KeyAction): Promise<void> {
		switch (action) {
			case 'copy':
				await vscode.commands.executeCommand(commandIds.copyPoolKey);
				return;
			case 'rename':
				return rename(client, key);
			case 'scope':
				return chooseScope(client, key);
			case 'accounts':
				return chooseAccounts(client, key);
			case 'budget':
				return chooseBudget(client, key);
			case 'rotate': {
				const renewed = await this.rotate(key.id);
				if (renewed) await handOver(renewed, key.isDefault);
				return;
			}
			case 'revoke':
				return this.revoke(key.id);
			default:
				return action satisfies never;
		}
	}
}

async function create(client: PoolClient): Promise<void> {
	const name = await askName(l10n.t('New Pool Key'), '');
	if (name !== undefined) await handOver(await client.createKey(name), false);
}

async function rename(client: PoolClient, { id, name: current }: KeyView): Promise<void> {
	const name = await askName(l10n.t('Rename {0}', current), current);
	if (name !== undefined) await client.changeKey(id, { name });
}

async function chooseScope(client: PoolClient, key: KeyView): Promise<void> {
	const picked = await chooseSome({
		title: l10n.t('Models of {0}', key.name),
		every: { label: l10n.t('Every model'), description: l10n.t('Those that come later too') },
		some: l10n.t('Clients are shown these, and refused when they ask for another'),
		placeHolder: l10n.t('What clients may ask for with this key'),
		choices: async () => modelChoices(key, await client.listModels()),
	});
	if (picked !== undefined) await client.changeKey(key.id, { models: picked && picked.map(({ label }) => label) });
}

async function chooseAccounts(client: PoolClient, key: KeyView): Promise<void> {
	const picked = await chooseSome({
		title: l10n.t('Accounts of {0}', key.name),
		every: { label: l10n.t('Every account'), description: l10n.t('Also those that are added later') },
		some: l10n.t('No other serves clients with the key, even when these are spent'),
		placeHolder: l10n.t('Which accounts may serve clients with this key'),
		choices: async () => keyAccountChoices(key, (await client.state()).accounts),
	});
	if (picked === undefined) return;
	await client.changeKey(key.id, { accountIds: picked && picked.map(({ accountId }) => accountId) });
}

interface SomeQuestion<T extends vscode.QuickPickItem> {
	readonly title: string;
	readonly every: vscode.QuickPickItem;
	/** What it means to choose. */
	readonly some: string;
	readonly placeHolder: string;
	readonly choices: () => Promise<readonly T[]>;
}

/** Null for all there is; undefined when the user thinks better of it. */
async function chooseSome<T extends vscode.QuickPickItem>(question: SomeQuestion<T>): Promise<T[] | null | undefined> {
	const { title, every, placeHolder } = question;
	const some = { label: l10n.t('Only some…'), description: question.some };
	const chosen = await vscode.window.showQuickPick([every, some], { title });
	if (chosen === undefined) return undefined;
	if (chosen === every) return null;
	const options = { title, placeHolder, canPickMany: true as const, matchOnDescription: true };
	const picked = await vscode.window.showQuickPick(await question.choices(), options);
	// None would be a key for nothing: nobody means that.
	return picked && picked.length > 0 ? picked : undefined;
}

async function chooseBudget(client: PoolClient, { id, name, budget }: KeyView): Promise<void> {
	const text = await vscode.window.showInputBox({
		title: l10n.t('Budget of {0}', name),
		prompt: l10n.t('Tokens for a local day, or for a week from Monday: {0}. Empty for no limit.', budgetExamples),
		value: budget === null ? '' : `${budget.tokens}/${budget.per}`,
		validateInput: value =>
			value.trim() === '' || parseBudget(value) ? undefined : l10n.t('For example {0}', budgetExamples),
	});
	if (text !== undefined) await client.changeKey(id, { budget: parseBudget(text) ?? null });
}

/** The secret is shown nowhere: it goes to the clipboard, this once. */
async function handOver({ name, key }: CreatedKey, isDefault: boolean): Promise<void> {
	await vscode.env.clipboard.writeText(key);
	if (!isDefault) {
		const message = l10n.t(
			'The key {0} is on the clipboard. Paste it now: its secret is kept nowhere and cannot be shown again.',
			name,
		);
		void vscode.window.showInformationMessage(message);
		return;
	}
	const configure = l10n.t('Configure Codex');
	const message = l10n.t('The new secret of {0} is on the clipboard. Configure your clients again.', name);
	void vscode.window.showInformationMessage(message, configure).then(chosen => {
		if (chosen === configure) void vscode.commands.executeCommand(commandIds.configureCodex);
	});
}

function askName(title: string, value: string): Thenable<string | undefined> {
	return vscode.window.showInputBox({
		title,
		prompt: l10n.t('What the key is for'),
		value,
		validateInput: text => keyNameSchema.safeParse(text).error?.issues[0]?.message,
	});
}

async function isSure(question: string, detail: readonly string[], yes: string): Promise<boolean> {
	const options = { modal: true, detail: paragraph(detail) };
	return (await vscode.window.showWarningMessage(question, options, yes)) === yes;
}

async function findKey(client: PoolClient, keyId: string): Promise<KeyView> {
	const key = (await client.listKeys()).find(({ id }) => id === keyId);
	if (key) return key;
	throw new PoolError('key_not_found', l10n.t('The pool no longer has this key.'));
}
