// The text of PROTOCOL.txt, embedded in the program.
#pragma once

#include <string_view>

namespace prun::serving {

[[nodiscard]] std::string_view protocol_text() noexcept;

}  // namespace prun::serving
