// Runs before the first paint, so that the page never flashes in the other colours. No module: those wait.
try {
  const { theme } = JSON.parse(localStorage.getItem("imsearch") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* nothing is kept: the system's colours */ }
