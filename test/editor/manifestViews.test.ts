import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { accountRows } from '../../src/editor/accountRows.js';
import { accountsView } from '../../src/editor/accountsView.js';
import { commandIds, type CommandName } from '../../src/editor/commandIds.js';
import { contextValues } from '../../src/editor/contextValues.js';
import type { OfflineReason } from '../../src/editor/hostStatus.js';
import { statusClicks, statusFormats } from '../../src/editor/statusText.js';
import type { AccountView } from '../../src/shared/accountApi.js';
import { accountView, poolState } from '../support/managementExamples.js';
import { readManifest } from '../support/manifest.js';

const picture = z.object({ id: z.string(), icon: z.string() });
const manifest = z
	.object({
		icon: z.string(),
		contributes: z.object({
			commands: z.array(
				z.object({ command: z.string(), icon: z.string().default(''), enablement: z.string().default('') }),
			),
			viewsContainers: z.object({ activitybar: z.array(picture) }),
			views: z.record(z.string(), z.array(picture)),
			viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string(), when: z.string() })),
			menus: z.record(
				z.string(),
				z.array(z.object({ command: z.string(), when: z.string(), group: z.string().default('') })),
			),
			configuration: z.object({
				properties: z.record(
					z.string(),
					z.object({ enum: z.array(z.string()).optional(), enumDescriptions: z.array(z.string()).optional() }),
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
	.parse(readManifest());
const { commands, viewsContainers, views, viewsWelcome, menus, configuration, walkthroughs } = manifest.contributes;
const steps = walkthroughs.flatMap(walkthrough => walkthrough.steps);
const menuItems = Object.values(menus).flat();
const editorCommands = ['workbench.action.openSettings', 'workbench.action.openWalkthrough'];

describe('what the manifest adds to the editor', () => {
	it('refers to pictures, commands and views that exist', () => {
		const containers = [...viewsContainers.activitybar, ...Object.values(views).flat()];
		const pictures = [manifest.icon, ...steps.map(({ media }) => media.svg), ...containers.map(({ icon }) => icon)];
		const texts = [...steps.map(({ description }) => description), ...viewsWelcome.map(({ contents }) => contents)];
		const links = texts.flatMap(text => [...text.matchAll(/\(command:([\w.]+)[?)]/g)].map(match => String(match[1])));
		const known = new Set<string>([...Object.values(commandIds), accountsView.focusCommand, ...editorCommands]);

		for (const path of pictures) assert.ok(existsSync(path), path);
		for (const command of [...links, ...completions('onCommand:'), ...menuItems.map(item => item.command)]) {
			assert.ok(known.has(command), command);
		}
		for (const view of [...completions('onView:'), ...viewsWelcome.map(each => each.view)]) {
			assert.equal(view, accountsView.id);
		}
		assert.deepEqual(
			Object.keys(views),
			viewsContainers.activitybar.map(({ id }) => id),
		);
	});

	it('asks only for context keys that the extension sets', () => {
		const clauses = [
			...commands.map(({ enablement }) => enablement),
			...viewsWelcome.map(({ when }) => when),
			...menuItems.map(({ when }) => when),
			...completions('onContext:'),
		];
		const known = contextValues({ kind: 'starting', problem: null }, { canUndoCodex: false, canUndoOpenCode: false });

		const names = clauses.flatMap(clause => [...clause.matchAll(/codexPool\.(\w+)/g)].map(match => String(match[1])));

		for (const name of names) assert.ok(name in known || `codexPool.${name}` === accountsView.id, name);
	});

	const rows: [string, Partial<AccountView>, string[]][] = [
		['that is used', {}, ['pauseAccount', 'doNotUseAccount']],
		['that is not used', { selected: false }, ['pauseAccount', 'useAccount']],
		['that is paused', { state: 'paused' }, ['resumeAccount', 'doNotUseAccount']],
		['that needs a sign-in and is not used', { state: 'needs_sign_in', selected: false }, ['useAccount']],
	];
	for (const [which, change, expected] of rows) {
		it(`offers on the row of an account ${which} what can be done about that`, () => {
			const [row] = accountRows(poolState(1, { accounts: [accountView(change)] }), 15, 0);

			const offered = (menus['view/item/context'] ?? [])
				.filter(({ group, when }) => group.startsWith('1_use@') && rowPattern(when).test(row?.context ?? ''))
				.map(({ command }) => command);

			const names = [...expected, 'choosePriority'] as CommandName[];
			assert.deepEqual(
				offered,
				names.map(name => commandIds[name]),
			);
		});
	}

	it('has words for every state in which the view has no rows', () => {
		const reasons = ['foreign', 'silent', 'crashed', 'failed'] as const satisfies readonly OfflineReason[];

		const clauses = viewsWelcome.map(({ when }) => when).join();

		for (const word of ['empty', 'starting', ...reasons]) assert.match(clauses, new RegExp(`== '${word}'`));
	});

	it('gives every inline action and every button of the view an icon', () => {
		const icons = new Map(commands.map(({ command, icon }) => [command, icon]));

		for (const { command, group } of menuItems.filter(item => /^(inline|navigation)/.test(item.group))) {
			assert.match(icons.get(command) ?? '', /^\$\([\w-]+\)$/, `${command} in ${group}`);
		}
	});

	it('offers the choices that are checked, each explained', () => {
		const choices = { 'statusBar.format': statusFormats, 'statusBar.click': statusClicks };

		for (const [name, values] of Object.entries(choices)) {
			const property = configuration.properties[`codexPool.${name}`];
			assert.deepEqual(property?.enum, [...values]);
			assert.equal(property.enumDescriptions?.length, values.length);
		}
	});

	it('leads through at most five steps', () => {
		assert.ok(steps.length <= 5);
		for (const { completionEvents } of steps) assert.ok(completionEvents.length > 0);
	});
});

/** What a `when` clause asks of a row. */
function rowPattern(when: string): RegExp {
	const [, pattern] = /^view == codexPool\.accounts && viewItem =~ \/(.*)\/$/.exec(when) ?? [];
	assert.ok(pattern, when);
	return new RegExp(pattern);
}

function completions(kind: string): string[] {
	const all = steps.flatMap(({ completionEvents }) => completionEvents);
	return all.filter(event => event.startsWith(kind)).map(event => event.slice(kind.length));
}
