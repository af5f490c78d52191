import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { PoolClient } from '../../../src/client/poolClient.js';
import { commandIds } from '../../../src/editor/commandIds.js';
import { eventually } from '../../support/eventually.js';
import { startUpstream, type Upstream } from '../../support/upstream/startUpstream.js';

/** The VS Code that the tests run in, with one pool and one provider for all of them. */

export const codexHome = fromEnvironment('CODEX_HOME');
export const homeDir = fromEnvironment('CODEX_POOL_HOME');

let upstream: Upstream;

before(async () => {
	upstream = await startUpstream({ accounts: [{ email: 'ada@example.com' }] });
	await mkdir(codexHome, { recursive: true });
	await set('upstreamUrl', upstream.backendUrl);
	await set('issuerUrl', upstream.issuerUrl);
	await pool();
});

after(() => upstream.close());

/** Simulated; the pool's accounts come from it. */
export function provider(): Upstream {
	return upstream;
}

export async function copyKey(): Promise<string> {
	await vscode.commands.executeCommand(commandIds.copyPoolKey);
	return vscode.env.clipboard.readText();
}

/** The pool of this window, as soon as it answers. */
export function pool(): Promise<PoolClient> {
	return eventually('the pool answers', () => PoolClient.attach({ port: port(), homeDir }));
}

export function port(): number {
	return Number(vscode.workspace.getConfiguration('codexPool').get('port'));
}

export async function set(name: string, value: unknown): Promise<void> {
	await vscode.workspace.getConfiguration('codexPool').update(name, value, vscode.ConfigurationTarget.Global);
}

/** Gives an answer until it is heard: the editor does not tell when it is listening. */
export async function untilDone(command: Thenable<unknown>, answer: string): Promise<void> {
	let isDone = false;
	void command.then(() => (isDone = true));
	await eventually('the command is done', async () => {
		if (isDone) return true;
		await vscode.commands.executeCommand(answer);
		return undefined;
	});
}

export function tabs(): vscode.Tab[] {
	return vscode.window.tabGroups.all.flatMap(group => group.tabs);
}

export function fromEnvironment(name: string): string {
	const value = process.env[name];
	if (value === undefined) throw new Error(`${name} is not set: run these tests with npm run test:vscode`);
	return value;
}
