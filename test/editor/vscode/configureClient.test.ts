import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/editor/commandIds.js';
import { eventually } from '../../support/eventually.js';
import { codexHome, copyKey, fromEnvironment, port, tabs, untilDone } from './editorUnderTest.js';

const configFile = join(codexHome, 'config.toml');
const openCodeFile = fromEnvironment('OPENCODE_CONFIG');

describe('configuring clients in VS Code', () => {
	it('configures Codex after showing the change, and undoes it', async () => {
		await writeFile(configFile, '# mine\nmodel = "gpt-5"\n');

		await vscode.commands.executeCommand('notifications.clearAll');
		const configuring = vscode.commands.executeCommand(commandIds.configureCodex);
		const shown = await eventually('the change is shown', () => {
			const documents = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'codex-pool-preview');
			return preview() !== undefined && documents.length === 2 ? documents : undefined;
		});
		assert.match(shown.map(document => document.getText()).join(), /experimental_bearer_token = "cpk_•+"/);
		for (const document of shown) assert.doesNotMatch(document.getText(), /cpk_\w/);
		await untilDone(configuring, 'notification.acceptPrimaryAction');

		const written = await readFile(configFile, 'utf8');
		assert.match(written, new RegExp(`base_url = "http://127.0.0.1:${port()}/backend-api/codex"`));
		assert.ok(written.includes(await copyKey()));
		assert.equal(preview(), undefined);

		await vscode.commands.executeCommand(commandIds.undoCodexConfiguration);
		assert.equal(await readFile(configFile, 'utf8'), '# mine\nmodel = "gpt-5"\n');
	});

	it('leaves Codex as it is when the question is dismissed', async () => {
		const configuring = vscode.commands.executeCommand(commandIds.configureCodex);
		await eventually('the change is shown', preview);
		await untilDone(configuring, 'notifications.clearAll');

		assert.equal(await readFile(configFile, 'utf8'), '# mine\nmodel = "gpt-5"\n');
		assert.equal(preview(), undefined);
	});

	it('configures OpenCode in the layout of its file, and undoes it', async () => {
		const text = '{\n\t// mine\n\t"model": "openai/gpt-5.5",\n}\n';
		await mkdir(dirname(openCodeFile), { recursive: true });
		await writeFile(openCodeFile, text);

		const configuring = vscode.commands.executeCommand(commandIds.configureOpenCode);
		await eventually('the change is shown', preview);
		await untilDone(configuring, 'notification.acceptPrimaryAction');

		const written = await readFile(openCodeFile, 'utf8');
		assert.ok(
			written.startsWith('{\n\t// mine\n\t"model": "openai/gpt-5.5",\n\t"provider": {\n\t\t"openai": {'),
			written,
		);
		assert.ok(written.includes(`"baseURL": "http://127.0.0.1:${port()}/v1"`) && written.includes(await copyKey()));

		await vscode.commands.executeCommand(commandIds.undoOpenCodeConfiguration);
		assert.equal(await readFile(openCodeFile, 'utf8'), text);
	});
});

function preview(): vscode.Tab | undefined {
	return tabs().find(({ input }) => input instanceof vscode.TabInputTextDiff);
}
