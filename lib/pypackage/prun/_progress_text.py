"""The progress of a map as text. It does not know terminals."""

_BAR = 20  # columns


def _duration(seconds):
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _rate(progress):
    per_second = progress.done / progress.elapsed if progress.elapsed > 0 else 0
    if per_second == 0:
        return None
    if per_second < 0.5:
        return f"{1 / per_second:.1f} s each"
    return f"{per_second:.1f}/s" if per_second < 100 else f"{per_second:,.0f}/s"


def _parts(progress):
    done, total = progress.done, progress.total
    parts = [f"{done:,}" if total is None else f"{done:,} of {total:,}"]
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    rate = _rate(progress)
    if rate:
        parts.append(rate)
    parts.append(f"{_duration(progress.elapsed)} elapsed")
    if total is not None and 0 < done < total:
        parts.append(f"{_duration(progress.elapsed * (total - done) / done)} left")
    return parts


def _bar(share, blocks):
    full = int(share * _BAR)
    return ("█" if blocks else "#") * full + ("░" if blocks else ".") * (_BAR - full)


def _share(progress):
    if progress.total is None:
        return None
    return progress.done / progress.total if progress.total else 1.0


def text_of(progress, width=None, blocks=False):
    """One line of at most `width` columns: "square  42% ########............ 42 of 100, 3 failed, 10.0/s, 0:04 elapsed, 0:05 left"."""
    text = ", ".join(_parts(progress))
    share = _share(progress)
    if share is not None:
        percent = f"{int(share * 100):3}% "
        with_bar = f"{percent}{_bar(share, blocks)} {text}"
        text = with_bar if width is None or len(with_bar) <= width else percent + text
    with_name = f"{progress.name} {text}"
    if width is None or len(with_name) <= width:
        return with_name
    return text[:max(width, 0)]


def notebook_html(progress):
    from html import escape
    share = _share(progress)
    bar = "<progress></progress>" if share is None else f"<progress value='{share:.4f}' max='1'></progress>"
    return f"<div>{escape(progress.name)} {bar} {escape(', '.join(_parts(progress)))}</div>"
