// Any bytes: the value reader refuses them or reads exactly one value, and its three ways of reading agree.
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(static_cast<const char*>(static_cast<const void*>(data)), size);
  const bool good = prun::wire::is_value(bytes);
  try {
    prun::wire::ValueReader reader(bytes);
    const std::string_view value = reader.skip();
    if (good != reader.at_end()) std::abort();
    std::string text;
    prun::wire::append_json(text, value);
    if (text.empty()) std::abort();
  } catch (const prun::wire::DecodeError&) {
    if (good) std::abort();
  }
  return 0;
}
