/**
 * What the browser remembers for this page. Where it must not (a private frame), nothing is remembered, and all works.
 */
export const keep = {
  get(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem(name, value); } catch { /* not allowed here */ }
  },
};
