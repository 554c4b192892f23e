const SHOWN_FOR = 10_000; // milliseconds; what it says stays readable in the page and in the journal

/** A toast leaves after ten seconds, never while it is pointed at or holds the focus. */
export function fadeToasts() {
  for (const toast of document.querySelectorAll("[data-toast]")) {
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, SHOWN_FOR);
      else toast.remove();
    };
    setTimeout(leave, SHOWN_FOR);
  }
}
