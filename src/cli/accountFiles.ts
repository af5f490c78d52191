import { open } from 'node:fs/promises';
import { systemCode } from '../client/loopbackRequest.js';
import { PoolError } from '../shared/poolError.js';

const largestFile = 1_048_576;
const mostFiles = 100;

/** The texts of account files, all of them or none. */
export async function readAccountFiles(paths: readonly string[]): Promise<string[]> {
	if (paths.length > mostFiles) {
		throw new PoolError('invalid_request', `At most ${mostFiles} files can be imported at once.`);
	}
	return Promise.all(paths.map(readAccountFile));
}

async function readAccountFile(path: string): Promise<string> {
	const file = await open(path).catch((cause: unknown) => {
		throw new PoolError('invalid_account_file', unreadable(path, cause), { cause });
	});
	try {
		const stats = await file.stat();
		if (!stats.isFile()) throw new PoolError('invalid_account_file', `${path} is not a file. Name an auth.json.`);
		if (stats.size > largestFile) {
			throw new PoolError('invalid_account_file', `${path} is larger than 1 MiB, which no auth.json is.`);
		}
		return await file.readFile('utf8');
	} finally {
		await file.close();
	}
}

export function unreadable(path: string, cause: unknown): string {
	const code = systemCode(cause);
	if (code === 'ENOENT') return `${path} does not exist.`;
	return code === 'EACCES' || code === 'EPERM'
		? `${path} may not be read by you. Check its permissions.`
		: `${path} cannot be read.`;
}
