/** Hears of files that are dragged over the page and dropped onto it. */
export interface FileDropListener {
	readonly over: (isOver: boolean) => void;
	readonly drop: (files: readonly File[]) => void;
}

/** For the whole page, which lives as long as the panel. The editor lets a drag through only while Shift is held. */
export function listenForFiles({ over, drop }: FileDropListener): void {
	window.addEventListener('dragover', event => {
		if (!event.dataTransfer || !holdsFiles(event.dataTransfer)) return;
		// Without this the page would be replaced by the file.
		event.preventDefault();
		event.dataTransfer.dropEffect = 'copy';
		over(true);
	});
	window.addEventListener('dragleave', event => {
		// Leaving one element for another of the page is no leaving.
		if (event.relatedTarget === null) over(false);
	});
	window.addEventListener('dragend', () => over(false));
	window.addEventListener('drop', event => {
		over(false);
		if (!event.dataTransfer || !holdsFiles(event.dataTransfer)) return;
		event.preventDefault();
		drop([...event.dataTransfer.files]);
	});
}

/** The editor's own lists give addresses and no files: whoever drops those is told so. */
function holdsFiles({ types }: DataTransfer): boolean {
	return types.some(type => type === 'Files' || type.endsWith('uri-list'));
}
