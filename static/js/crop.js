// A frame on the photo that is about to be sent: by finger, mouse or keyboard. What is outside is never kept.
// Without it the same four numbers are typed. A heavy photo is drawn smaller here, which also forgets where it was taken.

const HEAVIEST = 8 * 1024 * 1024;
const LONGEST = 2048;
const GRIP = 10; // how near a corner takes hold of it, in hundredths of the photo

const fold = document.querySelector("[data-crop]");
const input = document.querySelector("input[type=file][name=photo]");
if (fold && input) start();

function start() {
  const fields = ["left", "top", "width", "height"].map((name) => fold.querySelector(`[name=${name}]`));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { tabIndex: 0, hidden: true, role: "application", ariaLabel: fold.dataset.label });
  fold.querySelector("summary").after(canvas);
  let photo = null;

  const frame = () => fields.map((field) => Number(field.value) || 0);

  /** Put the frame somewhere else, as far as the photo goes. */
  function put([left, top, width, height]) {
    const within = (value, least, most) => Math.round(Math.min(Math.max(value, least), most));
    const [w, h] = [within(width, 5, 100), within(height, 5, 100)];
    [within(left, 0, 100 - w), within(top, 0, 100 - h), w, h].forEach((value, number) => (fields[number].value = value));
    draw();
  }

  const change = (now, by) => put(now.map((value, number) => value + by[number]));

  function draw() {
    if (!photo) return;
    const [x, y, w, h] = frame().map((part, number) => (part * (number % 2 ? canvas.height : canvas.width)) / 100);
    const pen = canvas.getContext("2d");
    pen.drawImage(photo, 0, 0, canvas.width, canvas.height);
    pen.fillStyle = "rgb(0 0 0 / 65%)";
    pen.beginPath();
    pen.rect(0, 0, canvas.width, canvas.height);
    pen.rect(x, y, w, h);
    pen.fill("evenodd");
    pen.lineWidth = 4;
    pen.strokeStyle = "#FFC63F";
    pen.strokeRect(x, y, w, h);
  }

  input.addEventListener("change", async () => {
    photo = null;
    canvas.hidden = true;
    input.setCustomValidity("");
    const file = input.files[0];
    if (!file) return;
    try {
      photo = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      return; // the house says what it cannot read
    }
    await lighten(file);
    if (input.files[0].size > HEAVIEST) input.setCustomValidity(fold.dataset.heavy);
    size(canvas, 640, 480);
    canvas.hidden = false;
    put([0, 0, 100, 100]);
  });

  /** Make a sheet of the photo's shape, no larger than this nor than the photo. */
  function size(sheet, width, height) {
    const scale = Math.min(1, width / photo.width, height / photo.height);
    sheet.width = Math.round(photo.width * scale);
    sheet.height = Math.round(photo.height * scale);
  }

  // A smaller photo leaves faster and costs less; when the browser cannot, the whole one is sent.
  async function lighten(file) {
    if (Math.max(photo.width, photo.height) <= LONGEST && file.size < HEAVIEST / 8) return;
    const sheet = document.createElement("canvas");
    size(sheet, LONGEST, LONGEST);
    sheet.getContext("2d").drawImage(photo, 0, 0, sheet.width, sheet.height);
    const blob = await new Promise((done) => sheet.toBlob(done, "image/jpeg", 0.9));
    if (!blob || blob.size >= file.size) return;
    try {
      const chosen = new DataTransfer();
      chosen.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
      input.files = chosen.files;
    } catch {
      // An old browser: the photo goes as it is.
    }
  }

  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] }[event.key];
    if (!step) return;
    event.preventDefault();
    change(frame(), event.shiftKey ? [0, 0, ...step] : [...step, 0, 0]);
  });

  let hold = null; // where the finger took hold, of what, and the frame it had

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100];
  };

  canvas.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    const now = frame();
    const [left, top, width, height] = now;
    const near = (one, other) => Math.hypot(x - one, y - other) < GRIP;
    const end = near(left + width, top + height);
    const start = near(left, top);
    hold = { x, y, now, by: (dx, dy) => (end ? [0, 0, dx, dy] : start ? [dx, dy, -dx, -dy] : [dx, dy, 0, 0]) };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!hold) return;
    const [x, y] = at(event);
    change(hold.now, hold.by(x - hold.x, y - hold.y));
  });
  canvas.addEventListener("pointerup", () => (hold = null));
  for (const field of fields) field.addEventListener("input", draw);

  // A page that comes back does not bring the photo along: what is wrong beside it is said before it leaves.
  input.form.addEventListener("submit", (event) => {
    const wrong = input.files.length && input.form.querySelector("input:invalid, textarea:invalid, select:invalid");
    if (!wrong) return;
    event.preventDefault();
    say(wrong, wrong === input ? input.validationMessage : fold.dataset.missing);
  });
}

/** Say what is wrong above a field, where the house would say it, and go there. */
function say(field, words) {
  if (fold.contains(field)) fold.open = true;
  const id = `${field.id}-error`;
  const said = document.getElementById(id) ?? document.createElement("p");
  Object.assign(said, { id, className: "error", textContent: words });
  (field.closest("fieldset") ?? field).before(said);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${id}`);
  field.setAttribute("aria-invalid", "true");
  field.focus();
}
