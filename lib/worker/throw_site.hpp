// The place where the last exception was thrown that passed a clause `catch (const detail::ThrowSite&)`.
#pragma once

#include <string>

namespace prun::worker {

/// For this thread, once: "ackermann+0x3c (prun)", the innermost function outside the C++ runtime, or "+0x1a3c (prun)" if
/// the program is stripped. Empty if unknown: no exception passed such a clause, the frames cannot be unwound, or the
/// stripped program contains the C++ runtime.
[[nodiscard]] std::string take_throw_site();

}  // namespace prun::worker
