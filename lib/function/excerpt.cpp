// Formats a value for an error message.
#include "function/excerpt.hpp"

#include "wire/json.hpp"
#include "wire/value.hpp"

namespace prun {

std::string excerpt(std::string_view bytes) {
  constexpr std::size_t limit = 60;
  std::string text;
  wire::ValueReader reader(bytes);
  if (reader.peek() == wire::Kind::string) {
    const std::string_view all = reader.string();
    std::size_t length = all.size() < limit ? all.size() : limit;
    while (length > 0 && length < all.size() && (static_cast<unsigned char>(all[length]) & 0xc0) == 0x80) --length;
    wire::append_json_string(text, all.substr(0, length));
    return length == all.size() ? text : text + "...";
  }
  wire::append_json(text, reader.skip());
  if (text.size() <= limit) return text;
  std::size_t length = limit;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) --length;
  return text.substr(0, length) + "...";
}

}  // namespace prun
