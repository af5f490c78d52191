import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type * as vscode from 'vscode';
import { TerminalCommand } from '../../src/editor/terminalCommand.js';
import { terminalShims, type ShimTarget } from '../../src/editor/terminalShim.js';
import { defaultPort } from '../../src/shared/runtimeMessages.js';
import { runProgram } from '../support/runProgram.js';

const target = { node: process.execPath, program: '/ext/dist/cli.cjs', platform: 'linux', home: '/home/ada' } as const;

/** What the editor does to the environment of new terminals. */
class FakeEnvironment implements Partial<vscode.EnvironmentVariableCollection> {
	persistent = true;
	description: string | vscode.MarkdownString | undefined;
	readonly variables = new Map<string, string>();

	append(name: string, value: string): void {
		this.variables.set(name, value);
	}

	replace(name: string, value: string): void {
		this.variables.set(name, value);
	}

	delete(name: string): void {
		this.variables.delete(name);
	}

	clear(): void {
		this.variables.clear();
	}
}

describe('the command in the terminals of the editor', () => {
	let folder: string;
	let environment: FakeEnvironment;
	let port: number;

	beforeEach(async () => {
		folder = join(await mkdtemp(join(tmpdir(), `terminal 'command' `)), 'bin');
		environment = new FakeEnvironment();
		port = defaultPort;
	});
	afterEach(() => rm(join(folder, '..'), { recursive: true }));

	const command = (change: Partial<ShimTarget> = {}): TerminalCommand =>
		new TerminalCommand({
			target: { ...target, ...change },
			folder,
			environment: environment as unknown as vscode.EnvironmentVariableCollection,
			port: () => port,
		});
	const shim = (): string => join(folder, 'codex-pool');

	it('runs the program with its arguments, and with nothing else of the editor', async () => {
		const program = join(folder, '..', 'cli.cjs');
		await writeFile(
			program,
			'process.stdout.write(JSON.stringify([process.env.ELECTRON_RUN_AS_NODE, process.argv.slice(2)])); process.exitCode = 3;',
		);

		await command({ program }).offer();
		const { code, stdout, stderr } = await runProgram(shim(), ['a b', '$HOME', `'"`], { cwd: '/', env: {} });

		assert.equal(stderr, '');
		assert.deepEqual(JSON.parse(stdout), ['1', ['a b', '$HOME', `'"`]]);
		assert.equal(code, 3);
	});

	it('is found last, and only while the extension runs', async () => {
		const terminalCommand = command();
		await terminalCommand.offer();

		assert.deepEqual(
			[...environment.variables],
			[
				['PATH', delimiter + folder],
				['CODEX_POOL_PORT', String(defaultPort)],
			],
		);
		assert.equal(environment.persistent, false);
		assert.ok(typeof environment.description === 'string' && environment.description.includes('`codex-pool`'));

		terminalCommand.dispose();
		assert.deepEqual([...environment.variables], []);
	});

	it('adds nothing once it is disposed', async () => {
		const terminalCommand = command();
		const offered = terminalCommand.offer();
		terminalCommand.dispose();

		await offered;

		assert.deepEqual([...environment.variables], []);
	});

	it('is told the port, whatever the shell of the user names', async () => {
		port = 3000;
		const terminalCommand = command();
		await terminalCommand.offer();
		assert.equal(environment.variables.get('CODEX_POOL_PORT'), '3000');

		port = defaultPort;
		terminalCommand.updatePort();
		assert.equal(environment.variables.get('CODEX_POOL_PORT'), String(defaultPort));
	});

	it('follows the extension to another folder, and is not touched where nothing has changed', async () => {
		await command().offer();
		const { ino } = await stat(shim());
		await command().offer();
		assert.equal((await stat(shim())).ino, ino);

		await command({ program: '/ext-2/dist/cli.cjs' }).offer();

		assert.match(await readFile(shim(), 'utf8'), /'\/ext-2\/dist\/cli\.cjs'/);
		assert.equal((await stat(shim())).mode & 0o777, 0o755);
		assert.deepEqual(await readdir(folder), ['codex-pool']);
	});

	it('has on Windows a file for each kind of shell', () => {
		const shims = terminalShims({
			node: 'c:\\Users\\李\\Code\\Code.exe',
			program: 'D:\\100%\\cli.cjs',
			platform: 'win32',
			home: 'C:\\Users\\李',
		});

		assert.deepEqual(
			shims.map(({ name }) => name),
			['codex-pool', 'codex-pool.cmd'],
		);
		assert.equal(
			shims[1]?.text,
			'@echo off\r\nsetlocal\r\nset ELECTRON_RUN_AS_NODE=1\r\n"%USERPROFILE%\\Code\\Code.exe" "D:\\100%%\\cli.cjs" %*\r\n',
		);
	});
});
