/** Elements without innerHTML: text from a snippet is only ever text. */

const svgSpace = "http://www.w3.org/2000/svg";

/** Makes an element. Properties that begin with `on` are listeners; `false`, `null` and `undefined` leave one out. */
export function h(tag, properties = {}, ...children) {
  return furnish(document.createElement(tag), properties, children);
}

/** The same for SVG. */
export function s(tag, properties = {}, ...children) {
  return furnish(document.createElementNS(svgSpace, tag), properties, children);
}

function furnish(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The element with an id. */
export const byId = (id) => document.getElementById(id);

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined
    && child !== false));
}

/** Says something for a few seconds. */
export function notify(text) {
  const place = byId("notice");
  place.textContent = text;
  clearTimeout(notify.timer);
  notify.timer = setTimeout(() => (place.textContent = ""), 6000);
}
