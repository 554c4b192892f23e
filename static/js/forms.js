// Comfort of forms. Everything works without it.
// No file imports another: their addresses carry a digest that a relative import would lose.

// After a form was refused the focus is on the list of errors.
document.querySelector("[data-error-summary]")?.focus();

/**
 * A form is sent once: the button says "J’enregistre…" and further clicks do nothing.
 * The button is not disabled: its name and value must be sent, and a reader must still find it.
 */
function guardDoubleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return; // another script sends it
    if ("many" in form.dataset) return; // it gives a file: the page stays, and another may be asked for
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (button?.dataset.busy) {
      button.setAttribute("aria-busy", "true");
      (button.querySelector("span") ?? button).textContent = button.dataset.busy;
    }
  });
  // Coming back with the back button finds a page that can be sent again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
}

/** The summary says in full the hour that is chosen, as soon as it is. */
function sayChosenSlot() {
  for (const summary of document.querySelectorAll("form [data-summary]")) {
    const form = summary.closest("form");
    const say = () => {
      const said = form.querySelector("input[data-said]:checked")?.dataset.said;
      if (said) summary.textContent = said;
    };
    form.addEventListener("change", say);
    say();
  }
}

// The button that prints: without JavaScript the browser's own menu does.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

sayChosenSlot();
guardDoubleSubmit();
