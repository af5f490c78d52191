import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ownerProof } from '../shared/ownerProof.js';
import { parseJson, requestLoopback, systemCode } from './loopbackRequest.js';

/**
 * Who holds a port: nobody, a pool, some other program, or something that accepts connections and does not answer
 * (a suspended pool does that). `stranger` calls itself a pool and is not the one whose token we know.
 */
export type PortHolder = 'free' | 'pool' | 'stranger' | 'foreign' | 'silent';

export interface ProbeOptions {
	readonly timeoutMs?: number;
	/** Of the pool that is expected. It has to prove that it has this token, and is not shown it. */
	readonly adminToken?: string;
}

const healthSchema = z.object({
	service: z.literal('codex-account-pool'),
	version: z.string(),
	proof: z.string().optional(),
});

export async function probePort(
	port: number,
	{ timeoutMs = 2_000, adminToken }: ProbeOptions = {},
): Promise<PortHolder> {
	const challenge = randomBytes(16).toString('base64url');
	const path = adminToken === undefined ? '/healthz' : `/healthz?challenge=${challenge}`;
	const signal = AbortSignal.timeout(timeoutMs);
	try {
		const reply = await requestLoopback({ port, method: 'GET', path, agent: false, signal });
		const health = healthSchema.safeParse(parseJson(reply.text));
		if (reply.status !== 200 || !health.success) return 'foreign';
		return adminToken === undefined || health.data.proof === ownerProof(adminToken, challenge) ? 'pool' : 'stranger';
	} catch (error) {
		if (signal.aborted) return 'silent';
		return systemCode(error) === 'ECONNREFUSED' ? 'free' : 'foreign';
	}
}
