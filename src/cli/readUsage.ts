import type { PoolClient } from '../client/poolClient.js';
import type { AccountView } from '../shared/accountApi.js';
import { PoolError } from '../shared/poolError.js';
import { accountNotes } from './accountNotes.js';
import { findAccount } from './findAccount.js';

/** Fresh figures of an account. A failed reading may have shown what is wrong with it: then that is what there is to say. */
export async function readUsage(pool: PoolClient, id: string): Promise<AccountView> {
	try {
		return await pool.refreshAccount(id);
	} catch (thrown) {
		if (!(thrown instanceof PoolError) || thrown.code !== 'upstream_failed') throw thrown;
		const notes = accountNotes(findAccount((await pool.state()).accounts, id), Date.now());
		throw new PoolError(thrown.code, [thrown.message, ...notes].join('\n'), { cause: thrown });
	}
}
