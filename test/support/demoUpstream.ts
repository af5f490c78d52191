import { startUpstream, type Upstream } from './upstream/startUpstream.js';

/** A ChatGPT of three accounts, which answers at the pace of a person who reads. */
export function startDemoUpstream(): Promise<Upstream> {
	return startUpstream({
		accounts: [
			{ email: 'ada@example.com', plan: 'plus' },
			{ email: 'grace@example.com', plan: 'pro' },
			{ email: 'alan@example.com', plan: 'plus' },
		],
		style: { eventDelayMs: 30 },
	});
}
