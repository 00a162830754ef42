/** Light and dark: as the system wants it, until the switch was used. */
import { byId } from "./dom.js";
import { keep } from "./keep.js";

export function mountTheme() {
  const button = byId("switch-theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-label", `Switch to the ${theme === "dark" ? "light" : "dark"} theme`);
  };
  apply(document.documentElement.dataset.theme);
  system.addEventListener("change", () => { if (!keep.get("theme")) apply(system.matches ? "dark" : "light"); });
  button.addEventListener("click", () => {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    keep.set("theme", theme);
    apply(theme);
  });
}
