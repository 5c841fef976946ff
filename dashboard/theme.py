"""One visual language: colours by meaning, glass that works in light and dark, and the theme of every component."""

from typing import Any

FONT = "Roboto, system-ui, sans-serif"
FIELD_HEIGHT = "2.5rem"
"""Of small lists and texts too, so that they stand level with days."""
SERIES = ("#2f6fde", "#0f9d8a", "#d9822b", "#8b5cf6", "#d6456b", "#5b8c2a", "#0ea5c6", "#a16207")
"""Colours of series, told apart in both modes and by most people who see colours otherwise."""
COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "accent": "#1f5fcc",
        "good": "#14743f",
        "held": "#8f4e00",
        "bad": "#b3261e",
        "neutral": "#55617a",
        "text": "#141c2e",
        "quiet": "#4b566d",
        "line": "rgba(28, 45, 84, .14)",
    },
    "dark": {
        "accent": "#8ab4ff",
        "good": "#6fdca0",
        "held": "#ffc069",
        "bad": "#ff9a94",
        "neutral": "#a5b1c9",
        "text": "#eef2fb",
        "quiet": "#b4bfd4",
        "line": "rgba(190, 208, 255, .18)",
    },
}
"""Meaning by mode: good is loaded or met, held waits for a person, bad failed or was missed."""

_GLASS = {
    "light": {
        "background": "rgba(255, 255, 255, .72)",
        "border": "1px solid rgba(255, 255, 255, .85)",
        "boxShadow": "0 1px 2px rgba(24, 39, 75, .06), 0 12px 32px -12px rgba(24, 39, 75, .18)",
    },
    "dark": {
        "background": "rgba(22, 31, 54, .62)",
        "border": "1px solid rgba(160, 184, 255, .14)",
        "boxShadow": "0 1px 2px rgba(0, 0, 0, .3), 0 16px 40px -16px rgba(0, 0, 0, .6)",
    },
}
_BACKGROUND = {
    "light": "radial-gradient(60rem 40rem at 85% -10%, #cfe4ff 0%, transparent 60%), "
    "radial-gradient(50rem 36rem at -10% 40%, #d8f3ea 0%, transparent 60%), "
    "radial-gradient(46rem 34rem at 70% 110%, #e9e0ff 0%, transparent 60%), #f3f6fc",
    "dark": "radial-gradient(60rem 40rem at 85% -10%, #14336b 0%, transparent 60%), "
    "radial-gradient(50rem 36rem at -10% 40%, #0b3b3a 0%, transparent 60%), "
    "radial-gradient(46rem 34rem at 70% 110%, #33205c 0%, transparent 60%), #0a1020",
}


def _mode(mode: str) -> dict[str, Any]:
    colours = COLOURS[mode]
    is_dark = mode == "dark"
    return {
        "palette": {
            "mode": mode,
            "primary": {"main": colours["accent"], "contrastText": "#0a1020" if is_dark else "#ffffff"},
            "success": {"main": colours["good"]},
            "warning": {"main": colours["held"]},
            "error": {"main": colours["bad"]},
            "info": {"main": colours["accent"]},
            "text": {"primary": colours["text"], "secondary": colours["quiet"]},
            "divider": colours["line"],
            "background": {
                "default": "#0a1020" if is_dark else "#f3f6fc",
                "paper": "#141d33" if is_dark else "#ffffff",
            },
        },
        "typography": {
            "fontFamily": FONT,
            "h1": {"fontSize": "1.6rem", "fontWeight": 700, "letterSpacing": "-.01em"},
            "h2": {"fontSize": "1.05rem", "fontWeight": 600},
            "h3": {"fontSize": ".95rem", "fontWeight": 600},
            "button": {"textTransform": "none", "fontWeight": 600},
        },
        "shape": {"borderRadius": 10},
        "components": {
            "MuiPaper": {
                "variants": [
                    {
                        "props": {"elevation": 0},
                        "style": {
                            **_GLASS[mode],
                            "backgroundImage": "none",
                            "backdropFilter": "blur(14px) saturate(1.3)",
                            "borderRadius": 16,
                        },
                    }
                ]
            },
            "MuiButton": {"defaultProps": {"disableElevation": True}},
            "MuiMenuItem": {"defaultProps": {"role": "option"}},  # Panel's lists are the only menus here
            "MuiOutlinedInput": {"styleOverrides": {"root": {"minHeight": FIELD_HEIGHT}}},
            "MuiTooltip": {"styleOverrides": {"tooltip": {"fontSize": ".8rem"}}},
        },
    }


THEME: dict[str, Any] = {"light": _mode("light"), "dark": _mode("dark")}

PAGE_SX: dict[str, Any] = {
    "background": _BACKGROUND["light"],
    "backgroundAttachment": "fixed",
    "&.mui-dark": {"background": _BACKGROUND["dark"]},
    "& .MuiAppBar-root": {
        "background": "rgba(255, 255, 255, .7)",
        "color": COLOURS["light"]["text"],
        "backdropFilter": "blur(14px) saturate(1.3)",
        "boxShadow": "0 1px 0 rgba(24, 39, 75, .1)",
    },
    "&.mui-dark .MuiAppBar-root": {"background": "rgba(10, 16, 32, .72)", "color": COLOURS["dark"]["text"]},
    "& .MuiAppBar-root .title": {
        "color": "inherit !important",
        "fontSize": "1.2rem",
        "fontWeight": 700,
        "letterSpacing": "-.01em",
    },
    "& .MuiAppBar-root .MuiLinearProgress-root": {"display": "none"},
    "& .MuiAppBar-root a": {"color": "inherit !important"},
    "& .main": {"background": "transparent !important"},
    "& .sidebar.MuiDrawer-paper": {
        "background": "rgba(255, 255, 255, .55)",
        "backdropFilter": "blur(14px)",
        "borderRight": "1px solid rgba(24, 39, 75, .08)",
    },
    "&.mui-dark .sidebar.MuiDrawer-paper": {"background": "rgba(14, 21, 40, .7)"},
}
