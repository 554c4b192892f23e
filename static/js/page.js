// Comfort on every page: the theme, the toasts. Everything works without it.

const themeToggle = document.querySelector("[data-theme-toggle]");
if (themeToggle) {
  themeToggle.hidden = false;
  themeToggle.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
}

const SHOWN_FOR = 10_000; // milliseconds; what it says stays readable in the page and in the journal

/** A toast leaves after ten seconds, never while it is pointed at or holds the focus. */
function fadeToasts() {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_FOR);
      else toast.remove();
    };
    setTimeout(leave, SHOWN_FOR);
  }
}

fadeToasts();

/** What forms kept on this device (kept.js) for somebody else than who is in now goes. */
function forgetOthers(person) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("dynamo.kept.") && !name.startsWith(`dynamo.kept.${person}.`)) localStorage.removeItem(name);
    }
  } catch {
    // Private browsing: nothing was kept.
  }
}

if (document.body.dataset.person) forgetOthers(document.body.dataset.person);
