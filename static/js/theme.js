// Sets Bootstrap's theme before the first paint: the reader's choice, else the system's.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const { theme } = root.dataset;
    const chosen = theme === "light" || theme === "dark" ? theme : dark.matches ? "dark" : "light";
    root.dataset.bsTheme = chosen;
  };
  dark.addEventListener("change", apply);
  apply();
})();
