// Runs before the page is drawn, so that a page in the dark theme does not flash white.
document.documentElement.dataset.theme = (() => {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  try { return localStorage.getItem("theme") ?? system; } catch { return system; }
})();
