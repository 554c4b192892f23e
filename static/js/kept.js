// Forms that must survive a lost connection: what waits is kept on this device, sent when the connection is back, and
// never twice, for the key of the form goes with it. Only ids, ticks and codes are kept, never a text.
// Each such form gets .kept; what is in its draft is for the script of its page (validation.js, roll.js).

const TRY_AGAIN = 15_000; // milliseconds, while something waits to be sent

for (const form of document.querySelectorAll("form[data-kept]")) form.kept = keeper(form);

function keeper(form) {
  const store = `dynamo.kept.${form.dataset.author}.${form.dataset.kept}`;
  const key = form.querySelector("input[name=key]");
  const notice = form.querySelector("[data-notice]");
  const saveButton = form.querySelector("[data-save]");
  const part = (name) => notice.querySelector(`[data-${name}]`);
  const cameBack = "cameBack" in form.dataset;
  let sent = false; // this key left once: a change needs another one
  let clock = null;

  /** What an earlier visit left, or null: .draft, .key, .at, and .waits when it had been sent and never arrived. */
  const read = () => document.shelf.read(store);

  function keep(kept) {
    // A page that came back to show both holds a part of the draft only: the whole stays as it is until it is saved.
    if (!cameBack) document.shelf.write(store, kept);
  }

  /** The form changed: keep its draft; nothing to keep when it is null. */
  function write(draft) {
    if (sent) {
      key.value = newKey();
      sent = false;
    }
    if (draft === null && !cameBack) forget();
    else keep({ draft, key: key.value, at: Date.now() });
  }

  const forget = () => document.shelf.forget(store);

  /** Take up what was kept: the same key, so that what did arrive counts once. */
  function takeUp(kept) {
    key.value = kept.key;
    sent = true;
    hide();
  }

  async function send(draft) {
    const pressed = clock === null; // by somebody, not by the clock
    stopTrying();
    sent = true;
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
      if (said.conflict) {
        // Somebody saved something else meanwhile: the page that shows both.
        HTMLFormElement.prototype.submit.call(form);
        return;
      }
      // The page came too late: the next press sends with the fresh token.
      if (said.csrf_token) form.querySelector("input[name=csrf_token]").value = said.csrf_token;
      show(said.refusals?.join(" ") || (answer.status < 500 ? notice.dataset.enter : notice.dataset.trouble), "retry");
      if (answer.status >= 500) waits(draft);
    } catch {
      show(notice.dataset.offline, "retry");
      waits(draft);
    }
    // The button is below, what went wrong is said above.
    if (pressed) notice.scrollIntoView({ block: "center" });
  }

  function waits(draft) {
    keep({ draft, key: key.value, at: Date.now(), waits: true });
    clock ??= setInterval(tryAgain, TRY_AGAIN);
  }

  function tryAgain() {
    if (clock !== null && navigator.onLine) form.requestSubmit(saveButton);
  }

  function stopTrying() {
    clearInterval(clock);
    clock = null;
  }

  function show(text, kind) {
    part("words").textContent = text;
    part("restore").hidden = kind !== "offer";
    part("forget").hidden = kind !== "offer";
    part("retry").hidden = kind !== "retry";
    notice.hidden = false;
  }

  function hide() {
    notice.hidden = true;
  }

  /** Say what an earlier visit left, to be taken up or forgotten by hand. */
  function offer(kept, number, takenUp) {
    const said = notice.dataset.offer.replace("{n}", number).replace("{at}", sayWhen(new Date(kept.at)));
    show(said, "offer");
    part("restore").addEventListener("click", takenUp, { once: true });
    part("forget").addEventListener("click", () => {
      forget();
      hide();
    }, { once: true });
  }

  addEventListener("online", tryAgain);
  part("retry").addEventListener("click", () => form.requestSubmit(saveButton));
  return { read, write, forget, takeUp, send, offer, hide, cameBack };
}

/** «mardi 24 novembre à 0 h 25», as the pages say it; in English «Tuesday 24 November at 00:25». */
function sayWhen(moment) {
  const french = document.documentElement.lang === "fr";
  const parts = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
  const said = moment.toLocaleString(french ? "fr" : "en-GB", parts);
  return french ? said.replace(/0?(\d+):(\d+)/, "$1\u00a0h\u00a0$2").replace(/\u00a000$/, "") : said;
}

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
