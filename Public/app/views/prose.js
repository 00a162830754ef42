/** Sentences with `code` and *emphasis* in them, as nodes. */
import { h } from "../dom.js";

export function prose(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).filter(Boolean).map((part) => {
    if (part.length > 2 && part.startsWith("`")) return h("code", {}, part.slice(1, -1));
    if (part.length > 4 && part.startsWith("**")) return h("strong", {}, part.slice(2, -2));
    if (part.length > 2 && part.startsWith("*")) return h("em", {}, part.slice(1, -1));
    return part;
  });
}
