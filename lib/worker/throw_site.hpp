// Where the exception was thrown that a clause `catch (const detail::ThrowSite&)` let pass last.
#pragma once

#include <string>

namespace prun::worker {

/// Of this thread, once: "ackermann+0x3c (prun)", the innermost function outside of the C++ runtime, or, where the program
/// was stripped of its symbols, "+0x1a3c (prun)". Empty where it is not known: nothing passed such a clause, the frames
/// cannot be walked, or the program is stripped and holds the C++ runtime itself.
[[nodiscard]] std::string take_throw_site();

}  // namespace prun::worker
