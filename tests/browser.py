"""A real browser for the tests of pages, and what is asked of every page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Any]:
    """A context of its own; a test that needs one is skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}")
    with sync_api.sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        opened = playwright.chromium.launch_persistent_context(
            profile, executable_path=str(CHROMIUM), args=FLAGS, headless=True
        )
        yield opened
        opened.close()


def in_both_looks(page: Any, path: Path) -> Iterator[int]:
    """Show a page light on a projector and dark on a phone; gives the width."""
    for scheme, width in (("light", 1280), ("dark", 400)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 720})
        page.goto(path.as_uri())
        yield width


# As WCAG 2.2 defines it: success criteria 1.4.3, and 1.4.4's large text.
CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const poor = [];
  for (const node of document.querySelectorAll("body *:not(script):not(svg *)")) {
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
    const style = getComputedStyle(node);
    let behind = node;
    while (behind && parse(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const back = behind ? getComputedStyle(behind).backgroundColor : "rgb(255, 255, 255)";
    const [a, b] = [light(parse(style.color)), light(parse(back))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (!(ratio >= (large ? 3 : 4.5))) poor.push(`${node.tagName} ${node.className} ${style.color} ${back} ${ratio}`);
  }
  return poor;
}"""

STRUCTURE = """() => {
  const wrong = [];
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1]));
  levels.forEach((level, i) => level - (i ? levels[i - 1] : 0) > 1 && wrong.push(`heading ${i} skips a level`));
  if (levels.filter((level) => level === 1).length !== 1) wrong.push("not one h1");
  const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
  ids.forEach((id, i) => ids.indexOf(id) !== i && wrong.push(`id ${id} twice`));
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) wrong.push("img without alt");
  for (const image of document.images) if (!image.naturalWidth) wrong.push("an image is broken");
  for (const drawing of document.querySelectorAll("svg")) if (!drawing.ariaLabel) wrong.push("svg without a name");
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (!document.getElementById(link.getAttribute("href").slice(1))) wrong.push(`${link} leads nowhere`);
  for (const part of document.querySelectorAll("[aria-labelledby]"))
    if (!document.getElementById(part.getAttribute("aria-labelledby"))) wrong.push("a label that is not there");
  for (const table of document.querySelectorAll("table"))
    if (!table.caption && !table.ariaLabel && !table.closest("[aria-label]")) wrong.push("table without a name");
  return wrong;
}"""
