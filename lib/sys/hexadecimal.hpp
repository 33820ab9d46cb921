// Bytes as digits.
#pragma once

#include <string>
#include <string_view>

namespace prun::sys {

/// Two digits for each byte: "00ff".
[[nodiscard]] inline std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return text;
}

}  // namespace prun::sys
