import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { keyNameSchema, type CreatedKey, type KeyView } from '../shared/keyApi.js';
import { budgetExamples, parseBudget } from '../shared/keyWords.js';
import { PoolError } from '../shared/poolError.js';
import { commandIds } from './commandIds.js';
import { keyActions, keyChoices, modelChoices, type KeyAction } from './keyChoices.js';

const newKey = { label: '$(add) New Key…', description: 'For a program or a machine of its own' };

/** What a user does with pool keys. Whatever shuts clients out is asked about first. */
export class KeyCommands {
	readonly #connect: () => Promise<PoolClient>;

	constructor(connect: () => Promise<PoolClient>) {
		this.#connect = connect;
	}

	async manage(): Promise<void> {
		const client = await this.#connect();
		const options = { title: 'Pool Keys', placeHolder: 'Choose a key', matchOnDescription: true, matchOnDetail: true };
		const chosen = await vscode.window.showQuickPick([...keyChoices(await client.listKeys()), newKey], options);
		if (chosen === undefined) return;
		if (!('key' in chosen)) {
			await create(client);
			return;
		}
		const title = `Pool Key ${chosen.key.name}`;
		const wanted = await vscode.window.showQuickPick(keyActions(chosen.key), { title });
		if (wanted !== undefined) await this.#act(client, chosen.key, wanted.action);
	}

	/** Undefined when the user thinks better of it. */
	async rotate(keyId: string): Promise<CreatedKey | undefined> {
		const client = await this.#connect();
		const { id, name, isDefault } = await findKey(client, keyId);
		const detail = [
			'Clients that use the key are refused from that moment, until they get the new secret.',
			...(isDefault
				? ['What you have configured with this key, Codex and OpenCode too, has to be configured again.']
				: []),
		];
		return (await isSure(`Give ${name} a new secret?`, detail, 'New Secret')) ? client.rotateKey(id) : undefined;
	}

	async revoke(keyId: string): Promise<void> {
		const client = await this.#connect();
		const { id, name, isDefault } = await findKey(client, keyId);
		const detail = [
			'Clients that use the key are refused from that moment. Its usage stays.',
			...(isDefault ? ['Copy Pool Key makes a new one when it is next used.'] : []),
		];
		if (await isSure(`Revoke ${name}?`, detail, 'Revoke')) await client.revokeKey(id);
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
	const name = await askName('New Pool Key', '');
	if (name !== undefined) await handOver(await client.createKey(name), false);
}

async function rename(client: PoolClient, { id, name: current }: KeyView): Promise<void> {
	const name = await askName(`Rename ${current}`, current);
	if (name !== undefined) await client.changeKey(id, { name });
}

async function chooseScope(client: PoolClient, key: KeyView): Promise<void> {
	const title = `Models of ${key.name}`;
	const every = { label: 'Every model', description: 'Those that come later too' };
	const some = { label: 'Only some…', description: 'Clients are shown these, and refused when they ask for another' };
	const chosen = await vscode.window.showQuickPick([every, some], { title });
	if (chosen === undefined) return;
	if (chosen === every) {
		await client.changeKey(key.id, { models: null });
		return;
	}
	const options = { title, placeHolder: 'What clients may ask for with this key', canPickMany: true as const };
	const picked = await vscode.window.showQuickPick(modelChoices(key, await client.listModels()), options);
	// None would be a key for nothing: nobody means that.
	if (picked && picked.length > 0) await client.changeKey(key.id, { models: picked.map(({ label }) => label) });
}

async function chooseBudget(client: PoolClient, { id, name, budget }: KeyView): Promise<void> {
	const text = await vscode.window.showInputBox({
		title: `Budget of ${name}`,
		prompt: `Tokens for a local day, or for a week from Monday: ${budgetExamples}. Empty for no limit.`,
		value: budget === null ? '' : `${budget.tokens}/${budget.per}`,
		validateInput: value => (value.trim() === '' || parseBudget(value) ? undefined : `For example ${budgetExamples}`),
	});
	if (text !== undefined) await client.changeKey(id, { budget: parseBudget(text) ?? null });
}

/** The secret is shown nowhere: it goes to the clipboard, this once. */
async function handOver({ name, key }: CreatedKey, isDefault: boolean): Promise<void> {
	await vscode.env.clipboard.writeText(key);
	if (!isDefault) {
		const message = `The key ${name} is on the clipboard. Paste it now: its secret is kept nowhere and cannot be shown again.`;
		void vscode.window.showInformationMessage(message);
		return;
	}
	const configure = 'Configure Codex';
	const message = `The new secret of ${name} is on the clipboard. Configure your clients again.`;
	void vscode.window.showInformationMessage(message, configure).then(chosen => {
		if (chosen === configure) void vscode.commands.executeCommand(commandIds.configureCodex);
	});
}

function askName(title: string, value: string): Thenable<string | undefined> {
	return vscode.window.showInputBox({
		title,
		prompt: 'What the key is for',
		value,
		validateInput: text => keyNameSchema.safeParse(text).error?.issues[0]?.message,
	});
}

async function isSure(question: string, detail: readonly string[], yes: string): Promise<boolean> {
	const options = { modal: true, detail: detail.join(' ') };
	return (await vscode.window.showWarningMessage(question, options, yes)) === yes;
}

async function findKey(client: PoolClient, keyId: string): Promise<KeyView> {
	const key = (await client.listKeys()).find(({ id }) => id === keyId);
	if (key) return key;
	throw new PoolError('key_not_found', 'The pool no longer has this key.');
}
