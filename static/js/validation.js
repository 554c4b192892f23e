// The validation grid: taps are instant, and what waits to be saved survives a lost connection or a closed tab.
// Without it the same form works: ticks, «Tous» as buttons that come back filled, and «Enregistrer».

const form = document.querySelector("[data-validation]");
if (form) start(form);

function start(form) {
  const storeKey = `dynamo.validation.${form.dataset.author}.${form.dataset.session}.${form.dataset.stage}`;
  const boxes = [...form.querySelectorAll("input[name=cell]")];
  const keyField = form.querySelector("input[name=key]");
  const count = form.querySelector("[data-count]");
  const notice = form.querySelector("[data-notice]");
  const undoButton = form.querySelector("[data-undo]");
  const proofs = [...form.querySelectorAll("[data-proofs] [data-expected]")]; // evidence and note of each competency
  const proofWords = form.querySelector("[data-proof]");
  const past = []; // what the cells were before each tap
  let kept = readDraft();
  let tried = false; // this key was sent once: a change needs another one

  const chosen = () => form.querySelector("input[name=level]:checked")?.value ?? "target";
  const levelFor = (box) => (chosen() === "target" ? Number(box.dataset.target) : Number(chosen()));
  const keyOf = (box) => box.value.split(".").slice(0, 2).join(".");
  const cells = () => Object.fromEntries(boxes.filter((box) => box.checked).map((box) => [keyOf(box), levelOf(box)]));
  const levelOf = (box) => Number(box.value.split(".")[2] ?? levelFor(box));

  function give(box, level) {
    box.checked = level > Number(box.dataset.held);
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

  function change(act) {
    if (kept) restore();
    past.push(cells());
    act();
    changed();
  }

  function changed() {
    if (tried) {
      keyField.value = newKey();
      tried = false;
    }
    const draft = cells();
    const number = Object.keys(draft).length;
    count.textContent = words(number, count);
    sayProofs();
    undoButton.hidden = past.length === 0;
    if (number) write({ cells: draft, proofs: chosenProofs(), key: keyField.value, at: Date.now() });
    else forget();
  }

  function words(number, place) {
    const said = number === 0 ? "none" : number === 1 ? "one" : "many";
    return place.dataset[said].replace("{n}", number);
  }

  for (const field of proofs) {
    field.addEventListener("input", () => {
      if (kept) restore();
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
    send(event.submitter);
  });

  async function send(button) {
    const label = button?.querySelector("span");
    const before = label?.textContent;
    tried = true;
    hide();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
      });
      const said = await answer.json().catch(() => ({}));
      if (answer.ok && said.next) {
        forget();
        location.assign(said.next);
        return;
      }
      // The page came too late: the next press sends with the fresh token.
      if (said.csrf_token) form.querySelector("input[name=csrf_token]").value = said.csrf_token;
      show(said.refusals?.join(" ") || (answer.status < 500 ? notice.dataset.enter : notice.dataset.trouble), "retry");
    } catch {
      show(notice.dataset.offline, "retry");
    }
    // The form may be sent again: the guard against double sending is for sendings that went through.
    setTimeout(() => {
      delete form.dataset.sent;
      if (button) button.removeAttribute("aria-busy");
      if (label) label.textContent = before;
    });
  }

  // What was kept by an earlier visit is offered, never taken by itself.
  function readDraft() {
    try {
      const draft = JSON.parse(localStorage.getItem(storeKey));
      return draft && Object.keys(draft.cells).length ? draft : null;
    } catch {
      return null;
    }
  }

  function write(draft) {
    try {
      localStorage.setItem(storeKey, JSON.stringify(draft));
    } catch {
      // No room or private browsing: the page still works, it only forgets.
    }
  }

  function forget() {
    try {
      localStorage.removeItem(storeKey);
    } catch {
      // as above
    }
  }

  function restore() {
    const draft = kept;
    kept = null;
    hide();
    past.push(cells());
    showAll({ ...draft.cells, ...cells() });
    showProofs({ ...draft.proofs, ...chosenProofs() });
    keyField.value = draft.key;
    tried = true;
    count.textContent = words(Object.keys(cells()).length, count);
    undoButton.hidden = false;
    // Some cells may have been saved since, or people marked absent: another key then.
    if (JSON.stringify(cells()) !== JSON.stringify(draft.cells)) changed();
  }

  function show(text, kind) {
    notice.querySelector("[data-words]").textContent = text;
    notice.querySelector("[data-restore]").hidden = kind !== "offer";
    notice.querySelector("[data-forget]").hidden = kind !== "offer";
    notice.querySelector("[data-retry]").hidden = kind !== "retry";
    notice.hidden = false;
  }

  function hide() {
    notice.hidden = true;
  }

  notice.querySelector("[data-restore]").addEventListener("click", restore);
  notice.querySelector("[data-forget]").addEventListener("click", () => {
    kept = null;
    forget();
    hide();
  });
  notice.querySelector("[data-retry]").addEventListener("click", () => form.requestSubmit(form.querySelector("[data-save]")));

  for (const box of boxes) if (box.checked) give(box, levelOf(box));
  undoButton.hidden = true;
  if (kept) {
    show(notice.dataset.offer.replace("{n}", Object.keys(kept.cells).length).replace("{at}", sayWhen(new Date(kept.at))), "offer");
  }
}

/** «mardi 24 novembre à 0 h 25», as the pages say it; in English «Tuesday, 24 November at 00:25». */
function sayWhen(moment) {
  const language = document.documentElement.lang;
  const day = moment.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
  if (language !== "fr") return `${day} at ${moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })}`;
  const minutes = moment.getMinutes();
  return `${day} à ${moment.getHours()}\u00a0h${minutes ? `\u00a0${String(minutes).padStart(2, "0")}` : ""}`;
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
