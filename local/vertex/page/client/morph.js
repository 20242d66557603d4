/** Makes what is in an element like what is in another, and leaves alone what is so already: focus, scrolling, logs. */
export function morph(from, to) {
  const wantedIds = new Set([...to.children].map(({ id }) => id));
  for (const child of [...from.children]) if (child.id !== "" && !wantedIds.has(child.id)) child.remove();
  const keyed = new Map([...from.children].filter(({ id }) => id !== "").map((child) => [child.id, child]));
  let place = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const found = wanted.id ? (keyed.get(wanted.id) ?? null) : alike(place, wanted);
    if (found === null) {
      from.insertBefore(wanted, place);
      continue;
    }
    // What is moved begins anew, so that others rather go.
    while (place !== found && place !== null && !place.id) place = removed(place);
    if (found === place) place = place.nextSibling;
    else from.insertBefore(found, place);
    change(found, wanted);
  }
  while (place !== null) place = removed(place);
}

function alike(place, wanted) {
  return place !== null && place.nodeName === wanted.nodeName && !place.id ? place : null;
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function change(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  for (const { name, value } of to.attributes) {
    if (isOurs(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) if (isOurs(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  // Elements with a program of their own have filled themselves.
  if (!from.localName.includes("-")) morph(from, to);
}

/** Whether something is unfolded is its reader's choice. */
function isOurs(attribute) {
  return attribute !== "open" && attribute !== "data-ended";
}
