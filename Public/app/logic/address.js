/** What the URL says: a session, run, step and cell, a lesson, a stored program, or a program in the fragment. */

/** Reads a location. */
export function readAddress({ pathname, search, hash }) {
  const values = new URLSearchParams(search);
  const number = (name) => {
    const value = Number(values.get(name));
    return Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  const stored = /^\/(p|embed)\/([\w-]+)$/.exec(pathname);
  return {
    session: values.get("session"), run: number("run"), step: number("step"), cell: number("cell"),
      lesson: values.get("lesson"),
    view: values.get("view"), share: stored?.[2] ?? null, embedded: stored?.[1] === "embed", code: codeIn(hash),
  };
}

/** The path and query that `readAddress` reads back; what is null is left out. */
export function writeAddress({ session, run, step, cell, lesson }) {
  const values = Object.entries({ session, run, step, cell, lesson })
    .filter(([, value]) => value !== null && value !== undefined);
  return values.length ? "/?" + new URLSearchParams(values) : "/";
}

/** A link that holds a program itself. */
export function codeLink(code) {
  const bytes = new TextEncoder().encode(code);
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return "/#code=" + text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function codeIn(hash) {
  const text = /^#code=(.*)$/s.exec(hash)?.[1];
  if (text === undefined) return null;
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)));
  } catch {
    try { return decodeURIComponent(text); } catch { return null; }
  }
}
