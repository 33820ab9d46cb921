// The failure of a call that was taken back before it ran, or whose pool or run ended.
#pragma once

#include <prun/outcome.hpp>

#include <string>
#include <utility>

namespace prun {

/// @param why is the message, such as "the pool was ended"
[[nodiscard]] inline Failure cancelled_failure(std::string why) {
  Failure failure;
  failure.kind = FailureKind::cancelled;
  failure.type = "prun::CancelledError";
  failure.message = std::move(why);
  return failure;
}

}  // namespace prun
