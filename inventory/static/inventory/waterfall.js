// Bar widths come from data attributes, so that the page needs no inline styles.
for (const segment of document.querySelectorAll(".wf-seg")) {
  segment.style.flexGrow = segment.dataset.share;
}
