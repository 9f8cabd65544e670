"""What kind of image a file is, by its first bytes and never by its name."""

from storage.errors import UnreadableImage

MAX_IMAGE_BYTES = 64 * 1024 * 1024


def media_type_of(data: bytes) -> str | None:
    """``image/png``, ``image/jpeg``, ``image/webp``, ``image/gif``, or None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    return None


def require_image(data: bytes) -> str:
    """The media type of ``data``.

    Raises:
        UnreadableImage: It is empty, larger than ``MAX_IMAGE_BYTES``, or no image.
    """
    if not data:
        raise UnreadableImage("empty")
    if len(data) > MAX_IMAGE_BYTES:
        raise UnreadableImage("too-large")
    if (media_type := media_type_of(data)) is None:
        raise UnreadableImage("not-an-image")
    return media_type
