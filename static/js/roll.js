// The call of a session: its ticks survive a lost connection or a closed tab (kept.js). Without it the same form works.

const form = document.querySelector("[data-roll]");
if (form) start(form, form.kept);

function start(form, kept) {
  const ticks = [...form.querySelectorAll("input[type=radio]")];
  const minutes = [...form.querySelectorAll("input[type=number]")];
  // What stood when the page was opened goes along: a call kept since then must not be laid over something newer.
  const read = [...form.querySelectorAll("input[name^='was-']")];
  const fields = [...minutes, ...read];

  const draft = () => ({
    ticks: Object.fromEntries(ticks.filter((tick) => tick.checked).map((tick) => [tick.name, tick.value])),
    fields: Object.fromEntries(fields.map((field) => [field.name, field.value])),
  });

  function apply(draft) {
    for (const tick of ticks) if (tick.name in draft.ticks) tick.checked = draft.ticks[tick.name] === tick.value;
    for (const field of fields) if (field.name in draft.fields) field.value = draft.fields[field.name];
  }

  form.addEventListener("input", () => kept.write(draft()));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    kept.send(draft());
  });

  const left = kept.read();
  if (!left || kept.cameBack) return;
  const takeUp = () => {
    apply(left.draft);
    kept.takeUp(left);
  };
  if (left.waits) {
    takeUp();
    form.requestSubmit(form.querySelector("[data-save]"));
  } else kept.offer(left, 1, takeUp);
}
