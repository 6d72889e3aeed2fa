"""Chromium without a screen, driven through the WebDriver protocol that its driver speaks."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromedriver")
PACKAGES = ("chromium", "chromium-driver")
"""Of Debian and Ubuntu, which have these programs."""
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""Key by which the protocol names an element."""
KEYS = {"Tab": "\ue004", "Enter": "\ue007"}


def missing() -> str:
    """What has to be installed before a browser can be driven; empty where nothing is missing."""
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    return f"{' and '.join(absent)} not found; Debian, Ubuntu: apt-get install {' '.join(PACKAGES)}" if absent else ""


@dataclass(frozen=True)
class Browser:
    """One window; `session` is its address at the driver."""

    session: str

    def ask(self, path: str, content: dict[str, Any] | None = None) -> Any:
        """What the driver answers to a command, or to a question where there is no content."""
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self.session}{path}", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} {content}: {json.load(error)['value']['message']}") from None

    def open(self, address: str) -> None:
        self.ask("/url", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script returns."""
        return self.ask("/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector: str) -> list[str]:
        """Elements that a selector of CSS matches, in the order of the page."""
        return [found[ELEMENT] for found in self.ask("/elements", {"using": "css selector", "value": selector})]

    def texts(self, selector: str) -> list[str]:
        return [self.ask(f"/element/{element}/text") for element in self.find(selector)]

    def click(self, selector: str) -> None:
        """A real click on the first match."""
        self.ask(f"/element/{self.find(selector)[0]}/click", {})

    def type(self, selector: str, text: str) -> None:
        self.ask(f"/element/{self.find(selector)[0]}/value", {"text": text})

    def press(self, *names: str) -> None:
        """Keys on whatever has the focus."""
        strokes = [{"type": kind, "value": KEYS[name]} for name in names for kind in ("keyDown", "keyUp")]
        self.ask("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]})

    def role(self, element: str) -> str:
        """What an element is to those who hear the page, as the browser computes it."""
        return str(self.ask(f"/element/{element}/computedrole"))

    def name(self, element: str) -> str:
        """What an element is called to those who hear the page, as the browser computes it."""
        return str(self.ask(f"/element/{element}/computedlabel"))

    def printed(self, file: Path) -> None:
        """The page as it is printed on A4."""
        centimetres = {"width": 21.0, "height": 29.7}
        file.write_bytes(base64.b64decode(self.ask("/print", {"page": centimetres})))

    def said(self) -> list[str]:
        """What the console has said since it was last asked."""
        return [entry["message"] for entry in self.ask("/se/log", {"type": "browser"})]

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.ask("/screenshot")))


@contextmanager
def browsing(profile: Path, *further: str) -> Iterator[Browser]:
    """A window of a browser with a profile of its own; closed at the end.

    Args:
        further: arguments of the browser.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        server = Browser(f"http://127.0.0.1:{port}")
        _wait_for(server)
        arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--window-size=1280,1000",
        ]
        options = {"args": [*arguments, f"--user-data-dir={profile}", *further]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = server.ask("/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        browser = Browser(f"{server.session}/session/{session}")
        try:
            yield browser
        finally:
            urllib.request.urlopen(urllib.request.Request(browser.session, method="DELETE"), timeout=60).close()
    finally:
        driver.terminate()
        driver.wait()


def _wait_for(server: Browser, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if server.ask("/status")["ready"]:
                return
        except OSError:
            assert time.monotonic() < deadline, "the driver does not answer"
        time.sleep(0.1)
