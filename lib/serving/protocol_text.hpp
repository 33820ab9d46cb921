// PROTOCOL.txt as part of the program.
#pragma once

#include <string_view>

namespace prun::serving {

[[nodiscard]] std::string_view protocol_text() noexcept;

}  // namespace prun::serving
