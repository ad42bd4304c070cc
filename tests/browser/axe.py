"""What axe-core has against a page."""

from __future__ import annotations

from pathlib import Path

import pytest

AXE = Path(__file__).parents[1] / "js/node_modules/axe-core/axe.min.js"
SERIOUS = """async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"] })).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)"""


def serious(page) -> list[str]:
    """Each serious or critical finding, with the elements. Skips the test where axe-core is not here."""
    if not AXE.exists():
        pytest.skip("axe-core is not here; get it with: npm ci --prefix tests/js")
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(SERIOUS)
