import { createReadStream } from 'node:fs';
import { systemCode } from '../client/loopbackRequest.js';
import { PoolError } from '../shared/poolError.js';

const largestFile = 1_048_576;
const mostFiles = 100;

/** The texts of account files, all of them or none; `-` is standard input. */
export async function readAccountFiles(paths: readonly string[]): Promise<string[]> {
	if (paths.length > mostFiles) {
		throw new PoolError('invalid_request', `At most ${mostFiles} files can be imported at once.`);
	}
	return Promise.all(paths.map(readAccountFile));
}

/** Whatever it may be: the other end of a pipe has no size to look at first. */
async function readAccountFile(path: string): Promise<string> {
	const [source, name] = path === '-' ? [process.stdin, 'Standard input'] : [createReadStream(path), path];
	const pieces: Buffer[] = [];
	let size = 0;
	try {
		for await (const piece of source as AsyncIterable<Buffer>) {
			size += piece.length;
			if (size > largestFile) break;
			pieces.push(piece);
		}
	} catch (cause) {
		throw new PoolError('invalid_account_file', unreadable(name, cause), { cause });
	}
	if (size > largestFile) {
		throw new PoolError('invalid_account_file', `${name} is larger than 1 MiB, which no auth.json is.`);
	}
	return Buffer.concat(pieces).toString('utf8');
}

const reasons: Readonly<Record<string, string>> = {
	ENOENT: 'does not exist.',
	EISDIR: 'is a folder. Name a file.',
	EACCES: 'may not be read by you. Check its permissions.',
	EPERM: 'may not be read by you. Check its permissions.',
};

export function unreadable(path: string, cause: unknown): string {
	return `${path} ${reasons[systemCode(cause) ?? ''] ?? 'cannot be read.'}`;
}
