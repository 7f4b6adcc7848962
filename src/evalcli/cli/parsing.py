"""Checks of the command line before it is parsed: unknown options get a hint by meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from evalcli.cli import synonyms
from evalcli.cli.config_file import PATHS
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank, Hint, Step, Value, flag, maybe, omit, run, use
from evalcli.loaders.formats import SUFFIXES
from evalcli.text import join_names

NEAR = 0.75
"""Minimum similarity of a misspelled option to a known one, from 0 to 1."""
HELP = ("-h", "--help")
Commands = Callable[[], Mapping[str, Any]]
"""Makes every command by name."""


class Typed(Struct, frozen=True):
    """An option as it was typed. ``option``: None where the command does not have it."""

    spelled: str
    option: Any = None
    value: str | bool | None = None


def scan(options: Iterable[Any], arguments: Sequence[str]) -> tuple[list[Typed], list[str]]:
    """The options of a command line as its parser reads them, and all other words."""
    known = {name: (option, True) for option in options for name in option.opts}
    known |= {name: (option, False) for option in options for name in option.secondary_opts}
    words = {synonyms.fold(name) for name in known if name.startswith("--")} | set(synonyms.table())
    typed: list[Typed] = []
    others: list[str] = []
    rest = list(arguments)
    while rest:
        text = rest.pop(0)
        name, equals, value = text.partition("=")
        if text == "--":
            return typed, [*others, *rest]
        if not text.startswith("-") or text == "-":
            others.append(text)
        elif name in known and (name.startswith("--") or not equals):
            option, on = known[name]
            if option.is_flag:
                typed.append(Typed(name, option, value if equals else on))
            else:
                typed.append(Typed(name, option, value if equals else rest.pop(0) if rest else None))
        elif text[:2] in known and not text.startswith("--") and synonyms.fold(name) not in words:
            option, on = known[text[:2]]
            typed.append(Typed(text[:2], option, on if option.is_flag else text[2:]))
            if option.is_flag:
                rest.insert(0, f"-{text[2:]}")
        else:
            following = rest[0] if rest and not rest[0].startswith("-") else None
            typed.append(Typed(name, None, value if equals else following))
    return typed, others


def check(command: str, options: Sequence[Any], arguments: Sequence[str], commands: Commands) -> bool:
    """Refuse options that the command does not have, and values that contradict each other, all at once.

    Returns whether help is asked for, which takes precedence over all errors.
    """
    options = [option for option in options if option.param_type_name == "option"]
    typed, others = scan(options, arguments)
    if any(one.spelled in HELP for one in typed):
        return True
    problems = ErrorCollector()
    for one in typed:
        if one.option is None:
            with problems.collect():
                raise UsageError(
                    f"no such option: {one.spelled}",
                    hint=Answer(command, options, one, others).hint(arguments, commands),
                )
    for option in options:
        with problems.collect():
            _refuse_two([one for one in typed if one.option is option])
    problems.raise_if_any()
    return False


def _refuse_two(typed: Sequence[Typed]) -> None:
    """Refuse two values of an option that takes one."""
    if not typed or typed[0].option.multiple:
        return
    name, values = typed[0].option.name, list(dict.fromkeys(one.value for one in typed))
    if len(values) < 2:
        return
    if typed[0].option.is_flag:
        raise UsageError(
            f"{flag(name)} and {flag(name, False)} contradict each other",
            hint=omit(name) | omit(f"no_{name}"),
        )
    shown = [str(value) for value in values]
    hint = use(**{name: shown[0]})
    for value in shown[1:]:
        hint |= use(**{name: value})
    raise UsageError(f"{flag(name)} is given {len(shown)} different values: {join_names(shown)}", hint=hint)


class Answer(Struct, frozen=True):
    """The meaning of an option that a command does not have."""

    command: str
    options: Sequence[Any]
    typed: Typed
    files: Sequence[str]

    def hint(self, arguments: Sequence[str], commands: Commands) -> Hint:
        """An option of the same letters, meaning or another command, or the nearest one."""
        from evalcli.metrics import METRICS

        ways = synonyms.table().get(synonyms.fold(self.typed.spelled), ())
        metric = synonyms.of_metric(self.typed.spelled, [metric.name for metric in METRICS])
        found = self.same_letters() or self._first((*ways, *([metric] if metric else [])))
        return found or self._elsewhere(arguments, commands) or self._near() or self._help()

    def same_letters(self) -> Hint | None:
        """The option of the same letters."""
        key = synonyms.fold(self.typed.spelled)
        for option in self.options:
            if any(synonyms.fold(name) == key for name in option.opts if name.startswith("--")):
                return maybe(**{option.name: self._value(option)})
        return None

    def _first(self, ways: Iterable[Hint]) -> Hint | None:
        """The possible steps of the first hint that has any."""
        for hint in ways:
            steps = [self._filled(step) for step in hint.steps if self._is_possible(step)]
            if steps:
                return Hint(tuple(self._that_fit(steps)))
        return None

    def _is_possible(self, step: Step) -> bool:
        if step.command:
            return step.command[1] != self.command
        by_name = {option.name: option for option in self.options}
        return all(
            name in by_name and value in (choices_of(by_name[name]) or (value,))
            for name, value in step.options.items()
            if value != synonyms.VALUE
        ) and set(step.options) <= set(by_name)

    def _that_fit(self, steps: Sequence[Step]) -> Sequence[Step]:
        """The steps for a file or for a column, whichever the value looks like."""
        if len(steps) < 2 or not isinstance(self.typed.value, str):
            return steps
        wanted = looks_like_file(self.typed.value)
        fit = [step for step in steps if bool(step.command or set(step.options) & set(PATHS)) == wanted]
        return [replace(step, words="") for step in fit] or steps

    def _filled(self, step: Step) -> Step:
        command: list[str] = []
        for word in step.command:
            if word == synonyms.FILES:
                command += [file for file in self.files if looks_like_file(file)] or [Blank("FILE")]
            else:
                command.append(self.command if word == synonyms.COMMAND else str(self._fill(word, "FILE")))
        metavars = {option.name: option.metavar for option in self.options}
        options = {name: self._fill(value, metavars[name]) for name, value in step.options.items()}
        return replace(step, options=options, command=_kept_blank(step.command, command, self.typed.value))

    def _fill(self, text: Value, metavar: str) -> Value:
        """A value filled with the typed one, or a blank."""
        if not isinstance(text, str):
            return text
        value = self.typed.value if isinstance(self.typed.value, str) else None
        if text == synonyms.RULE:
            return value if value and "=" in value else Blank(f"NAME={value or 'VALUE'}")
        if text == synonyms.COMPLEMENT:
            return _complement(value) or Blank(metavar)
        if synonyms.VALUE not in text:
            return text
        filled = text.replace(synonyms.VALUE, value or ("VALUE" if text != synonyms.VALUE else metavar))
        return filled if value else Blank(filled)

    def _elsewhere(self, arguments: Sequence[str], commands: Commands) -> Hint | None:
        """The command that has this option."""
        for name, command in commands().items():
            if name == self.command:
                continue
            for option in command.params:
                if option.param_type_name == "option" and self.typed.spelled in option.opts:
                    given = [_of_score(word) if self.command == "show" else word for word in arguments]
                    if self.command == "merge":  # whose files are states
                        value = [] if option.is_flag else [Blank(option.metavar or "VALUE")]
                        words = ("evalcli", "score", Blank("PART"), self.typed.spelled, *value)
                        return run(*words, words="where the parts are scored") if name == "score" else None
                    return run("evalcli", name, *given, words="to use it")
        return None

    def _near(self) -> Hint | None:
        import difflib

        names = {name: option for option in self.options for name in option.opts if name.startswith("--")}
        spelled = "--" + self.typed.spelled.lstrip("-").replace("_", "-").casefold()
        near = difflib.get_close_matches(spelled, names, n=1, cutoff=NEAR)
        return maybe(**{names[near[0]].name: self._value(names[near[0]])}) if near else None

    def _help(self) -> Hint:
        return run("evalcli", self.command, "--help")

    def _value(self, option: Any) -> Value:
        if option.is_flag:
            return True
        return self.typed.value if isinstance(self.typed.value, str) else Blank(option.metavar)


def _kept_blank(template: Sequence[str], words: Sequence[str], value: object) -> tuple[str, ...]:
    """Words of a command; a value that was not typed is blank."""
    if value is None and synonyms.VALUE in template:
        return tuple(Blank(word) if word == "FILE" else word for word in words)
    return tuple(words)


def _complement(value: str | None) -> str | None:
    try:
        return f"{1 - float(value or ''):g}"
    except ValueError:
        return None


def choices_of(option: Any) -> Sequence[str] | None:
    """The words that an option takes, where these are fixed."""
    found: Sequence[str] | None = getattr(option.callback, "choices", None)
    return found


def looks_like_file(text: str) -> bool:
    """Whether a word names a file: one that exists, or has a known suffix."""
    try:
        return Path(text).suffix.lower() in SUFFIXES or "://" in text or Path(text).exists()
    except (OSError, ValueError):
        return False


def _of_score(word: str) -> str:
    """A word of ``show`` as ``score`` takes it: a report does not hold what was scored."""
    return Blank("PREDICTIONS") if word == "-" or word.endswith(".json") else word
