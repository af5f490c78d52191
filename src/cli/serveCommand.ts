import { Option, type Command } from 'commander';
import { join, resolve } from 'node:path';
import { poolHomeDir } from '../client/homeDir.js';
import { defaultRetention } from '../shared/retention.js';
import { defaultIssuerUrl, defaultUpstreamUrl } from '../shared/runtimeMessages.js';
import { exitCodes } from './exitCode.js';
import { lineLog } from './lineLog.js';
import { parseAddress, parseHistoryDays, parseHistoryRows } from './optionParsers.js';
import { Output } from './output.js';
import { addPoolOptions, type PoolOptions } from './poolOptions.js';
import { readPriceFile } from './priceFile.js';
import { programVersion } from './programVersion.js';

interface ServeOptions extends PoolOptions {
	readonly data?: string;
	readonly upstream: string;
	readonly issuer: string;
	readonly prices?: string;
	readonly acceptOwnLogins?: true;
	readonly historyDays: number;
	readonly historyRows: number;
}

const priceHelp = `
A price file gives models their prices, in US dollars for a million tokens. Each takes the place of the pool's own:
  {"gpt-5.5": {"input": 5, "cachedInput": 0.5, "output": 30, "priority": 2.5}}
"priority" and "flex" are what a tier multiplies the rates by; "longContext" is what a long input does:
  {"above": 272000, "input": 2, "output": 1.5}`;

/** How long running streams may go on after the first signal. */
const drainMs = 30_000;

export function addServeCommand(program: Command): void {
	addPoolOptions(
		program
			.command('serve')
			.description('run a pool in this process until it is signalled; a second signal ends it at once')
			.option('--data <folder>', 'where accounts, usage and secrets rest (default: the folder "data" of ~/.codex-pool)')
			.addOption(address('--upstream <url>', 'address of the ChatGPT backend', defaultUpstreamUrl))
			.addOption(address('--issuer <url>', 'address of the sign-in service', defaultIssuerUrl))
			.option('--accept-own-logins', 'let Codex in by the ChatGPT login of an account in the pool, without a pool key')
			.addOption(
				new Option('--history-days <days>', 'how long requests are kept one by one; sums are kept for ever')
					.argParser(parseHistoryDays)
					.default(defaultRetention.days),
			)
			.addOption(
				new Option('--history-rows <count>', 'how many requests are kept one by one')
					.argParser(parseHistoryRows)
					.default(defaultRetention.rows),
			)
			.option('--prices <file>', 'your own prices for the cost estimate, as JSON')
			.addHelpText('after', priceHelp),
	).action(serve);
}

function address(flags: string, description: string, standard: string): Option {
	return new Option(flags, description).argParser(parseAddress).default(standard);
}

async function serve(options: ServeOptions): Promise<void> {
	const output = new Output(options.json === true);
	const homeDir = poolHomeDir();
	const dataDir = resolve(options.data ?? join(homeDir, 'data'));
	const own = options.prices === undefined ? undefined : await readPriceFile(options.prices);
	for (const problem of own?.problems ?? []) output.note({ level: 'warn', event: 'price ignored', problem }, problem);
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
			acceptOwnLogins: options.acceptOwnLogins === true,
			launcher: 'cli',
			version: programVersion,
			...(own && { prices: own.prices }),
			retention: { days: options.historyDays, rows: options.historyRows },
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
