"""The nouns of `template publish`: where templates go, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one template. `pushed` are versions that are new there, `there` those that were there already.

    `main` is the version that its branch `main` has now, `is_made` says that the repository was made for it. `trouble`
    says why nothing was pushed, and `hint` what to do.
    """

    template: str
    address: str
    pushed: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    main: str = ""
    is_made: bool = False
    trouble: str = ""
    hint: str = ""
    is_refused: bool = False
    """Whether it is the forge that refused, or did not answer."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What became of every template that was named. Of a rehearsal: what would become of it."""

    to: str
    is_rehearsal: bool
    templates: tuple[Published, ...]

    @property
    def failed(self) -> tuple[Published, ...]:
        """Those of which nothing was pushed."""
        return tuple(each for each in self.templates if each.trouble)
