import * as z from 'zod';
import { parseJson, requestLoopback, systemCode } from './loopbackRequest.js';

/**
 * Who holds a port: nobody, a pool, some other program, or something that accepts connections and does not answer
 * (a suspended pool does that).
 */
export type PortHolder = 'free' | 'pool' | 'foreign' | 'silent';

const healthSchema = z.object({ service: z.literal('codex-account-pool'), version: z.string() });

export async function probePort(port: number, timeoutMs = 2_000): Promise<PortHolder> {
	const signal = AbortSignal.timeout(timeoutMs);
	try {
		const reply = await requestLoopback({ port, method: 'GET', path: '/healthz', agent: false, signal });
		return reply.status === 200 && healthSchema.safeParse(parseJson(reply.text)).success ? 'pool' : 'foreign';
	} catch (error) {
		if (signal.aborted) return 'silent';
		return systemCode(error) === 'ECONNREFUSED' ? 'free' : 'foreign';
	}
}
