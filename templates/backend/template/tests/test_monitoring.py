import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

ROOT = Path(__file__).parent.parent
MADE_BY_PROMETHEUS = {"up"}


def alert_rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "monitoring/alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panel_queries() -> list[str]:
    panels = json.loads((ROOT / "monitoring/dashboard.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.mark.parametrize("query", [rule["expr"] for rule in alert_rules()] + panel_queries())
def test_what_is_asked_for_is_exported(client: TestClient, query: str) -> None:
    client.get("/greetings/Ada")
    exported = set(re.findall(r"^(\w+)[{ ]", client.get("/metrics").text, re.MULTILINE))

    asked = set(re.findall(r"(\w+)\{", query))

    assert asked
    assert asked <= exported | MADE_BY_PROMETHEUS


@pytest.mark.parametrize("rule", alert_rules(), ids=lambda rule: rule["alert"])
def test_whoever_is_woken_finds_a_section_in_the_runbook(rule: dict[str, Any]) -> None:
    page, _, section = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / page).read_text(), re.MULTILINE)

    assert section in {heading.lower() for heading in headings}
