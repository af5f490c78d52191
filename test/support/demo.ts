// `npm start`: the whole path on this machine alone. The simulator stands for ChatGPT, the rest is the real program.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { startDemoUpstream } from './demoUpstream.js';

const { values: flags } = parseArgs({
	options: { once: { type: 'boolean', default: false }, port: { type: 'string', default: '2456' } },
});
const cli = join(import.meta.dirname, '../../dist/cli.cjs');
const run = promisify(execFile);

const folder = await mkdtemp(join(tmpdir(), 'codex-pool-demo-'));
const upstream = await startDemoUpstream();
const serve = spawn(
	process.execPath,
	[
		cli,
		'serve',
		'--json',
		'--port',
		flags.port,
		'--data',
		join(folder, 'data'),
		'--upstream',
		upstream.backendUrl,
		'--issuer',
		upstream.issuerUrl,
	],
	{ stdio: ['ignore', 'pipe', 'pipe'] },
);
let exitCode = 1;
try {
	const { baseUrl, port } = await readyLine(serve);
	const pool = (...words: string[]) => run(process.execPath, [cli, ...words, '--json', '--port', String(port)]);
	const files = await Promise.all(
		upstream.accounts.map(async (account, index) => {
			const file = join(folder, `account-${index}.json`);
			await writeFile(file, JSON.stringify(account.authFile()), { mode: 0o600 });
			return file;
		}),
	);
	await pool('accounts', 'import', ...files);
	const { key } = JSON.parse((await pool('keys', 'create', '--name', 'demo')).stdout) as { key: string };

	say(`The pool serves three demo accounts of a simulated ChatGPT.\n`);
	const body = JSON.stringify({ model: 'gpt-5.5', input: 'Hello from the demo!', stream: true });
	const events = await streamOnce(`${baseUrl}/v1/responses`, key, body);
	say(`\n${events} events streamed.\n`);
	say(`Base URL  ${baseUrl}/v1   (Codex: ${baseUrl}/backend-api/codex)`);
	say(`Pool key  ${key}\n`);
	say(
		`curl -N ${baseUrl}/v1/responses -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '${body}'`,
	);
	if (!flags.once) {
		say('\nCtrl+C stops it.');
		await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(serve, 'exit')]);
	}
	exitCode = 0;
} catch (error) {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
	if (serve.exitCode === null) {
		serve.kill('SIGTERM');
		await once(serve, 'exit');
	}
	await upstream.close();
	await rm(folder, { recursive: true, force: true });
}
process.exit(exitCode);

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

/** The one line that `serve --json` prints when it accepts requests. */
async function readyLine(child: ChildProcess): Promise<{ baseUrl: string; port: number }> {
	if (!child.stdout || !child.stderr) throw new Error('serve has no output');
	const errors: string[] = [];
	createInterface({ input: child.stderr }).on('line', line => errors.push(line));
	const lines = createInterface({ input: child.stdout });
	const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
	if (typeof first[0] !== 'string')
		throw new Error(errors.join('\n') || 'serve ended without a word; run "npm run build" first');
	return JSON.parse(first[0]) as { baseUrl: string; port: number };
}

/** Prints the text as it arrives; returns how many events came. */
function streamOnce(url: string, key: string, body: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = request(url, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		});
		sent.on('error', reject);
		sent.on('response', reply => {
			let events = 0;
			let completed = false;
			createInterface({ input: reply })
				.on('line', line => {
					if (!line.startsWith('data: ')) return;
					events++;
					const event = JSON.parse(line.slice(6)) as { type: string; delta?: string };
					if (event.type === 'response.output_text.delta') process.stdout.write(event.delta ?? '');
					completed ||= event.type === 'response.completed';
				})
				.on('close', () => {
					if (completed) resolve(events);
					else reject(new Error(`The pool answered ${reply.statusCode ?? 0} and the stream did not complete.`));
				});
		});
		sent.end(body);
	});
}
