/**
 * The QR code of a card leads here with its code after the #, which browsers never send to a server.
 * It moves into the form and out of the address and the history; without JavaScript it is typed.
 */
const field = document.querySelector("[data-card-field]");
const code = document.querySelector("[data-card-code]");
const pin = document.querySelector("[data-card-pin]");

/** What stands after the # of the address; null when it cannot be read, as with a lone %. */
function afterHash() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return null;
  }
}

function read() {
  const found = afterHash();
  document.querySelector("[data-card-unread]").hidden = found !== null;
  let told = (found ?? "").replace(/[^A-Z2-7]/gi, "");
  if (told.length < 32) told = ""; // the skip link of the page
  if (told) {
    code.value = told;
    history.replaceState(null, "", location.pathname + location.search);
  }
  // A code that came from a card is of no use to the eye; one typed wrong stays to be mended.
  if (told || sessionStorage.getItem("card-read")) {
    if (told) sessionStorage.setItem("card-read", "yes");
    if (!code.value) return;
    field.hidden = true;
    document.querySelector("[data-card-missing]").hidden = true;
    document.querySelector("[data-card-read]").hidden = false;
    pin.focus();
  }
}

/** A reader on a cable types the whole address, then Enter: the code is taken from it, and the PIN is asked. */
function takeTyped(event) {
  if (!code.value || pin.value) return;
  event.preventDefault();
  code.value = code.value.slice(code.value.lastIndexOf("#") + 1);
  pin.focus();
}

if (field && code && pin) {
  read();
  addEventListener("hashchange", read);
  code.form.addEventListener("submit", takeTyped);
  if (!code.value) code.focus();
}
