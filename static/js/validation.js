// The validation grid: taps are instant, and what waits to be saved survives a lost connection or a closed tab (kept.js).
// Without it the same form works: ticks, «Tous» as buttons that come back filled, and «Enregistrer».

const form = document.querySelector("[data-validation]");
if (form) start(form, form.kept);

function start(form, keeper) {
  const boxes = [...form.querySelectorAll("input[name=cell]")];
  const count = form.querySelector("[data-count]");
  const undoButton = form.querySelector("[data-undo]");
  const proofs = [...form.querySelectorAll("[data-proofs] [data-expected]")]; // evidence and note of each competency
  const proofWords = form.querySelector("[data-proof]");
  const past = []; // what the cells were before each tap
  const seenAt = form.querySelector("input[name=seen_at]"); // of the grid on which the cells were ticked
  let left = keeper.cameBack ? null : keeper.read(); // by an earlier visit

  const chosen = () => form.querySelector("input[name=level]:checked")?.value ?? "target";
  const levelFor = (box) => (chosen() === "target" ? Number(box.dataset.target) : Number(chosen()));
  const keyOf = (box) => box.value.split(".").slice(0, 2).join(".");
  const cells = () => Object.fromEntries(boxes.filter((box) => box.checked).map((box) => [keyOf(box), levelOf(box)]));
  const levelOf = (box) => Number(box.value.split(".")[2] ?? levelFor(box));

  /** Give a level; ``least`` is what a cell must go beyond: what is held, or nothing for what was ticked before it was. */
  function give(box, level, least = Number(box.dataset.held)) {
    box.checked = level > least;
    box.value = box.checked ? `${keyOf(box)}.${level}` : keyOf(box);
    const next = box.parentElement.querySelector(".next");
    next.dataset.level = box.checked ? level : box.dataset.target;
    delete next.dataset.open;
  }

  function showAll(draft) {
    for (const box of boxes) give(box, draft[keyOf(box)] ?? 0);
  }

  const isChosen = (field) => field.value.trim() !== field.dataset.expected;
  const chosenProofs = () => Object.fromEntries(proofs.filter(isChosen).map((field) => [field.name, field.value]));

  function showProofs(chosen) {
    for (const field of proofs) field.value = chosen[field.name] ?? field.dataset.expected;
    sayProofs();
  }

  function sayProofs() {
    const number = new Set(proofs.filter(isChosen).map((field) => field.name.split("-")[1])).size;
    proofWords.textContent = words(number, proofWords);
  }

  /** What is kept on the device: ids, levels and codes of evidence; a note stays in the page. */
  const draft = () => ({ cells: cells(), proofs: codes(), seen_at: seenAt.value });
  const codes = () => Object.fromEntries(Object.entries(chosenProofs()).filter(([name]) => name.startsWith("evidence-")));

  function change(act) {
    if (left) restore();
    past.push(cells());
    act();
    changed();
  }

  function changed() {
    const number = Object.keys(cells()).length;
    count.textContent = words(number, count);
    sayProofs();
    undoButton.hidden = past.length === 0;
    keeper.write(number ? draft() : null);
  }

  function words(number, place) {
    const said = number === 0 ? "none" : number === 1 ? "one" : "many";
    return place.dataset[said].replace("{n}", number);
  }

  for (const field of proofs) {
    field.addEventListener("input", () => {
      if (left) restore();
      changed();
    });
  }

  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.name !== "cell") return;
    const wanted = levelFor(box);
    const before = Number(box.value.split(".")[2] ?? 0);
    box.checked = !box.checked; // as it was, so that «Défaire» finds it
    // A second tap takes back; with another level chosen above, it changes the level.
    change(() => give(box, box.checked && before === wanted ? 0 : wanted));
  });

  form.addEventListener("keydown", (event) => {
    // Enter on a cell is a tap, and nothing in a note: never the first button of the form.
    if (event.key !== "Enter" || !["checkbox", "text"].includes(event.target.type)) return;
    event.preventDefault();
    if (event.target.type === "checkbox") event.target.click();
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=fill]");
    if (!button) return;
    event.preventDefault();
    const [kind, number] = button.value.split(":");
    if (kind === "none") {
      change(() => showAll({}));
      return;
    }
    const open = boxes.filter((box) => inScope(box, kind, number) && levelFor(box) > Number(box.dataset.held));
    const again = open.length > 0 && open.every((box) => box.checked && levelOf(box) === levelFor(box));
    change(() => open.forEach((box) => give(box, again ? 0 : levelFor(box))));
  });

  function inScope(box, kind, number) {
    const [person, competency] = keyOf(box).split(".");
    return kind === "all" || (kind === "row" ? person : competency) === number;
  }

  undoButton.addEventListener("click", () => {
    showAll(past.pop() ?? {});
    changed();
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "fill" || event.defaultPrevented) return;
    event.preventDefault();
    keeper.send(draft());
  });

  function restore() {
    const kept = left;
    left = null;
    past.push(cells());
    // Ticked before a colleague saved as much: it is still sent, and the page shows both if they differ.
    const wanted = { ...kept.draft.cells, ...cells() };
    for (const box of boxes) give(box, wanted[keyOf(box)] ?? 0, 0);
    showProofs({ ...kept.draft.proofs, ...chosenProofs() });
    seenAt.value = kept.draft.seen_at;
    keeper.takeUp(kept);
    count.textContent = words(Object.keys(cells()).length, count);
    undoButton.hidden = false;
    // Some cells may have been saved since, or people marked absent: another key then.
    if (JSON.stringify(cells()) !== JSON.stringify(kept.draft.cells)) changed();
  }

  for (const box of boxes) {
    // The browser's Back would tick boxes again without their levels, those just saved too: the draft alone remembers.
    box.checked = box.defaultChecked;
    box.autocomplete = "off";
    if (box.checked) give(box, levelOf(box), 0);
  }
  addEventListener("pageshow", (event) => {
    // Kept whole by the browser, it may show what has been saved since.
    if (event.persisted && !keeper.cameBack && Object.keys(cells()).length && !keeper.read()) location.reload();
  });
  sayProofs(); // Back keeps the notes that were typed
  undoButton.hidden = true;
  if (left?.waits) {
    restore();
    form.requestSubmit(form.querySelector("[data-save]"));
  } else if (left) keeper.offer(left, Object.keys(left.draft.cells).length, () => left && restore());
}
