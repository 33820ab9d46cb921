// A failure on its way from a worker to the master: an array of the fields of prun::Failure, in their order.
#pragma once

#include <prun/outcome.hpp>

#include <string>
#include <string_view>

namespace prun::wire {

void encode_failure(const Failure& failure, std::string& out);

/// Never throws: bytes that are no failure are themselves one, of kind bad_result.
[[nodiscard]] Failure decode_failure(std::string_view bytes);

}  // namespace prun::wire
