// `npm run vscode`: the packaged extension in a real VS Code in the browser, with the simulator in the place of ChatGPT.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installExtension, startCodeServer } from '../../tools/vscode/codeServer.mjs';
import { PoolClient } from '../../src/client/poolClient.js';
import { startDemoUpstream } from './demoUpstream.js';

const port = 2457;
const folder = await mkdtemp(join(tmpdir(), 'codex-pool-vscode-'));
const userDir = join(folder, 'user');
const extensionsDir = join(folder, 'extensions');
const poolHome = join(folder, 'pool-home');
const runtimeFolder = join(poolHome, 'runtime');
const workspace = join(folder, 'workspace');
await mkdir(workspace);
await mkdir(runtimeFolder, { recursive: true });

const upstream = await startDemoUpstream();
await installExtension({ userDir, extensionsDir, vsix: resolve('out/codex-account-pool.vsix') });
const server = await startCodeServer({
	userDir,
	extensionsDir,
	machineSettings: {
		'codexPool.port': port,
		'codexPool.upstreamUrl': upstream.backendUrl,
		'codexPool.issuerUrl': upstream.issuerUrl,
	},
	env: {
		CODEX_HOME: join(folder, 'codex'),
		OPENCODE_CONFIG: join(folder, 'opencode.json'),
		CODEX_POOL_HOME: poolHome,
	},
});
const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
process.stdout.write(`VS Code  ${server.url}/?folder=${encodeURIComponent(workspace)}
Open it in your browser: the demo accounts are added as soon as the window is there. Ctrl+C stops it.
`);

const watching = new AbortController();
void addDemoAccounts(watching.signal).catch((error: unknown) => {
	if (!watching.signal.aborted) process.stderr.write(`The demo accounts could not be added: ${String(error)}\n`);
});
await stopped;
watching.abort();
await server.stop();
await upstream.close();
await rm(folder, { recursive: true, force: true });
process.exit(0);

/** The first window runs the pool; its runtime file says that it is there. */
async function addDemoAccounts(signal: AbortSignal): Promise<void> {
	for await (const { filename } of watch(runtimeFolder, { signal })) {
		if (filename !== `${port}.json`) continue;
		const pool = await PoolClient.attach({ port, homeDir: poolHome });
		await pool.importAccounts(upstream.accounts.map(account => JSON.stringify(account.authFile())));
		pool.dispose();
		process.stdout.write('Three demo accounts are in the pool.\n');
		return;
	}
}
