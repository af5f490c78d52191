import { dropLimits } from '../src/shared/dropLimits.js';
import type { DroppedFile, DropOutcome, RefusedFile } from '../src/shared/panelMessages.js';
import { sentenceOf } from './sentence.js';
import { text } from './text.js';

/** What the panel shows of a drop. `problem` is about the whole of it: then no file was looked at. */
export type ShownDrop =
	| { readonly kind: 'reading' }
	| { readonly kind: 'done'; readonly outcome: DropOutcome }
	| { readonly kind: 'failed'; readonly problem: string };

/** Reads what was dropped and hands it to the editor. Never rejects. */
export async function importDrop(
	files: readonly File[],
	send: (files: readonly DroppedFile[]) => Promise<DropOutcome>,
): Promise<ShownDrop> {
	if (files.length === 0) return { kind: 'failed', problem: text.dropNoFiles };
	if (files.length > dropLimits.files) return { kind: 'failed', problem: text.dropTooMany(dropLimits.files) };
	const read = await Promise.all(files.map(readFile));
	const readable = read.filter(file => 'text' in file);
	const unreadable = read.filter(file => 'problem' in file);
	if (readable.length === 0) return { kind: 'done', outcome: { imported: [], refused: unreadable } };
	try {
		const { imported, refused } = await send(readable);
		return { kind: 'done', outcome: { imported, refused: [...unreadable, ...refused] } };
	} catch (error) {
		return { kind: 'failed', problem: sentenceOf(error) };
	}
}

async function readFile(file: File): Promise<DroppedFile | RefusedFile> {
	const name = file.name.slice(0, 255);
	if (file.size > dropLimits.bytesPerFile) return { name, problem: text.dropTooLarge };
	return file.text().then(
		content => ({ name, text: content }),
		// A folder, or a file that is gone or locked.
		() => ({ name, problem: text.dropUnreadable }),
	);
}
