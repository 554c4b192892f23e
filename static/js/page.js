// Comfort on every page. Everything works without it.
import { focusFirstError, guardDoubleSubmit } from "./forms.js";
import { readAloud } from "./read-aloud.js";
import { fadeToasts } from "./toasts.js";

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

// The current entry of a scrolling menu comes into view, without moving the page.
const current = document.querySelector(".side nav [aria-current]");
if (current) {
  const list = current.closest("ul");
  list.scrollLeft = current.offsetLeft - list.offsetLeft - 16;
}

focusFirstError();
guardDoubleSubmit();
readAloud();
fadeToasts();
