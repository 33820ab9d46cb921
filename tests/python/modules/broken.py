def fine(n):
    return n


raise RuntimeError("no licence found")
