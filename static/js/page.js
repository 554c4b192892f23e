// Comfort on every page: the theme, the toasts, what is typed. Everything works without it.

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

// A toast leaves after ten seconds, never while it is pointed at or holds the focus.
for (const toast of document.querySelectorAll("[data-toast]")) {
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_FOR);
    else toast.remove();
  };
  setTimeout(leave, SHOWN_FOR);
}

// The menu of a phone closes when Tab leads out of it; Escape and a press beside it are the browser's.
const menu = document.querySelector("nav.many");
menu?.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.querySelector("[popover]").hidePopover?.();
});

/** What forms keep on this device, for kept.js and draft.js too; without room or in private browsing it only forgets. */
const attempt = (act) => {
  try {
    return act();
  } catch {
    return null;
  }
};
document.shelf = {
  read: (name) => attempt(() => JSON.parse(localStorage[name])),
  write: (name, kept) => attempt(() => (localStorage[name] = JSON.stringify(kept))),
  forget: (name) => attempt(() => delete localStorage[name]),
};

// What was kept for somebody else than who is in now goes.
const { person } = document.body.dataset;
for (const name of attempt(() => Object.keys(localStorage)) ?? []) {
  if (person && name.startsWith("dynamo.kept.") && !name.startsWith(`dynamo.kept.${person}.`)) document.shelf.forget(name);
}

// Who comes back to the answer of a form asks for the page anew: browsers keep no answer, and offer to send again.
const language = document.querySelector("[data-language]");
const here = language.next.value;
if (language.dataset.language) history.replaceState(null, "", here);

// The other language asks for the page anew: what was typed, no secret, waits in this tab; the next page erases it first.
const typed = [...document.querySelectorAll("main :is(input, select, textarea):not([type=hidden], [type=password], [type=file], [name^=code], [name^=link])")];
const [at, values] = JSON.parse(sessionStorage.typed ?? "[]");
delete sessionStorage.typed;
if (at === here) typed.forEach((field, number) => ([field.value, field.checked] = values[number]));
language.addEventListener("submit", () => {
  sessionStorage.typed = JSON.stringify([here, typed.map((field) => [field.value, field.checked])]);
});
