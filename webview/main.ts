import './displayLanguage.js';
import { PanelRoot } from './components/panelRoot.js';
import { listenForFiles } from './fileDrop.js';
import { keepFocus } from './keepFocus.js';
import { PanelActionEvent, ReadAgainEvent, SecretWishEvent, ViewChoiceEvent } from './panelAction.js';
import { PanelStore } from './panelStore.js';
import { documentSheet } from './styles/sheets.js';

/** The panel's page: one root element, drawn from one store. */
document.adoptedStyleSheets = [...document.adoptedStyleSheets, documentSheet];

const root = new PanelRoot();
const store = new PanelStore(view => (root.view = view));

root.addEventListener(PanelActionEvent.type, event => {
	if (event instanceof PanelActionEvent) event.outcome = store.carryOut(event.action);
});
root.addEventListener(SecretWishEvent.type, event => {
	if (event instanceof SecretWishEvent) event.secret = store.makeSecret(event.wish);
});
root.addEventListener(ViewChoiceEvent.type, event => {
	if (event instanceof ViewChoiceEvent) store.choose(event.choices);
});
root.addEventListener(ReadAgainEvent.type, event => {
	if (event instanceof ReadAgainEvent) store.readAgain(event.what);
});
root.addEventListener('pool-dismiss', () => store.dismiss());
root.addEventListener('pool-take-newer', () => store.takeNewerRequests());
root.addEventListener('pool-target-reached', () => store.reachTarget());
listenForFiles({ over: isOver => store.dragOver(isOver), drop: files => void store.drop(files) });
keepFocus(window);

document.body.append(root);
store.start();
