import { Option, type Command } from 'commander';
import { join, resolve } from 'node:path';
import { poolHomeDir } from '../client/homeDir.js';
import { defaultIssuerUrl, defaultUpstreamUrl } from '../shared/runtimeMessages.js';
import { exitCodes } from './exitCode.js';
import { lineLog } from './lineLog.js';
import { parseAddress } from './optionParsers.js';
import { Output } from './output.js';
import { addPoolOptions, type PoolOptions } from './poolOptions.js';
import { programVersion } from './programVersion.js';

interface ServeOptions extends PoolOptions {
	readonly data?: string;
	readonly upstream: string;
	readonly issuer: string;
}

/** How long running streams may go on after the first signal. */
const drainMs = 30_000;

export function addServeCommand(program: Command): void {
	addPoolOptions(
		program
			.command('serve')
			.description('run a pool in this process until it is signalled; a second signal ends it at once')
			.option('--data <folder>', 'where accounts, usage and secrets rest (default: the folder "data" of ~/.codex-pool)')
			.addOption(address('--upstream <url>', 'address of the ChatGPT backend', defaultUpstreamUrl))
			.addOption(address('--issuer <url>', 'address of the sign-in service', defaultIssuerUrl)),
	).action(serve);
}

function address(flags: string, description: string, standard: string): Option {
	return new Option(flags, description).argParser(parseAddress).default(standard);
}

async function serve(options: ServeOptions): Promise<void> {
	const output = new Output(options.json === true);
	const homeDir = poolHomeDir();
	const dataDir = resolve(options.data ?? join(homeDir, 'data'));
	// Loaded here alone: the other commands start in a fraction of the time without the runtime.
	const [{ startRuntime }, { FileVault }] = await Promise.all([
		import('../runtime.js'),
		import('../storage/fileVault.js'),
	]);
	const runtime = await startRuntime(
		{
			port: options.port,
			dataDir,
			homeDir,
			upstreamUrl: options.upstream,
			issuerUrl: options.issuer,
			launcher: 'cli',
			version: programVersion,
			network: { proxyUrl: null, noProxy: [], extraCertificates: [] },
		},
		{ vault: new FileVault(dataDir), log: lineLog(output.json) },
	);
	const stopped = stopSignal();
	const { baseUrl, codexBaseUrl, openaiBaseUrl, port, pid } = runtime.owner;
	output.print({ baseUrl, port, pid }, () =>
		[
			`Codex Pool is ready on ${baseUrl}`,
			`Codex clients   ${codexBaseUrl}`,
			`OpenAI clients  ${openaiBaseUrl}`,
			'Ctrl+C stops it.',
		].join('\n'),
	);
	await Promise.race([stopped, runtime.shutDownAsked]);
	await runtime.close(drainMs);
}

/** Resolves at the first signal; the second one ends the process there and then. */
function stopSignal(): Promise<void> {
	return new Promise(resolveStop => {
		let signals = 0;
		const onSignal = (): void => {
			signals += 1;
			if (signals > 1) process.exit(exitCodes.failure);
			resolveStop();
		};
		process.on('SIGINT', onSignal);
		process.on('SIGTERM', onSignal);
	});
}
