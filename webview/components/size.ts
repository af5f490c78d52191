import { noChange } from 'lit';
import { Directive, directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

/** Sets `--size` and `--offset` through the object model: the content policy forbids style attributes, not this. */
class SizeDirective extends Directive {
	#element: HTMLElement | undefined;

	constructor(part: PartInfo) {
		super(part);
		if (part.type !== PartType.ELEMENT) throw new TypeError('size() belongs on an element');
	}

	render(sizePercent: number, offsetPercent = 0): typeof noChange {
		this.#element?.style.setProperty('--size', `${sizePercent}%`);
		this.#element?.style.setProperty('--offset', `${offsetPercent}%`);
		return noChange;
	}

	override update(part: ElementPart, [sizePercent, offsetPercent]: [number, number?]): typeof noChange {
		this.#element = part.element instanceof HTMLElement ? part.element : undefined;
		return this.render(sizePercent, offsetPercent);
	}
}

/** `<div ${size(37)}>`: a length that comes from data, in per cent. */
export const size = directive(SizeDirective);
