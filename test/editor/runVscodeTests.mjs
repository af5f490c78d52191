// Bundles test/editor/vscode and runs it inside a VS Code: the desktop one, or the one VSCODE_EXECUTABLE names.
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const bundle = resolve('out/vscode-tests/index.js');
const results = resolve('out/vscode-tests/results.json');
const standIn = resolve('tools/vscode/code.mjs');
const hasStandIn = existsSync('tools/vscode/node_modules/code-server');

await build({
	entryPoints: ['test/editor/vscode/index.ts'],
	outfile: bundle,
	bundle: true,
	platform: 'node',
	format: 'cjs',
	target: 'node22.19',
	sourcemap: 'inline',
	external: ['vscode', 'mocha'],
	logLevel: 'warning',
});
await rm(results, { force: true });
// The bundle is CommonJS below a package of modules.
await writeFile(resolve('out/vscode-tests/package.json'), '{ "type": "commonjs" }\n');

const folder = await mkdtemp(join(tmpdir(), 'codex-pool-vscode-'));
const userDir = join(folder, 'user');
const workspace = join(folder, 'workspace');
const port = await freePort();
for (const level of ['User', 'Machine']) {
	await mkdir(join(userDir, level), { recursive: true });
	await writeFile(join(userDir, level, 'settings.json'), JSON.stringify({ 'codexPool.port': port }));
}
await mkdir(workspace);

let failed = false;
try {
	await runTests({
		vscodeExecutablePath: process.env.VSCODE_EXECUTABLE ?? (hasStandIn ? standIn : undefined),
		version: process.env.VSCODE_VERSION ?? 'stable',
		extensionDevelopmentPath: resolve('.'),
		extensionTestsPath: bundle,
		launchArgs: [workspace, `--user-data-dir=${userDir}`, `--extensions-dir=${join(folder, 'extensions')}`],
		extensionTestsEnv: {
			VSX_RESULTS: results,
			VSX_USER_DIR: userDir,
			CODEX_HOME: join(folder, 'codex'),
			OPENCODE_CONFIG: join(folder, 'opencode', 'opencode.jsonc'),
			CODEX_POOL_HOME: join(folder, 'pool-home'),
		},
	});
} catch {
	// The results below say what failed.
	failed = true;
} finally {
	await rm(folder, { recursive: true, force: true });
}

const { passed, failures } = JSON.parse(
	await readFile(results, 'utf8').catch(() => '{ "passed": [], "failures": [] }'),
);
for (const { title, error } of failures) console.log(`  ✘ ${title}\n${error}`);
console.log(`\n  ${passed.length} passing, ${failures.length} failing in VS Code`);
if (process.env.CODEX_POOL_TEST_COUNTS) {
	const told = failures.map(({ title, error }) => `${title}: ${error}`);
	const counts = { passed: passed.length, skipped: 0, failures: told };
	await writeFile(process.env.CODEX_POOL_TEST_COUNTS, JSON.stringify(counts));
}
process.exit(failed || failures.length > 0 || passed.length === 0 ? 1 : 0);

function freePort() {
	return new Promise((resolvePort, reject) => {
		const probe = createServer().once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port: free } = probe.address();
			probe.close(() => resolvePort(free));
		});
	});
}
