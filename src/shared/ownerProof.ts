import { createHmac } from 'node:crypto';

/**
 * Shows that one has the admin token, and not the token: after a crash anybody may have taken the port, and would be told
 * whatever a pool is told, account files too.
 */
export function ownerProof(adminToken: string, challenge: string): string {
	return createHmac('sha256', adminToken).update(challenge).digest('base64url');
}
