export interface Column {
	readonly title: string;
	readonly align?: 'left' | 'right';
}

export interface TableOptions {
	/** Dresses the finished title line, for example in bold. */
	readonly styleTitle?: (line: string) => string;
	/** Columns that do not fit beside the others stand below them, in every row. */
	readonly maxWidth?: number;
}

const gap = '  ';
const indent = '  ';

/** Aligned columns under upper-case titles. Cells hold text of strangers (names, e-mails): control characters are dropped. */
export function textTable(
	columns: readonly Column[],
	rows: readonly (readonly string[])[],
	{ styleTitle = line => line, maxWidth = Infinity }: TableOptions = {},
): string {
	const cells = rows.map(row => columns.map((_, index) => plainText(row[index] ?? '')));
	const titles = columns.map(column => plainText(column.title).toUpperCase());
	const widths = titles.map((title, index) =>
		Math.max(displayWidth(title), ...cells.map(row => displayWidth(row[index] ?? ''))),
	);
	const lines = foldColumns(widths, maxWidth);
	const padded = (row: readonly string[], index: number): string => {
		const cell = row[index] ?? '';
		const padding = ' '.repeat((widths[index] ?? 0) - displayWidth(cell));
		return columns[index]?.align === 'right' ? padding + cell : cell + padding;
	};
	const rowText = (row: readonly string[]): string =>
		lines
			.map((line, at) => (at === 0 ? '' : indent) + line.map(index => padded(row, index)).join(gap))
			.map(line => line.trimEnd())
			.filter((line, at) => at === 0 || line !== '')
			.join('\n');
	return [styleTitle(rowText(titles)), ...cells.map(rowText)].join('\n');
}

/** The columns of each line of a row: as many as fit. One that is too wide by itself has a line of its own. */
function foldColumns(widths: readonly number[], maxWidth: number): number[][] {
	const lines: number[][] = [];
	let room = 0;
	for (const [index, width] of widths.entries()) {
		room -= gap.length + width;
		const line = lines.at(-1);
		if (line && room >= 0) {
			line.push(index);
		} else {
			room = maxWidth - width - (line ? indent.length : 0);
			lines.push([index]);
		}
	}
	return lines;
}

/** Text that cannot steer a terminal. */
export function plainText(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
}

const graphemes = new Intl.Segmenter();

/** Columns of a terminal that `text` takes: East Asian and emoji characters take two. */
function displayWidth(text: string): number {
	if (/^[ -~]*$/.test(text)) return text.length;
	let width = 0;
	for (const { segment } of graphemes.segment(text)) {
		width +=
			/\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
				segment,
			)
				? 2
				: 1;
	}
	return width;
}
