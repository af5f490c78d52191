import { PanelRoot } from './components/panelRoot.js';
import { listenForFiles } from './fileDrop.js';
import { PanelActionEvent, ReadAgainEvent, ViewChoiceEvent } from './panelAction.js';
import { PanelStore } from './panelStore.js';
import { documentSheet } from './styles/sheets.js';

/** The panel's page: one root element, drawn from one store. */
document.adoptedStyleSheets = [...document.adoptedStyleSheets, documentSheet];

const root = new PanelRoot();
const store = new PanelStore(view => (root.view = view));

root.addEventListener(PanelActionEvent.type, event => {
	if (event instanceof PanelActionEvent) void store.carryOut(event.action);
});
root.addEventListener(ViewChoiceEvent.type, event => {
	if (event instanceof ViewChoiceEvent) store.choose(event.choices);
});
root.addEventListener(ReadAgainEvent.type, event => {
	if (event instanceof ReadAgainEvent) store.readAgain(event.what);
});
root.addEventListener('pool-dismiss', () => store.dismiss());
root.addEventListener('pool-target-reached', () => store.reachTarget());
listenForFiles({ over: isOver => store.dragOver(isOver), drop: files => void store.drop(files) });

document.body.append(root);
store.start();
