import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { commandIds } from '../../src/editor/commandIds.js';
import { checkSettings, settingNames } from '../../src/editor/settingValues.js';

const manifest = z
	.object({
		icon: z.string(),
		contributes: z.object({
			commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string() })),
			configuration: z.object({
				properties: z.record(
					z.string(),
					z.object({
						default: z.unknown(),
						scope: z.string(),
						markdownDescription: z.string(),
						minimum: z.number().optional(),
						maximum: z.number().optional(),
						pattern: z.string().optional(),
					}),
				),
			}),
			walkthroughs: z.array(
				z.object({
					steps: z.array(
						z.object({
							description: z.string(),
							media: z.object({ svg: z.string() }),
							completionEvents: z.array(z.string()),
						}),
					),
				}),
			),
		}),
	})
	.parse(JSON.parse(readFileSync('package.json', 'utf8')));
const { commands, configuration, walkthroughs } = manifest.contributes;
const properties = configuration.properties;
const steps = walkthroughs.flatMap(walkthrough => walkthrough.steps);
const ids = Object.values(commandIds).sort();

describe('the manifest', () => {
	it('declares exactly the commands of the table', () => {
		assert.deepEqual(commands.map(({ command }) => command).sort(), ids);
	});

	it('titles every command with a verb phrase in the one category', () => {
		for (const { title, category } of commands) {
			assert.equal(category, 'Codex Pool');
			assert.match(
				title,
				/^(Open|Add|Import|Sign|Pause|Resume|Rename|Test|Export|Remove|Move|Forget|Explain|Choose|Copy|Configure|Undo|Restart|Show) \w/,
			);
		}
	});

	it('declares exactly the settings that are read, out of reach of a workspace', () => {
		assert.deepEqual(Object.keys(properties).sort(), settingNames.map(name => `codexPool.${name}`).sort());
		for (const property of Object.values(properties)) assert.equal(property.scope, 'machine');
	});

	it('has the defaults and ranges that are checked', () => {
		const { values, problems } = checkSettings(name => properties[`codexPool.${name}`]?.default);
		assert.deepEqual(values, checkSettings(() => undefined).values);
		assert.deepEqual(problems, []);

		const { minimum, maximum } = properties['codexPool.port'] ?? {};
		assert.deepEqual(problemsWithPorts(minimum, maximum), []);
		assert.equal(problemsWithPorts(Number(minimum) - 1, Number(maximum) + 1).length, 2);
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

	it('refers to files and commands that exist', () => {
		for (const path of [manifest.icon, ...steps.map(({ media }) => media.svg)]) assert.ok(existsSync(path), path);
		const mentioned = steps.flatMap(({ description, completionEvents }) => [
			...[...description.matchAll(/\(command:([\w.]+)\)/g)].map(match => match[1]),
			...completionEvents.map(event => event.replace('onCommand:', '')),
		]);
		for (const command of mentioned)
			assert.ok(
				ids.some(id => id === command),
				command,
			);
	});
});

function problemsWithPorts(...ports: unknown[]): readonly string[] {
	return ports.flatMap(port => checkSettings(name => (name === 'port' ? port : undefined)).problems);
}
