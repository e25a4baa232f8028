"""The mark and the word, drawn as SVG: they need no file on the web and take their ink from the theme. No other art."""

_MARK = (
    '<rect width="32" height="32" rx="8" fill="#0F766E"/>'
    '<path d="M22.5 11.2a7.6 7.6 0 1 0 1.1 6.6h-6.4" fill="none" stroke="#FAFAF7" stroke-width="3.2" '
    'stroke-linecap="round" stroke-linejoin="round"/>'
)
_INK = {"light": "#1F2328", "dark": "#E6EAEC"}


def mark() -> str:
    """Return the mark alone, for the browser's tab."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">{_MARK}</svg>'


def wordmark(theme: str | None) -> str:
    """Return mark and word in the ink of the `light` or `dark` theme."""
    ink = _INK.get(theme or "light", _INK["light"])
    # The length is given, for whoever opens the page has a sans-serif of their own.
    face = 'font-family="sans-serif" font-size="20" font-weight="600" textLength="90" lengthAdjust="spacingAndGlyphs"'
    word = f'<text x="42" y="23" {face} fill="{ink}">Glyphlab</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 136 32" width="136" height="32">{_MARK}{word}</svg>'
