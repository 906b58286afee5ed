"""Plan the cases that a template is tried with: its named answers, both ends, and every combination of a few."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.adapters.covering import count_combinations, covering_rows
from goldenpath.adapters.remembering import names_in, remembering
from goldenpath.core.combinations import Model, cover
from goldenpath.core.errors import GoldenpathError, TooSlowError
from goldenpath.core.faults import Fault
from goldenpath.core.filling import DEFAULT, DeadEnd, Steps, Wishes, fill_in
from goldenpath.core.interview import interview_of, key_of, level_of, replayed
from goldenpath.core.levels import MOST_LEVELS, all_levels, thinned
from goldenpath.core.made_up import made_up
from goldenpath.core.proving import Case, CasePlan
from goldenpath.rules.asking import answers_fit, default_fits
from goldenpath.rules.source import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from goldenpath.core.filling import Row
    from goldenpath.core.interview import Interview, Level
    from goldenpath.rules.source import Source

RULE = "cases"
MOST_STEPS = 200_000
"""How many values are looked at in all searches together; ours take a hundredth of it."""
MANY = 30_000
"""With more combinations than this, fewer values of each question are tried."""
MOST_COMBINATIONS = 200_000
"""With more than this, the combinations are of fewer answers."""
DEFAULT_CASE = "defaults"
_WORDS = {1: "single", 2: "pair", 3: "triple"}


def plan_cases(source: Source, strength: int = 2) -> CasePlan:
    """The answers to try: defaults, sets in `answers/`, the least, the most, and a set with every combination.

    The same template gives the same cases. Of cases with the same answers one is kept, that of `answers/` before any
    other. Where there are fewer questions than `strength`, the combinations are of fewer answers.
    """
    names = names_in(source.dialect, has_extensions=source.has_extensions)
    source = replace(source, language=remembering(source.language, names))
    try:
        return _planned(source, interview_of(source.questions, source.language, names), strength)
    except TooSlowError as error:
        return CasePlan((), strength, 0, 0, (Fault(source.copier_file, 1, RULE, error.message, error.hint),))


def _planned(source: Source, interview: Interview, strength: int) -> CasePlan:
    steps = Steps(MOST_STEPS)
    sets = _sets(source, interview)
    values = _values(source, sets)
    faults = list(_misfits(source))
    defaults = fill_in(interview, Wishes(partial(_defaults_first, interview, values), {}), steps)
    known = [row for row in (defaults, *sets.values()) if not isinstance(row, DeadEnd)]
    if isinstance(defaults, DeadEnd) and not known:
        return CasePlan((), strength, 0, 0, (*faults, _nothing_taken(source, defaults)))
    levels = all_levels(interview, known, values, steps)
    model = _modest(Model(interview, tuple(levels), strength), known[0])
    if model.levels != tuple(levels):
        faults.append(_too_many_values(source, max(map(len, model.levels))))
    if model.strength < min(strength, sum(map(bool, levels))):
        faults.append(_too_many(source, strength, model.strength))
    ends = {
        DEFAULT_CASE: defaults,
        "minimal": fill_in(interview, Wishes(lambda number, _: levels[number], {}), steps),
        "maximal": fill_in(interview, Wishes(lambda number, _: levels[number][::-1], {}), steps),
    }
    named = {name: row for name, row in ends.items() if not isinstance(row, DeadEnd)}
    rows = [*sets.values(), *named.values()]
    found = cover(model, rows, _drafts(model, rows), steps)
    if found.undecided:
        faults.append(_undecided(source, found.undecided))
    more = _numbered(model.strength, found.rows[len(rows) :])
    cases = tuple(_cases(interview, sets, named, more))
    return CasePlan(cases, model.strength, found.covered, found.feasible, (*faults, *default_fits(source)))


def _sets(source: Source, interview: Interview) -> dict[str, Row]:
    """The sets in `answers/` that the questions take, by their files."""
    fitting = ((file, each) for file, each in source.settled.items() if file != DEFAULTS and isinstance(each, dict))
    return {file: replayed(interview, answers) for file, answers in fitting}


def _values(source: Source, sets: Mapping[str, Row]) -> list[list[Level]]:
    """The values that some set gives to each question, where they are not the question's default anyway."""
    given: list[list[Level]] = [[] for _ in source.questions]
    for file, row in sets.items():
        written = source.answers[file]
        for number, question in enumerate(source.questions):
            if isinstance(written, dict) and question.name in written and not row[number].is_default:
                given[number].append(level_of(row[number].value))
    return given


def _defaults_first(interview: Interview, values: Sequence[Sequence[Level]], number: int, row: Row) -> Iterator[Level]:
    """What to answer when nothing is wished: the default, else what some set gives, else anything."""
    yield from (DEFAULT, *values[number])
    yield from (*interview.selections(number, row), *made_up(interview.questions[number]))


def _modest(model: Model, defaults: Row) -> Model:
    """The model with as few values of each question, then of as few answers each, as keep its combinations few."""
    places = dict(model.points(defaults))
    musts = [[levels[places[number]]] if number in places else [] for number, levels in enumerate(model.levels)]
    most = MOST_LEVELS
    levels = model.levels
    while most > 2 and _count(levels, model.strength) > MANY:
        most -= 1
        levels = tuple(thinned(each, must, most) for each, must in zip(model.levels, musts, strict=True))
    strength = min(model.strength, max(1, sum(map(bool, levels))))
    while strength > 1 and _count(levels, strength) > MOST_COMBINATIONS:
        strength -= 1
    return replace(model, levels=levels, strength=strength)


def _count(levels: Iterable[Sequence[Level]], strength: int) -> int:
    return count_combinations(map(len, levels), strength)


def _drafts(model: Model, rows: Iterable[Row]) -> list[Mapping[int, int]]:
    """Rows that would have every combination if the questions took any answer, whatever the others are."""
    sizes = {number: len(levels) for number, levels in enumerate(model.levels) if levels}
    return covering_rows(sizes, model.strength, [dict(model.points(row)) for row in rows]) if sizes else []


def _cases(
    interview: Interview, sets: Mapping[str, Row], ends: Mapping[str, Row], more: Mapping[str, Row]
) -> list[Case]:
    """The cases in the order in which they are shown, each of its own name and answers."""
    names = _names(sets, {*ends, *more})
    named = [Case(names[file], interview.answers(row), is_named=True) for file, row in sets.items()]
    others = [Case(name, interview.answers(row), name == DEFAULT_CASE) for name, row in (*ends.items(), *more.items())]
    kept: dict[str, Case] = {}
    for case in (*named, *others):
        kept.setdefault(key_of(case.answers), case)
    return sorted(kept.values(), key=lambda case: case.name != DEFAULT_CASE)


def _names(files: Iterable[str], reserved: set[str]) -> dict[str, str]:
    """The name of each set of answers: its file's without the ending, unless that is another's name."""
    names: dict[str, str] = {}
    for file in files:
        inside = PurePosixPath(file).relative_to("answers")
        stem = inside.with_suffix("").as_posix()
        names[file] = inside.as_posix() if stem in {*reserved, *names.values()} else stem
    return names


def _numbered(strength: int, rows: Iterable[Row]) -> dict[str, Row]:
    word = _WORDS.get(strength, f"{strength}-wise")
    return {f"{word}-{number}": row for number, row in enumerate(rows, start=1)}


def _misfits(source: Source) -> Iterator[Fault]:
    """Sets in `answers/` that can't be read, or that the questions refuse."""
    refused = {file: each for file, each in source.settled.items() if isinstance(each, GoldenpathError)}
    files = [file for file, each in source.answers.items() if file in refused or not isinstance(each, dict)]
    if not files:
        return
    found = [fault for fault in (*source.troubles, *answers_fit(source)) if fault.file in source.answers]
    yield from found
    for file in files:
        if file in refused and file not in {fault.file for fault in found}:
            yield Fault(file, 1, "answers-fit", refused[file].message, refused[file].hint)


def _nothing_taken(source: Source, end: DeadEnd) -> Fault:
    name = source.questions[end.question].name
    place = source.place(name)
    said = f": {end.error}" if end.error else ", and takes none of the values that were made up"
    problem = f"question `{name}` has no answer to be tried with{said}"
    fix = "add a set to answers/ that answers it, or give it a default that fits"
    return Fault(place.file, place.line, RULE, problem, fix)


def _too_many(source: Source, wanted: int, tried: int) -> Fault:
    problem = f"there are too many combinations of {wanted} answers; those of {tried} are tried"
    return Fault(source.copier_file, 1, RULE, problem, f"ask for --strength {tried}", is_warning=True)


def _too_many_values(source: Source, tried: int) -> Fault:
    problem = f"there are too many combinations of answers; {tried} values of a question at most are tried"
    return Fault(source.copier_file, 1, RULE, problem, "name the answers that matter in answers/", is_warning=True)


def _undecided(source: Source, count: int) -> Fault:
    problem = f"{count} combinations of answers were neither found nor ruled out, and are not tried"
    return Fault(source.copier_file, 1, RULE, problem, "add the sets that matter to answers/", is_warning=True)
