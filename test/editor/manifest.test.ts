import assert from 'node:assert/strict';
import * as z from 'zod';
import { chatVendor, quotaToolName } from '../../src/editor/chatNames.js';
import { commandIds } from '../../src/editor/commandIds.js';
import { checkSettings, settingNames, type SettingName } from '../../src/editor/settingValues.js';
import { readManifest } from '../support/manifest.js';

const ids = Object.values(commandIds).sort();
const manifest = z
	.object({
		contributes: z.object({
			languageModelChatProviders: z.array(z.object({ vendor: z.string(), managementCommand: z.enum(ids) })),
			languageModelTools: z.array(z.object({ name: z.string() })),
			commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string() })),
			configuration: z.object({
				properties: z.record(
					z.string(),
					z.object({
						default: z.unknown(),
						scope: z.string(),
						markdownDescription: z.string(),
						type: z.string(),
						minimum: z.number().optional(),
						maximum: z.number().optional(),
						pattern: z.string().optional(),
					}),
				),
			}),
		}),
	})
	.parse(readManifest());
const { commands, configuration, languageModelChatProviders, languageModelTools } = manifest.contributes;
const properties = configuration.properties;

describe('the manifest', () => {
	it('declares exactly the commands of the table', () => {
		assert.deepEqual(commands.map(({ command }) => command).sort(), ids);
	});

	it('titles every command with a verb phrase in the one category', () => {
		for (const { title, category } of commands) {
			assert.equal(category, 'Codex Pool');
			assert.match(
				title,
				/^(Open|Add|Import|Sign|Pause|Resume|Use|Do Not Use|Rename|Test|Refresh|Redeem|Export|Remove|Move|Forget|Explain|Choose|Manage|Copy|Configure|Undo|Check|Restart|Show) \w/,
			);
		}
	});

	it('is known to the chat by the names that the extension uses', () => {
		assert.deepEqual(
			languageModelChatProviders.map(({ vendor }) => vendor),
			[chatVendor],
		);
		assert.deepEqual(
			languageModelTools.map(({ name }) => name),
			[quotaToolName],
		);
	});

	it('declares exactly the settings that are read, out of reach of a workspace', () => {
		assert.deepEqual(Object.keys(properties).sort(), settingNames.map(name => `codexPool.${name}`).sort());
		for (const [name, { scope }] of Object.entries(properties)) {
			assert.equal(scope, name.startsWith('codexPool.statusBar.') ? 'application' : 'machine', name);
		}
	});

	it('has the defaults and ranges that are checked', () => {
		const { values, problems } = checkSettings(name => properties[`codexPool.${name}`]?.default);
		assert.deepEqual(values, checkSettings(() => undefined).values);
		assert.deepEqual(problems, []);

		for (const name of settingNames) {
			const { type, minimum, maximum } = properties[`codexPool.${name}`] ?? {};
			if (type !== 'integer') continue;
			assert.deepEqual(problemsWith(name, minimum, maximum), []);
			assert.equal(problemsWith(name, Number(minimum) - 1, Number(maximum) + 1).length, 2, name);
		}
	});

	for (const url of [
		'https://example.com/x',
		'http://127.0.0.1:1/x',
		'http://localhost',
		'http://example.com',
		'ftp://x',
	]) {
		it(`judges ${url} in the settings editor as the extension does`, () => {
			const pattern = new RegExp(properties['codexPool.upstreamUrl']?.pattern ?? '');
			const { problems } = checkSettings(name => (name === 'upstreamUrl' ? url : undefined));

			assert.equal(pattern.test(url), problems.length === 0);
		});
	}
});

function problemsWith(setting: SettingName, ...values: unknown[]): readonly string[] {
	return values.flatMap(value => checkSettings(name => (name === setting ? value : undefined)).problems);
}
