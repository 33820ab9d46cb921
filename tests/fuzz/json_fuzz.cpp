// Any text: it is refused with an offset within it, or it becomes a value whose JSON reads back as the same value.
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  std::string value;
  const auto parsed = prun::wire::parse_json(text, value);
  if (!parsed) {
    if (!value.empty() || parsed.error().offset > size || parsed.error().message.empty()) std::abort();
    return 0;
  }
  if (!prun::wire::is_value(value)) std::abort();
  std::string printed;
  prun::wire::append_json(printed, value);
  std::string again;
  if (!prun::wire::parse_json(printed, again) || again != value) std::abort();
  return 0;
}
