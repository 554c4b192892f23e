// What is typed on a sheet stays on this device until it is saved: a closed tab or a lost connection loses nothing.
// It keeps the key of its form too: sent again after a connection that was lost, it is the same sheet.
// Kept under its author's name like what kept.js keeps: it goes when somebody else comes (page.js).

const form = document.querySelector("form[data-draft]");
if (form) keep(form);

const done = document.querySelector("[data-draft-done]");
if (done) {
  const [owner] = done.dataset.draftDone.split(".");
  forgetSent(`dynamo.kept.${done.dataset.draftDone}`);
  forgetSent(`dynamo.kept.${owner}.new`);
}

/** The saved sheet is shown: what was sent of it is kept no more; what was typed since is. */
function forgetSent(name) {
  if (document.shelf.read(name)?.sent) document.shelf.forget(name);
}

function keep(form) {
  const name = `dynamo.kept.${form.dataset.draft}`;
  const fields = [...form.querySelectorAll("input[type=text], input:not([type]), textarea, input[name=minutes]")];
  const ticks = [...form.querySelectorAll("input[type=checkbox]")];
  const key = form.querySelector("input[name=key]");
  const words = form.querySelector("[data-draft-words]");

  restore();
  form.addEventListener("input", () => write(false));
  form.addEventListener("submit", () => write(true));

  function write(sent) {
    const said = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const ticked = ticks.filter((tick) => tick.checked).map((tick) => tick.value);
    document.shelf.write(name, { said, ticked, key: key.value, sent });
  }

  function restore() {
    const kept = document.shelf.read(name);
    // A form that came back with its faults holds what was typed already.
    if (!kept || form.parentElement.querySelector("[data-error-summary]")) return;
    if (fields.every((field) => field.value === (kept.said[field.name] ?? ""))) return;
    for (const field of fields) field.value = kept.said[field.name] ?? field.value;
    for (const tick of ticks) tick.checked = kept.ticked.includes(tick.value);
    key.value = kept.key;
    words.textContent = words.dataset.draftWords;
    words.hidden = false;
  }
}
