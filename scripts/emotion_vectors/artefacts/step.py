"""The frame of every step script: what its rule names goes to the parameters of the same names; log, threads, seed, errors."""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from emotion_vectors.artefacts import devices, provenance
from emotion_vectors.artefacts.errors import MendableError

NOT_HANDED_OVER = {"code", "after"}
"""Inputs that a step is not told by name: the library behind it, and files that have to be there before it starts, such as those
that it finds in a folder."""


class BindingError(TypeError):
    """A rule and the step that it runs do not name the same things."""


def run(main: Callable[..., None], snakemake: Any) -> None:
    """Run a step as Snakemake asks for it.

    Args:
        main: the step; its parameters bear the names of the rule's inputs, outputs, params and wildcards.
        snakemake: the object that Snakemake gives to a script.
    Raises:
        BindingError: a name of one side is missing on the other.
        SystemExit: in place of an error that the user can mend, once its message is logged.
    """
    with _frame(snakemake):
        main(**arguments(main, snakemake))


@contextmanager
def _frame(snakemake: Any) -> Iterator[None]:
    """What surrounds a step: its log, threads, seed and device, and the record of the run that its artefacts carry."""
    current = provenance.Run(
        rule=snakemake.rule,
        config_sha256=provenance.digest(snakemake.config),
        seed=snakemake.params.get("seed", None),
        threads=snakemake.threads,
    )
    allowance = devices.Allowance(
        gpu=bool(snakemake.resources.get("gpu", 0)), share=snakemake.config["compute"]["share_gpu"]
    )
    with _logged(snakemake, current), provenance.running(current), devices.allowing(allowance):
        if torch := provenance.loaded_torch():
            torch.set_num_threads(snakemake.threads)
            torch.manual_seed(current.seed or 0)
        yield


def arguments(main: Callable[..., None], snakemake: Any) -> dict[str, Any]:
    """What a rule hands to the parameters of its step.

    Files become paths, several files of one name a list of paths; a mapping becomes the dataclass that the parameter asks for.

    Raises:
        BindingError: a name of one side is missing on the other, or stands for two things.
    """
    named = {
        section: dict(getattr(snakemake, section).items()) for section in ("input", "output", "params", "wildcards")
    }
    for section in ("input", "output"):
        if list(getattr(snakemake, section)) != _flat(named[section].values()):
            raise BindingError(f"rule {snakemake.rule}: an {section} has no name; give it that of a parameter of main")
    files = {name: _paths(value) for name, value in (named["input"] | named["output"]).items()}
    fault = mismatch(main, *(list(names) for names in named.values()))
    if fault:
        raise BindingError(f"rule {snakemake.rule}: {fault}")
    hints = get_type_hints(main)
    offered = named["wildcards"] | named["params"] | files
    return {name: _as(hints.get(name), offered[name]) for name in inspect.signature(main).parameters if name in offered}


def mismatch(
    main: Callable[..., None], inputs: list[str], outputs: list[str], params: list[str], wildcards: list[str]
) -> str:
    """What the names of a rule and the parameters of its step disagree on, in words; empty where they agree.

    A step need not take every wildcard: some only tell its files apart.
    """
    handed = [name for name in (*inputs, *outputs, *params) if name not in NOT_HANDED_OVER]
    twice = sorted({name for name in (*handed, *wildcards) if (*handed, *wildcards).count(name) > 1})
    parameters = inspect.signature(main).parameters
    unknown = sorted(set(handed) - set(parameters))
    needed = {name for name, parameter in parameters.items() if parameter.default is inspect.Parameter.empty}
    missing = sorted(needed - {*handed, *wildcards})
    faults = [
        (twice, "stand for two things each"),
        (unknown, "are named by the rule and are no parameters of main"),
        (missing, "are parameters of main that the rule does not name"),
    ]
    return "; ".join(f"{', '.join(names)} {what}" for names, what in faults if names)


def _paths(value: Any) -> Path | list[Path]:
    return Path(value) if isinstance(value, str | Path) else [Path(one) for one in value]


def _flat(values: Any) -> list[str]:
    return [str(one) for value in values for one in ([value] if isinstance(value, str | Path) else value)]


def _as(hint: Any, value: Any) -> Any:
    wanted = isinstance(hint, type) and is_dataclass(hint) and isinstance(value, Mapping)
    return hint(**value) if wanted else value


@contextmanager
def _logged(snakemake: Any, current: provenance.Run) -> Iterator[None]:
    """Logging to the rule's log, in which errors are kept."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if snakemake.log:
        Path(snakemake.log[0]).parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(snakemake.log[0], mode="w", encoding="utf-8"))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s", handlers=handlers, force=True)
    log = logging.getLogger(snakemake.rule)
    try:
        yield
    except MendableError as error:
        log.error("stopped, something has to be mended:\n%s", error)
        raise SystemExit(1) from None
    except BaseException:
        log.exception("failed after %.1f s", current.seconds)
        raise
    log.info("done in %.1f s", current.seconds)
