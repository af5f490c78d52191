import { parseArgs } from 'node:util';
import { startUpstream } from './startUpstream.js';

/**
 * The simulated provider as a program, for the benchmark and for trying things out by hand. Prints one line of JSON when
 * it listens and stops on SIGTERM or SIGINT.
 */
const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '0' },
		accounts: { type: 'string', default: '3' },
		/** Before the first byte of an answer. */
		'delay-ms': { type: 'string', default: '0' },
		'event-delay-ms': { type: 'string', default: '0' },
		/** Pieces of text in an answer. */
		deltas: { type: 'string' },
		/** Prepared answers that cost next to nothing. */
		canned: { type: 'boolean', default: false },
		/** Usage windows that never stop a request. */
		unlimited: { type: 'boolean', default: false },
	},
});

const plans = ['plus', 'pro', 'team'] as const;

const upstream = await startUpstream({
	port: Number(values.port),
	record: false,
	canned: values.canned,
	style: {
		thinkMs: Number(values['delay-ms']),
		eventDelayMs: Number(values['event-delay-ms']),
		deltas: values.deltas === undefined ? undefined : Number(values.deltas),
	},
	accounts: Array.from({ length: Number(values.accounts) }, (_, index) => ({
		plan: plans[index % plans.length] ?? 'plus',
		usage: {
			windows: [
				{ minutes: 300, usedPercent: (index * 23) % 80, resetsInMs: (60 + index * 37) * 60_000 },
				{ minutes: 10_080, usedPercent: (index * 17) % 60, resetsInMs: (24 + index * 31) * 3_600_000 },
			],
			credits: { hasCredits: values.unlimited, unlimited: values.unlimited, balance: '0' },
		},
	})),
});

const { backendUrl, issuerUrl, accounts } = upstream;
const listed = accounts.map(account => ({ email: account.email, plan: account.plan, authFile: account.authFile() }));
process.stdout.write(`${JSON.stringify({ backendUrl, issuerUrl, accounts: listed })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void upstream.close());
