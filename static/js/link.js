/**
 * The link of a letter leads here with its token after the #, which browsers never send to a server.
 * It moves into the form and out of the address and the history, and the form is sent; that uses nothing up yet.
 */
const field = document.querySelector("[data-link]");

function follow() {
  const told = location.hash.slice(1);
  if (told.length < 40) return; // the skip link of the page
  history.replaceState(null, "", location.pathname);
  field.value = told;
  field.form.requestSubmit();
}

if (field) {
  follow();
  addEventListener("hashchange", follow);
}
