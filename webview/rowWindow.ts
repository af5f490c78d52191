/** Which rows of a long list are drawn. All are equally high, so nothing has to be measured. */

export const rowHeight = 24;

/** Rows that are drawn beyond either edge, so that quick scrolling shows no gap. */
const spare = 8;

export interface RowWindow {
	readonly first: number;
	/** Not drawn any more. */
	readonly end: number;
}

/** `scrolled` and `height` in pixels. */
export function rowWindow(count: number, scrolled: number, height: number): RowWindow {
	const first = Math.max(0, Math.min(count, Math.floor(scrolled / rowHeight) - spare));
	const end = Math.min(count, Math.ceil((scrolled + height) / rowHeight) + spare);
	return { first, end: Math.max(first, end) };
}

/** How far to scroll so that a row is seen, and no further; undefined when it is. */
export function scrollTo(index: number, scrolled: number, height: number): number | undefined {
	const top = index * rowHeight;
	if (top < scrolled) return top;
	return top + rowHeight > scrolled + height ? top + rowHeight - height : undefined;
}
