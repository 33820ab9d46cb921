from .part import HALF

__all__ = ["halve"]


def halve(n: float) -> float:
    """n by two"""
    return n * HALF


def not_listed(n):
    return n
