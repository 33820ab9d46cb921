// Encodes a failure for the way from a worker to the master: an array of the fields of prun::Failure, in their order.
#pragma once

#include <prun/outcome.hpp>

#include <string>
#include <string_view>

namespace prun::wire {

void encode_failure(const Failure& failure, std::string& out);

/// Never throws: bytes that do not encode a failure give a failure of kind bad_result.
[[nodiscard]] Failure decode_failure(std::string_view bytes);

}  // namespace prun::wire
