"""Messages with a quantity."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """One message with a quantity: text with `{x}`, its magnitudes, and the registered sign for each emotion."""

    id: str
    text: str
    unit: str
    magnitudes: list[float]
    signs: dict[str, int]
    from_paper: list[str]

    def messages(self) -> list[str]:
        """The text at every magnitude."""
        return [self.text.replace("{x}", f"{magnitude:,.10g}".replace(",", "")) for magnitude in self.magnitudes]
