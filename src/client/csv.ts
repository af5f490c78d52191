/** Numbers are written as they are, null as nothing. */
export type CsvCell = string | number | null;

/**
 * One record of RFC 4180, with its line end. Names come from strangers: a text that a spreadsheet would run as a formula
 * gets an apostrophe in front, which makes it text there.
 */
export function csvRecord(cells: readonly CsvCell[]): string {
	return `${cells.map(csvField).join(',')}\r\n`;
}

function csvField(cell: CsvCell): string {
	if (cell === null) return '';
	if (typeof cell === 'number') return String(cell);
	const text = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
