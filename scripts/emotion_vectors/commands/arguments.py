"""The words of the command line and what they mean; nothing here loads what runs models, so that help comes at once."""

from __future__ import annotations

import argparse
import math
from typing import Any, NoReturn

from emotion_vectors.commands.requests import (
    DOCUMENT,
    TURN,
    AgreeRequest,
    CommandError,
    ExportRequest,
    ReadRequest,
    Request,
    ScoreRequest,
    SteerRequest,
)

PROGRAM = "python -m emotion_vectors"
CONFIGURATION = "workflow/config/config.yaml"
SMALL = "--model smollm2-135m-instruct"
REQUESTS: dict[str, type[Request]] = {
    "read": ReadRequest,
    "steer": SteerRequest,
    "score": ScoreRequest,
    "export": ExportRequest,
    "agree": AgreeRequest,
}
SUMMARIES = {
    "read": "what emotion vectors read at every token of a text",
    "steer": "a reply, and the same reply with an emotion vector added",
    "score": "log-odds of the replies to an item of the study, plain and along vectors",
    "export": "vectors as safetensors, NumPy arrays, or a control vector of llama.cpp",
    "agree": "whether llama.cpp does with a control vector what the same vector does here",
}
EXAMPLES = {
    "read": (
        f'{PROGRAM} read "The letter never came." {SMALL} --emotions happy afraid',
        f'{PROGRAM} read "I have lost my keys again." {SMALL} --as turn --json',
        f'{PROGRAM} read "Well." {SMALL} --vectors results/smollm2-135m-instruct/vectors.safetensors --vectors theirs.npz',
    ),
    "steer": (
        f'{PROGRAM} steer "How was your day?" {SMALL} --emotion desperate --strengths 0.1 0.2',
        f'{PROGRAM} steer "Once upon a time" {SMALL} --emotion calm --as document --temperature 1 --seed 7',
    ),
    "score": (
        f"{PROGRAM} score {SMALL} --item b01-tonight --emotions desperate calm",
        f"{PROGRAM} score {SMALL} --item ap01-belief --emotions loving --strengths -0.1 0.1 --json",
    ),
    "export": (
        f"{PROGRAM} export {SMALL} --emotions desperate --output desperate.gguf",
        f"{PROGRAM} export {SMALL} --output emotions.npz",
    ),
    "agree": (f"{PROGRAM} agree {SMALL} --emotions desperate calm --output agreement.json",),
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in one line."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message}; see {self.prog} --help")


def parse(words: list[str]) -> tuple[str, Request]:
    """The command and its request.

    Raises:
        CommandError: the words make no request. SystemExit: help was asked for, and printed.
    """
    values = vars(_parser().parse_args(words))
    command = values.pop("command")
    return command, REQUESTS[command](**values)


def _parser() -> _Parser:
    examples = "\n".join(f"  {examples[0]}" for examples in EXAMPLES.values())
    parser = _Parser(
        prog=PROGRAM,
        description="Emotion vectors of a finished study, tried on a text, a prompt or an item. Results go to standard output, "
        "progress to standard error.",
        epilog=f"examples, each after ./scripts/env:\n{examples}\nworkflow/TUTORIAL.md goes through all of it.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    adders = {"read": _add_read, "steer": _add_steer, "score": _add_score, "export": _add_export, "agree": _add_agree}
    for name, add in adders.items():
        lines = "\n".join(f"  {example}" for example in EXAMPLES[name])
        command = commands.add_parser(
            name,
            help=SUMMARIES[name],
            description=f"{SUMMARIES[name][0].upper()}{SUMMARIES[name][1:]}.",
            epilog=f"examples:\n{lines}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_common(command)
        add(command)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, metavar="NAME", help="a row of workflow/models.tsv")
    parser.add_argument(
        "--configfile",
        nargs="+",
        default=[],
        metavar="FILE",
        help=f"configurations of the study, each over the one before and all over {CONFIGURATION}",
    )
    parser.add_argument(
        "--vectors",
        action="append",
        default=[],
        metavar="FILE",
        help="take the vectors of this file (.safetensors, .npz or .gguf) in place of the study's; may be repeated",
    )
    parser.add_argument(
        "--layer",
        type=int,
        metavar="L",
        help="layer, from 0: the residual stream after block L (default: the main layer of the study)",
    )


def _add_read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", help="text to read, before all options; - takes standard input")
    _add_emotions(parser, "whose vectors read (default: all)")
    _add_form(parser, DOCUMENT)
    _add_json(parser)


def _add_steer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", help="text that the reply answers or goes on with, before all options; - takes standard input"
    )
    parser.add_argument("--emotion", required=True, metavar="NAME", help="whose vector is added")
    _add_strengths(parser, [0.1])
    _add_form(parser, TURN)
    parser.add_argument("--tokens", type=_count, default=48, metavar="N", help="longest reply (default: 48)")
    parser.add_argument(
        "--temperature",
        type=_not_negative,
        default=0.0,
        metavar="T",
        help="0 takes the likeliest token each time (default)",
    )
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="of the draws above temperature 0 (default: 0)"
    )
    _add_json(parser)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--item", required=True, metavar="ID", help="item of workflow/stimuli/behaviours or acts, as in b01-tonight"
    )
    _add_emotions(parser, "along whose vectors it is scored", required=True)
    _add_strengths(parser, [0.1])
    _add_json(parser)


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_emotions(parser, "whose vectors are written (default: all; a .gguf holds one)")
    _add_output(
        parser,
        "file ending in .safetensors or .npz (every layer, or --layer alone), or in .gguf (the main layer, or --layer)",
    )


def _add_agree(parser: argparse.ArgumentParser) -> None:
    _add_emotions(parser, "whose vectors are compared", required=True)
    _add_strengths(parser, [0.1, 0.5])
    _add_output(parser, "JSON file for what was found")


def _add_output(parser: argparse.ArgumentParser, purpose: str) -> None:
    parser.add_argument("--output", required=True, metavar="FILE", help=purpose)
    parser.add_argument("--overwrite", action="store_true", help="replace that file, if it is none that is read")


def _add_emotions(parser: argparse.ArgumentParser, purpose: str, *, required: bool = False) -> None:
    parser.add_argument(
        "--emotions", nargs="+", default=[], required=required, metavar="NAME", help=f"emotions {purpose}"
    )


def _add_strengths(parser: argparse.ArgumentParser, default: list[float]) -> None:
    parser.add_argument(
        "--strengths",
        nargs="+",
        type=_finite,
        default=default,
        metavar="S",
        help=f"fractions of the mean norm of the residual stream at the layer (default: {' '.join(map(str, default))})",
    )


def _add_form(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--as",
        dest="form",
        choices=(DOCUMENT, TURN),
        default=default,
        help=f"give the text as it stands, or as the user's turn of a conversation (default: {default})",
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _finite(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"'{word}' is not finite")
    return value


def _not_negative(word: str) -> float:
    value = _finite(word)
    if value < 0:
        raise argparse.ArgumentTypeError(f"'{word}' is below 0")
    return value


def _whole(word: str, low: int, high: float) -> int:
    value: Any = int(word)
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"'{word}' is not between {low} and {high:g}")
    return int(value)


def _count(word: str) -> int:
    return _whole(word, 1, 4096)


def _seed(word: str) -> int:
    return _whole(word, 0, 2**32 - 1)
