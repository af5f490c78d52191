// `npm test`: every check there is, one stage after the other. `npm test -- core e2e` runs the named ones alone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Stage {
	readonly name: string;
	readonly command: readonly string[];
}

const mocha = (name: string, ...specs: string[]): Stage => ({
	name,
	command: ['mocha', '--reporter', 'test/support/countingReporter.cjs', ...specs],
});

/** Cheap and telling ones first. */
const stages: readonly Stage[] = [
	{ name: 'tools', command: ['npm', 'run', '--silent', 'vscode:install'] },
	{ name: 'check', command: ['npm', 'run', '--silent', 'check'] },
	{ name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
	{ name: 'build', command: ['npm', 'run', '--silent', 'build'] },
	mocha('core', 'test/core/**/*.test.ts'),
	mocha('lab', 'test/lab/**/*.test.ts'),
	mocha('layers', 'test/{storage,upstream,client,configuration,setup,cli,support}/**/*.test.ts'),
	mocha('server', 'test/server/**/*.test.ts'),
	mocha('panel', 'test/webview/**/*.test.ts'),
	mocha('editor', 'test/editor/*.test.ts'),
	mocha('clients', 'test/clients/**/*.test.ts'),
	{ name: 'package', command: ['npm', 'run', '--silent', 'package'] },
	{ name: 'vscode', command: ['npm', 'run', '--silent', 'test:vscode'] },
	mocha('e2e', 'test/e2e/**/*.test.ts'),
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter(name => !stages.some(stage => stage.name === name));
if (unknown.length > 0) {
	console.error(`There is no stage ${unknown.join(', ')}. Stages: ${stages.map(stage => stage.name).join(', ')}.`);
	process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'codex-pool-tests-'));
let passed = 0;
let skipped = 0;
const failures: string[] = [];
for (const { name, command } of stages) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	console.log(`\n── ${name} ──`);
	const startedAt = Date.now();
	const counts = join(folder, `${name}.json`);
	const [program = '', ...args] = command;
	const child = spawn(program, args, {
		stdio: ['ignore', 'inherit', 'inherit'],
		env: { ...process.env, CODEX_POOL_TEST_COUNTS: counts },
	});
	const [exitCode] = (await once(child, 'exit')) as [number | null];
	console.log(`── ${name}: ${exitCode === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
	const counted = await readCounts(counts);
	passed += counted.passed;
	skipped += counted.skipped;
	failures.push(...counted.failures.map(failure => `${name}: ${failure}`));
	// A stage that fails without a failing test (a type error, a crash) still counts as one.
	if (exitCode !== 0 && counted.failures.length === 0) failures.push(`${name}: see above`);
}
await rm(folder, { recursive: true, force: true });

// Again at the end, where they are found without going through it all.
for (const failure of failures) console.log(`\nFailed in ${failure}`);
console.log(`\n${passed} passed, ${failures.length} failed, ${skipped} skipped`);
process.exit(failures.length === 0 ? 0 : 1);

interface Counts {
	readonly passed: number;
	readonly skipped: number;
	/** Titles and messages. */
	readonly failures: readonly string[];
}

async function readCounts(file: string): Promise<Counts> {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as Counts;
	} catch {
		// Stages that are no test runs leave no counts.
		return { passed: 0, skipped: 0, failures: [] };
	}
}
