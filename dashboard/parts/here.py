"""A mark that brings what it stands in into view when it appears."""

from typing import Any

from panel.custom import JSComponent


class Here(JSComponent):
    """Put one at the top of what a person just opened."""

    _esm = """
    export function render({el}) {
      const mark = document.createElement("span")
      mark.setAttribute("aria-hidden", "true")
      mark.style.cssText = "display: block; height: 0; scroll-margin-top: 9rem"
      setTimeout(() => mark.scrollIntoView({block: "nearest"}), 60)
      return mark
    }
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(margin=0, height=0, **options)  # type: ignore[no-untyped-call]  # of Panel

    def _handle_msg(self, message: Any) -> None:
        """Take nothing from the browser."""
