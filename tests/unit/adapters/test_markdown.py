"""A page is cut into front matter, introduction and sections."""

from __future__ import annotations

import pytest

from goldenpath.adapters.markdown import read_page
from goldenpath.core.errors import TemplateError

PAGE = """\
---
id: backend
---

# Title

Intro.

## First *step*

Prose.

```goldenpath-hint
- one
```

More prose.


```python
## no heading
```

    ## none here either

> ## nor here

~~~goldenpath-check
- file: a
~~~

### Smaller

- In a list:

  ```goldenpath-check
  - file: b
  ```

## Second

````markdown
```goldenpath-hint
- an example
```
````
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_page_has_its_parts_whatever_its_line_ends(end: str) -> None:
    page = read_page(PAGE.replace("\n", end), file="path.md")
    assert page.front == {"id": "backend"}
    assert page.intro == "# Title\n\nIntro."
    assert [(section.title, section.line) for section in page.sections] == [("First *step*", 9), ("Second", 40)]


def test_blocks_belong_to_their_section_with_their_lines() -> None:
    first, second = read_page(PAGE, file="path.md").sections
    assert [(block.info, block.value, block.line) for block in first.blocks] == [
        ("goldenpath-hint", ["one"], 13),
        ("goldenpath-check", [{"file": "a"}], 28),
        ("goldenpath-check", [{"file": "b"}], 36),
    ]
    assert second.blocks == ()


def test_prose_is_without_the_blocks_that_machines_read() -> None:
    first, second = read_page(PAGE, file="path.md").sections
    assert first.body.startswith("Prose.\n\nMore prose.\n\n```python\n## no heading\n```\n")
    assert "goldenpath" not in first.body
    assert "\n\n\n" not in first.body
    assert "an example" in second.body


@pytest.mark.parametrize("text", ["", "# Title\n", "\n---\nid: a\n---\n", "---\nid: a\n"])
def test_a_page_without_front_matter_says_how_to_begin(text: str) -> None:
    with pytest.raises(TemplateError, match=r"^path.md:1: no front matter") as caught:
        read_page(text, file="path.md")
    assert "begin the file with" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("id: backend\n", "id: [\n", r"[23]", "not valid YAML"),
        ("- one\n", "- [one\n", r"1[45]", "not valid YAML"),
        ("```goldenpath-hint\n- one", "```goldenpath-hnt\n- one", "13", "`goldenpath-hnt` is no known block"),
        ("Intro.\n", "```goldenpath-check\n- file: a\n```\n", "7", "`goldenpath-check` stands before the first step"),
    ],
)
def test_an_error_names_the_line_of_the_page(old: str, new: str, line: str, words: str) -> None:
    with pytest.raises(TemplateError, match=rf"^path.md:{line}: .*{words}"):
        read_page(PAGE.replace(old, new, 1), file="path.md")


def test_a_page_without_sections_is_all_introduction() -> None:
    page = read_page("---\nid: a\n---\nHello.\n", file="path.md")
    assert (page.intro, page.sections) == ("Hello.", ())
