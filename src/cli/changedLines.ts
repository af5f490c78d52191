import { structuredPatch } from 'diff';

const options = { context: 2, stripTrailingCr: true } as const;

/** The change of a small file for a person's eyes: lines added and removed, with those around them. */
export function changedLines(before: string, after: string): string[] {
	const { hunks } = structuredPatch('', '', endingLine(before), endingLine(after), '', '', options);
	return hunks.flatMap(({ oldStart, lines }, at) => [
		...(at > 0 || oldStart > 1 ? ['  …'] : []),
		...lines.map(line => `${line.charAt(0)} ${line.slice(1)}`),
	]);
}

/** A last line that ends differently is no change to tell. */
function endingLine(text: string): string {
	return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
